// SPDX-License-Identifier: GPL-2.0
#include "driver/script_module.h"

#include <fmt/format.h>

#include <cstdio>

#include "driver/facts.h"
#include "driver/ffi_messages.h"
#include "driver/limits.h"
#include "driver/load_source.h"
#include "driver/pipeline.h"
#include "driver/prebuilt.h"
#include "driver/report.h"
#include "driver/tapset_folders.h"
#include "project/files.h"
#include "project/module_name.h"
#include "project/sha256.h"
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

CompileOptions compile_options(const Options& options, const std::string& module,
                               const std::string& file) {
  CompileOptions compile;
  compile.module_name = module;
  compile.file_name = file.empty() ? kCommandLine : fs::path(file).filename().string();
  if (!options.arch.empty()) compile.target = find_architecture(options.arch);  // checked with the options
  compile.unsafe = options.unsafe;
  const bool for_others = !options.user_c.empty() || !options.emit_c.empty();
  compile.glue_lines = !for_others ? GlueLines::kPlaces : options.no_line ? GlueLines::kNone : GlueLines::kScript;
  compile.deferred_output = options.deferred == "yes";
  if (options.command == kBuild || options.command == kBundle) compile.limits = limits_of(options.params).value();  // checked with the options
  compile.line_directives = !options.no_line;
  compile.color = use_color(options);
  compile.explain = options.explain;
  compile.tapsets = tapset_finder(options);
  compile.link_tapsets = options.link_tapsets;
  compile.stop_after = options.stop_after;
  compile.dump_after = options.dump_after;
  return compile;
}

void add(const std::vector<Finding>& more, std::vector<Finding>* found) {
  if (found) found->insert(found->end(), more.begin(), more.end());
}

}  // namespace

Result<Translated> translate(const Options& options, const std::string& file, const Kernel* kernel,
                             StageTimes* times, std::vector<Finding>* found) {
  Result<std::string> name = name_of(options, file);
  if (!name.ok()) return name.failure();
  Result<Source> source = source_of(options, file);
  if (!source.ok()) return source.failure();
  CompileOptions wanted = compile_options(options, name.value(), file);
  std::optional<KernelFacts> facts = facts_for(options, kernel);
  wanted.facts = facts ? &*facts : nullptr;
  Source text = std::move(source.value());
  const std::string hash = sha256_hex(file.empty() ? *options.program : read_file(file).value_or(""));
  Compiled compiled = compile(&text, wanted, times);
  fputs(compiled.messages.c_str(), stderr);
  add(compiled.findings, found);
  if (!compiled.ok) return Failure{kScriptFailed, "", ""};
  Translated translated;
  translated.text = {name.value(), wanted.file_name, std::move(compiled.c_text),
                     std::move(compiled.events), compiled.ffi.text, {}};
  translated.text.split = std::move(compiled.split);
  translated.ffi_errors_into = [text, ffi = compiled.ffi, color = wanted.color](std::vector<Finding>* into) {
    return script_messages(text, ffi, color, into);
  };
  for (const kir::LinkedTapset& tapset : compiled.linked) {
    Result<LinkedTapset> module = find_linked(tapset, options);
    if (!module.ok()) return module.failure();
    translated.text.linked.push_back(module.value());
  }
  translated.text.ffi_errors = translated.ffi_errors_into(found);
  if (options.verbose && !compiled.dangers.empty())
    fputs(fmt::format("unsafe: {}\n", compiled.dangers).c_str(), stderr);
  translated.stopped = compiled.stopped;
  translated.dump = std::move(compiled.dump);
  translated.user_files = std::move(compiled.user_files);
  translated.probes = std::move(compiled.probes);
  translated.dangers = std::move(compiled.dangers);
  translated.arguments = compiled.arguments;
  translated.source_sha256 = hash;
  return translated;
}

// Nothing about a kernel for those who want to see the passes: what they get must not depend on the
// machine.
std::optional<KernelFacts> facts_for(const Options& options, const Kernel* kernel) {
  if (!options.facts.empty()) return parse_snapshot(read_file(options.facts).value_or(""));
  if (!kernel || options.no_facts || !options.stop_after.empty() || !options.dump_after.empty() ||
      !options.user_c.empty() || !options.emit_c.empty() || options.explain)
    return std::nullopt;
  return facts_at_hand(*kernel);
}

KernelVerdict compare_with_kernel(const Options& options, const std::string& file, KernelFacts* facts) {
  KernelVerdict verdict;
  Result<Source> source = source_of(options, file);
  if (!source.ok()) return verdict;  // translate() has said so
  CompileOptions wanted = compile_options(options, "module", file);
  wanted.facts = facts;
  wanted.stop_after = "check";
  wanted.only_about_kernel = true;
  StageTimes times;
  Source text = std::move(source.value());
  Compiled compiled = compile(&text, wanted, &times);
  verdict.right = compiled.ok;
  verdict.messages = std::move(compiled.messages);
  verdict.found = std::move(compiled.findings);
  verdict.events = std::move(compiled.event_uses);
  return verdict;
}

Result<BuildRequest> build_request(const Options& options, const ModuleText& text,
                                   const Kernel& kernel) {
  Result<fs::path> share = find_share();
  if (!share.ok()) return share.failure();
  BuildRequest request;
  request.text = text;
  request.kernel = kernel;
  request.cross = {options.arch, options.cross_compile};
  request.share = share.value();
  request.sign = {options.sign.first, options.sign.second};
  request.plain_kbuild = options.kbuild;
  return request;
}

Result<TempDir> build_apart(const Options& options, const ModuleText& text, const Kernel& kernel, StageTimes* times) {
  Result<BuildRequest> request = build_request(options, text, kernel);
  if (!request.ok()) return request.failure();
  Result<TempDir> temp = TempDir::make();
  if (!temp.ok()) return temp.failure();
  Done built = build_module(request.value(), temp.value().path() / (text.module + ".ko"), times);
  if (!built.ok()) return built.failure();
  return temp;
}

Result<Kernel> chosen_kernel(const Options& options) {
  return find_kernel(options.kernels.empty() ? "" : options.kernels[0]);
}

Result<std::vector<Kernel>> chosen_kernels(const Options& options) {
  std::vector<Kernel> kernels;
  for (const std::string& name : options.kernels) {
    Result<Kernel> kernel = find_kernel(name);
    if (!kernel.ok()) return kernel.failure();
    kernels.push_back(kernel.value());
  }
  if (!kernels.empty()) return kernels;
  Result<Kernel> running = find_kernel("");
  if (running.ok()) return std::vector<Kernel>{running.value()};
  kernels = installed_kernels();
  if (kernels.empty()) return running.failure();
  return kernels;
}

std::vector<std::string> script_files(const Options& options) {
  std::vector<std::string> files = options.files;
  if (options.program) files.push_back("");
  return files;
}

}  // namespace kt2ko
