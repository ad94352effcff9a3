// SPDX-License-Identifier: GPL-2.0
#include "driver/script_module.h"

#include <fmt/format.h>

#include <cstdio>

#include "driver/load_source.h"
#include "driver/pipeline.h"
#include "driver/report.h"
#include "project/module_name.h"
#include "project/share.h"

namespace kt2ko {
namespace {

constexpr const char* kOneLiner = "kt_oneliner";
constexpr const char* kCommandLine = "(command line)";

Result<Source> source_of(const Options& options, const std::string& file) {
  if (!file.empty()) return load_source(file);
  return Source(kCommandLine, *options.program);
}

Result<std::string> name_of(const Options& options, const std::string& file) {
  if (options.module.empty()) return file.empty() ? std::string(kOneLiner) : module_name_from(file);
  Done good = check_module_name(options.module);
  if (!good.ok()) return good.failure();
  return options.module;
}

}  // namespace

Result<Translated> translate(const Options& options, const std::string& file, StageTimes* times) {
  Result<std::string> name = name_of(options, file);
  if (!name.ok()) return name.failure();
  Result<Source> source = source_of(options, file);
  if (!source.ok()) return source.failure();
  CompileOptions compile_options;
  compile_options.module_name = name.value();
  compile_options.file_name = file.empty() ? kCommandLine : fs::path(file).filename().string();
  compile_options.line_directives = !options.no_line;
  compile_options.color = use_color(options);
  compile_options.stop_after = options.stop_after;
  compile_options.dump_after = options.dump_after;
  Compiled compiled = compile(source.value(), compile_options, times);
  fputs(compiled.messages.c_str(), stderr);
  if (!compiled.ok) return Failure{kScriptFailed, "", ""};
  Translated translated;
  translated.text = {name.value(), compile_options.file_name, std::move(compiled.c_text),
                     std::move(compiled.events)};
  translated.stopped = compiled.stopped;
  translated.dump = std::move(compiled.dump);
  translated.user_files = std::move(compiled.user_files);
  return translated;
}

Result<fs::path> share_dir() { return find_share({KT2KO_SOURCE_DIR, KT2KO_BUILD_DIR}); }

Result<BuildRequest> build_request(const Options& options, const ModuleText& text,
                                   const Kernel& kernel) {
  Result<fs::path> share = share_dir();
  if (!share.ok()) return share.failure();
  BuildRequest request;
  request.text = text;
  request.kernel = kernel;
  request.cross = {options.arch, options.cross_compile};
  request.share = share.value();
  request.plain_kbuild = options.kbuild;
  return request;
}

Result<Kernel> chosen_kernel(const Options& options) {
  return find_kernel(options.kernels.empty() ? "" : options.kernels[0]);
}

}  // namespace kt2ko
