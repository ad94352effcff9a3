// SPDX-License-Identifier: GPL-2.0
// kt2ko run: build for the running kernel, hand the module to ktrun, leave nothing behind.
#include <unistd.h>

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

Command ktrun_command(const Options& options, const fs::path& ktrun, const fs::path& module) {
  std::vector<std::string> words = {ktrun.string()};
  std::vector<std::string> own = ktrun_words(options, true);
  words.insert(words.end(), own.begin(), own.end());
  words.push_back(module.string());
  words.insert(words.end(), options.script_args.begin(), options.script_args.end());
  if (!options.workload.empty()) words.push_back("--");
  words.insert(words.end(), options.workload.begin(), options.workload.end());
  return {words, "", {}};
}

Status status_of(int exit_status) {
  switch (exit_status) {
    case 0: return kDone;
    case 1: return kScriptFailed;
    case 2: return kUsage;
    default: return kRefused;
  }
}

}  // namespace

Status cmd_run(const Options& options) {
  if (geteuid() != 0) {
    return report({kRefused, "loading a module needs root", "run it with sudo, or in a virtual machine: kt2ko vm"});
  }
  Result<fs::path> ktrun = find_helper("ktrun");
  if (!ktrun.ok()) return report(ktrun.failure());
  StageTimes times;
  Result<Translated> translated = translate(options, options.program ? "" : options.files[0], &times);
  if (!translated.ok()) return report(translated.failure());
  const ModuleText& text = translated.value().text;
  Done free = check_not_loaded(text.module);
  if (!free.ok()) return report(free.failure());
  Result<Kernel> kernel = chosen_kernel(options);
  if (!kernel.ok()) return report(kernel.failure());
  Result<BuildRequest> request = build_request(options, text, kernel.value());
  if (!request.ok()) return report(request.failure());
  Result<TempDir> temp = TempDir::make();
  if (!temp.ok()) return report(temp.failure());
  fs::path module = temp.value().path() / (text.module + ".ko");
  Done built = build_module(request.value(), module, &times);
  if (!built.ok()) return report(built.failure());
  print_times(options, times);
  if (interrupted()) return kRefused;
  return status_of(run_attached(ktrun_command(options, ktrun.value(), module)));
}

}  // namespace kt2ko
