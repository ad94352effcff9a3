// SPDX-License-Identifier: GPL-2.0
// kt2ko check: does every script build for every kernel?
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "driver/commands.h"
#include "driver/report.h"
#include "driver/script_module.h"
#include "project/interrupt.h"

namespace kt2ko {
namespace {

// The kernels named with -k; else the running one; else, when it has no headers, all that have.
Result<std::vector<Kernel>> wanted_kernels(const Options& options) {
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

struct Row {
  std::string script;
  std::string kernel;
  std::string result;
};

// "ok" or why not; the details go to stderr as they come.
std::string verdict(Status status) {
  switch (status) {
    case kDone:
      return "ok";
    case kScriptFailed:
      return "script wrong";
    default:
      return "does not build";
  }
}

Status build_for(const Options& options, const ModuleText& text, const Kernel& kernel,
                 StageTimes* times) {
  Result<BuildRequest> request = build_request(options, text, kernel);
  if (!request.ok()) return report(request.failure());
  Result<TempDir> temp = TempDir::make();
  if (!temp.ok()) return report(temp.failure());
  Done built = build_module(request.value(), temp.value().path() / (text.module + ".ko"), times);
  return built.ok() ? kDone : report(built.failure());
}

void check_script(const Options& options, const std::string& file,
                  const std::vector<Kernel>& kernels, std::vector<Row>* rows, bool* failed) {
  StageTimes times;
  Result<Translated> translated = translate(options, file, nullptr, &times);
  std::string name = file.empty() ? "-e" : file;
  if (!translated.ok()) {
    report(translated.failure());
    rows->push_back({name, "every kernel", verdict(kScriptFailed)});
    *failed = true;
    return;
  }
  for (const Kernel& kernel : kernels) {
    if (interrupted()) return;
    Status status = !suits_kernel(options, file, kernel)
                        ? kScriptFailed
                        : build_for(options, translated.value().text, kernel, &times);
    rows->push_back({name, kernel.release, verdict(status)});
    *failed = *failed || status != kDone;
  }
  print_times(options, times);
}

void print_rows(const std::vector<Row>& rows) {
  size_t script = 6, kernel = 6;
  for (const Row& row : rows) {
    script = std::max(script, row.script.size());
    kernel = std::max(kernel, row.kernel.size());
  }
  for (const Row& row : rows)
    fmt::print("{:{}}  {:{}}  {}\n", row.script, script, row.kernel, kernel, row.result);
}

}  // namespace

Status cmd_check(const Options& options) {
  Result<std::vector<Kernel>> kernels = wanted_kernels(options);
  if (!kernels.ok()) return report(kernels.failure());
  std::vector<std::string> files = options.files;
  if (options.program) files.push_back("");
  std::vector<Row> rows;
  bool failed = false;
  for (const std::string& file : files) {
    if (interrupted()) return kRefused;
    check_script(options, file, kernels.value(), &rows, &failed);
  }
  print_rows(rows);
  return failed ? kScriptFailed : kDone;
}

}  // namespace kt2ko
