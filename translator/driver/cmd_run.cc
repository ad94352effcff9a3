// SPDX-License-Identifier: GPL-2.0
// kt2ko run: build for the running kernel, hand the module to ktrun, leave nothing behind.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstring>

#include "driver/commands.h"
#include "driver/ktrun_words.h"
#include "driver/report.h"
#include "driver/script_module.h"
#include "project/interrupt.h"
#include "project/module_name.h"
#include "project/process.h"
#include "project/share.h"

namespace kt2ko {
namespace {

std::vector<std::string> ktrun_command(const Options& options, const fs::path& ktrun, int module) {
  std::vector<std::string> words = {ktrun.string()};
  std::vector<std::string> own = ktrun_words(options, true);
  words.insert(words.end(), own.begin(), own.end());
  words.push_back(fmt::format("/proc/self/fd/{}", module));
  words.insert(words.end(), options.script_args.begin(), options.script_args.end());
  if (!options.workload.empty()) words.push_back("--");
  words.insert(words.end(), options.workload.begin(), options.workload.end());
  return words;
}

// Builds the module into a file that has no name any more when this returns: a descriptor for
// ktrun.
Result<int> build_nameless(const Options& options, const ModuleText& text, StageTimes* times) {
  Result<Kernel> kernel = chosen_kernel(options);
  if (!kernel.ok()) return kernel.failure();
  Result<BuildRequest> request = build_request(options, text, kernel.value());
  if (!request.ok()) return request.failure();
  Result<TempDir> temp = TempDir::make();
  if (!temp.ok()) return temp.failure();
  fs::path module = temp.value().path() / (text.module + ".ko");
  Done built = build_module(request.value(), module, times);
  if (!built.ok()) return built.failure();
  int fd = open(module.c_str(), O_RDONLY);
  if (fd < 0) return Failure{kRefused, fmt::format("cannot read {}", module.string())};
  return fd;
}

}  // namespace

Status cmd_run(const Options& options) {
  if (geteuid() != 0) {
    return report({kRefused, "loading a module needs root",
                   "run it with sudo, or in a virtual machine: kt2ko vm"});
  }
  Result<fs::path> ktrun = find_helper("ktrun");
  if (!ktrun.ok()) return report(ktrun.failure());
  StageTimes times;
  const Result<Kernel> kernel = chosen_kernel(options);
  Result<Translated> translated = translate(options, options.program ? "" : options.files[0],
                                            kernel.ok() ? &kernel.value() : nullptr, &times);
  if (!translated.ok()) return report(translated.failure());
  const ModuleText& text = translated.value().text;
  Done free = check_not_loaded(text.module);
  if (!free.ok()) return report(free.failure());
  Result<int> module = build_nameless(options, text, &times);
  if (!module.ok()) return report(module.failure());
  print_times(options, times);
  if (interrupted()) return kRefused;
  // We become ktrun: signals and its exit status need nobody in between, and there is nothing left
  // to remove.
  int error = become(ktrun_command(options, ktrun.value(), module.value()));
  return report(
      {kRefused, fmt::format("cannot run {}: {}", ktrun.value().string(), strerror(error))});
}

}  // namespace kt2ko
