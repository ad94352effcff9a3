// SPDX-License-Identifier: GPL-2.0
// What build, run, vm, check and bundle have in common: a script named on the command line becomes C, and a
// module.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "catalog/event_use.h"
#include "catalog/kernel_facts.h"
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
  // Messages about its C types as text.ffi_errors makes them; what is found is also put where the caller wants it.
  std::function<FfiErrorText(std::vector<Finding>* found)> ffi_errors_into;
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

// What a script finds in one more kernel, besides what translate() said.
struct KernelVerdict {
  bool right = true;
  std::string messages;  // rendered
  std::vector<Finding> found;
  std::vector<EventUse> events;
};
KernelVerdict compare_with_kernel(const Options& options, const std::string& file, KernelFacts* facts);

// What is known about the kernel without booting anything, unless the options say not to look.
std::optional<KernelFacts> facts_for(const Options& options, const Kernel* kernel);

// What build_module() needs for this kernel.
Result<BuildRequest> build_request(const Options& options, const ModuleText& text,
                                   const Kernel& kernel);

// Builds the module for the kernel in a folder of its own, as MODULE.ko; the folder goes away with the result.
Result<TempDir> build_apart(const Options& options, const ModuleText& text, const Kernel& kernel, StageTimes* times);

// The one kernel of build, run and vm.
Result<Kernel> chosen_kernel(const Options& options);

// The kernels of check and bundle, those named with -k. Without: the running one; when it has no headers, all that have.
Result<std::vector<Kernel>> chosen_kernels(const Options& options);

// The scripts of check and bundle; "" stands for the text of -e.
std::vector<std::string> script_files(const Options& options);

}  // namespace kt2ko
