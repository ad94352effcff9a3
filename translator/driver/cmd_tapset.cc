// SPDX-License-Identifier: GPL-2.0
// kt2ko tapset: a tapset as a module of its own, and the file that modules of scripts are linked with.
#include <fmt/format.h>

#include <cstdio>

#include "driver/commands.h"
#include "driver/pipeline.h"
#include "driver/prebuilt.h"
#include "driver/report.h"
#include "driver/script_module.h"
#include "driver/tapset_folders.h"
#include "project/build_tapset.h"

namespace kt2ko {
namespace {

// NAME or a path to NAME.kp, whose folder then comes first.
std::string name_of(const std::string& word, Options* options) {
  const fs::path path(word);
  if (path.extension() != ".kp") return word;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  options->tapset_folders.insert(options->tapset_folders.begin(), folder.string());
  return path.stem().string();
}

Result<ModuleText> module_text(const Options& options, const std::string& name, StageTimes* times) {
  CompileOptions wanted;
  wanted.tapsets = tapset_finder(options);
  std::optional<TapsetText> text = wanted.tapsets(name);
  if (!text) return Failure{kUsage, fmt::format("there is no tapset '{}'", name), "name one, or give its file NAME.kp"};
  Source script = script_of_tapset(name, wanted.tapsets);
  wanted.module_name = name;
  wanted.file_name = name;
  wanted.prebuilt = name;
  wanted.color = use_color(options);
  wanted.glue_lines = GlueLines::kScript;
  if (!options.arch.empty()) wanted.target = find_architecture(options.arch);
  Compiled compiled = compile(&script, wanted, times);
  fputs(compiled.messages.c_str(), stderr);
  if (!compiled.ok) return Failure{kScriptFailed, "", ""};
  if (compiled.exports.empty())
    return Failure{kScriptFailed, fmt::format("the tapset '{}' has no function that scripts can use", name),
                   "functions whose names begin with _ are the tapset's own"};
  if (!compiled.why_not_prebuilt.empty())
    return Failure{kScriptFailed, fmt::format("the tapset '{}' cannot be a module: {}", name, compiled.why_not_prebuilt),
                   "without --link-tapsets scripts have what they use of it compiled in"};
  ModuleText module;
  module.module = tapset_module(name);
  module.script = name + ".kp";
  module.c_text = std::move(compiled.c_text);
  module.ffi = std::move(compiled.ffi.text);
  module.description = std::move(compiled.description);
  module.exports = std::move(compiled.exports);
  return module;
}

}  // namespace

Status cmd_tapset(const Options& given) {
  Options options = given;
  StageTimes times;
  const std::string name = name_of(options.files[0], &options);
  Result<ModuleText> text = module_text(options, name, &times);
  if (!text.ok()) return report(text.failure());
  Result<Kernel> kernel = chosen_kernel(options);
  if (!kernel.ok()) return report(kernel.failure());
  Result<BuildRequest> request = build_request(options, text.value(), kernel.value());
  if (!request.ok()) return report(request.failure());
  const fs::path folder = options.output.empty() ? fs::path(".") : fs::path(options.output);
  Done done = build_tapset(request.value(), folder, &times);
  print_times(options, times);
  return done.ok() ? kDone : report(done.failure());
}

}  // namespace kt2ko
