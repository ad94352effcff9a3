// SPDX-License-Identifier: GPL-2.0
// What build, run, vm, check and bundle have in common: a script named on the command line becomes C, and a
// module.
#pragma once

#include <string>
#include <vector>

#include "driver/options.h"
#include "support/diag.h"
#include "project/build_module.h"
#include "project/result.h"

namespace kt2ko {

// A translated script.
struct Translated {
  ModuleText text;
  bool stopped = false;                 // --stop-after
  std::string dump;                     // --dump-after
  std::vector<std::string> user_files;  // programs that are probed
  std::vector<std::string> probes;      // what is traced, as the script names it
  std::string dangers;                  // what needed --unsafe; empty: nothing
  bool arguments = false;               // it reads arg[N]
  std::string source_sha256;            // of the script's file
};

// Loads and translates a script; `file` empty: the text of -e. Prints diagnostics to stderr.
// kernel: what the module is for, nullptr: not known yet; what is known about it is checked too.
// Fails with kScriptFailed and an empty message when diagnostics said it all.
// found: nullptr, or gets the diagnostics too, also those that building the module adds; has to live until then.
Result<Translated> translate(const Options& options, const std::string& file, const Kernel* kernel,
                             StageTimes* times, std::vector<Finding>* found = nullptr);

// Whether the script is right for one more kernel, as far as that is known; prints diagnostics when
// it is not.
bool suits_kernel(const Options& options, const std::string& file, const Kernel& kernel,
                  std::vector<Finding>* found);

// What build_module() needs for this kernel.
Result<BuildRequest> build_request(const Options& options, const ModuleText& text,
                                   const Kernel& kernel);

// The one kernel of build, run and vm.
Result<Kernel> chosen_kernel(const Options& options);

// The kernels of check and bundle, those named with -k. Without: the running one; when it has no headers, all that have.
Result<std::vector<Kernel>> chosen_kernels(const Options& options);

// The scripts of check and bundle; "" stands for the text of -e.
std::vector<std::string> script_files(const Options& options);

Result<fs::path> share_dir();

}  // namespace kt2ko
