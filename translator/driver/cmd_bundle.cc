// SPDX-License-Identifier: GPL-2.0
// kt2ko bundle: the modules of every script for every kernel in one file, with the ktrun that loads them.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "driver/bundle.h"
#include "driver/commands.h"
#include "driver/report.h"
#include "driver/script_module.h"
#include "project/interrupt.h"
#include "project/module_facts.h"
#include "project/sha256.h"
#include "project/share.h"

namespace kt2ko {
namespace {

// As far as the kernel is known; prints what is wrong.
bool suits_kernel(const Options& options, const std::string& file, const Kernel& kernel) {
  std::optional<KernelFacts> facts = facts_for(options, &kernel);
  if (!facts) return true;
  const KernelVerdict verdict = compare_with_kernel(options, file, &*facts);
  fputs(verdict.messages.c_str(), stderr);
  return verdict.right;
}

// A target's kernel has one release and one architecture, by which ktrun chooses: two builds of one release do not fit in.
Done check_kernels(const std::vector<Kernel>& kernels) {
  std::set<std::string> seen;
  for (const Kernel& kernel : kernels) {
    if (!seen.insert(kernel.release).second)
      return Failure{kUsage, fmt::format("kernel {} is named twice", kernel.release),
                     "give each -k once; for two builds of one release make two bundles"};
  }
  return Nothing{};
}

std::vector<std::string> kept_options(const Options& options) {
  std::vector<std::string> words;
  const auto add = [&words](const char* option, const std::string& value) {
    if (value.empty()) return;
    words.push_back(option);
    words.push_back(value);
  };
  add("-m", options.module);
  add("--arch", options.arch);
  add("--cross-compile", options.cross_compile);
  if (options.deferred != "yes") add("--deferred", options.deferred);
  for (const std::string& param : options.params) add("--param", param);
  if (options.unsafe) words.push_back("--unsafe");
  return words;
}

Result<std::string> build_for(const Options& options, const ModuleText& text, const Kernel& kernel,
                              StageTimes* times) {
  Result<TempDir> built = build_apart(options, text, kernel, times);
  if (!built.ok()) return built.failure();
  const fs::path file = built.value().path() / (text.module + ".ko");
  std::optional<std::string> bytes = read_file(file);
  if (!bytes) return Failure{kRefused, fmt::format("cannot read {}", file.string())};
  return *bytes;
}

// The modules of one script. What is wrong is told as it comes, and the other kernels are tried nevertheless.
Status add_script(const Options& options, const std::string& file, const std::vector<Kernel>& kernels, Bundle* bundle) {
  StageTimes times;
  Result<Translated> translated = translate(options, file, nullptr, &times);
  if (!translated.ok()) return report(translated.failure());
  const Translated& t = translated.value();
  for (const BundledModule& other : bundle->modules) {
    if (other.script.name == t.text.module)
      return report({kUsage, fmt::format("both {} and {} give a module {}", other.script.script, file, t.text.module),
                     "rename one of the scripts"});
  }
  Status status = kDone;
  for (const Kernel& kernel : kernels) {
    if (interrupted()) return kRefused;
    if (!suits_kernel(options, file, kernel)) {
      status = kScriptFailed;
      continue;
    }
    Result<std::string> bytes = build_for(options, t.text, kernel, &times);
    if (!bytes.ok()) {
      status = report(bytes.failure());
      continue;
    }
    const std::string config = read_file(kernel.build_dir / ".config").value_or("");
    bundle->modules.push_back({{t.text.module, t.text.script, t.source_sha256, t.probes, t.dangers, t.arguments},
                               kernel.release, sha256_hex(config), std::move(bytes.value())});
  }
  print_times(options, times);
  return status;
}

// Without --ktrun it is this machine's own, which serves when the modules are for such a machine.
Done add_ktrun(const Options& options, Bundle* bundle) {
  Result<fs::path> file = options.ktrun.empty() ? find_helper("ktrun") : fs::path(options.ktrun);
  if (!file.ok()) return file.failure();
  std::optional<std::string> bytes = read_file(file.value());
  const std::string arch = bytes ? elf_machine(*bytes) : "";
  if (arch.empty()) return Failure{kUsage, fmt::format("{} is not a ktrun", file.value().string()), "give --ktrun the program itself"};
  for (const BundledModule& module : bundle->modules) {
    const std::string wanted = elf_machine(module.bytes);
    if (wanted != arch)
      return Failure{kRefused, fmt::format("the modules are for {}, {} is for {}", wanted, file.value().string(), arch),
                     fmt::format("give --ktrun a static ktrun that was built for {}", wanted)};
  }
  bundle->ktruns.push_back({arch, std::move(*bytes)});
  return Nothing{};
}

Done write_bundle(const Options& options, Bundle bundle) {
  Done done = add_ktrun(options, &bundle);
  if (!done.ok()) return done;
  Result<std::vector<ArchiveMember>> members = bundle_members(std::move(bundle));
  if (!members.ok()) return members.failure();
  return write_archive(members.value(), options.output);
}

}  // namespace

Status cmd_bundle(const Options& options) {
  Result<std::vector<Kernel>> kernels = chosen_kernels(options);
  if (!kernels.ok()) return report(kernels.failure());
  Done good = check_kernels(kernels.value());
  if (good.ok() && !archive_time().ok()) good = archive_time().failure();
  if (!good.ok()) return report(good.failure());
  Bundle bundle;
  bundle.options = kept_options(options);
  Status status = kDone;
  for (const std::string& file : script_files(options)) {
    if (interrupted()) return kRefused;
    const Status one = add_script(options, file, kernels.value(), &bundle);
    status = std::max(status, one);
  }
  if (status != kDone) return report({status, fmt::format("{} was not written", options.output)});
  good = write_bundle(options, std::move(bundle));
  return good.ok() ? kDone : report(good.failure());
}

}  // namespace kt2ko
