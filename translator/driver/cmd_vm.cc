// SPDX-License-Identifier: GPL-2.0
// kt2ko vm: build for a kernel that has an image here, run the module in a virtual machine of it.
#include <fmt/format.h>

#include <set>

#include "driver/commands.h"
#include "driver/facts.h"
#include "driver/ktrun_words.h"
#include "driver/report.h"
#include "driver/script_module.h"
#include "driver/vm/kernel_image.h"
#include "driver/vm/program_files.h"
#include "driver/vm/run_vm.h"
#include "project/files.h"
#include "project/interrupt.h"
#include "project/module_facts.h"
#include "project/share.h"

namespace kt2ko {
namespace {

// -k, or the newest installed kernel that has headers and an image: the running kernel need have
// neither.
Result<Kernel> kernel_to_boot(const Options& options) {
  if (!options.kernels.empty()) return find_kernel(options.kernels[0]);
  for (const Kernel& kernel : installed_kernels()) {
    if (!image_of(kernel).empty()) return kernel;
  }
  return Failure{kRefused, "no kernel is installed with both its headers and its image",
                 "apt-get install linux-headers-cloud-amd64 linux-image-cloud-amd64"};
}

Status status_of(int exit_status) {
  return exit_status >= kDone && exit_status <= kRefused ? static_cast<Status>(exit_status)
                                                         : kRefused;
}

// The static ktrun of the guest's architecture.
Result<fs::path> ktrun_for_guest(const Options& options) {
  const Architecture* arch = options.arch.empty() ? &own_architecture() : find_architecture(options.arch);
  if (!options.ktrun.empty()) {
    if (elf_machine(read_file(fs::path(options.ktrun)).value_or("")) == arch->machine) return fs::path(options.ktrun);
    return Failure{kUsage, fmt::format("{} is not a ktrun for {}", options.ktrun, arch->name), "give --ktrun the program itself"};
  }
  if (arch->elf_machine == own_architecture().elf_machine) return find_helper("ktrun");
  std::error_code error;
  const fs::path unpacked = fs::path(extra_kernel_dir()) / "usr/bin/ktrun";
  if (!extra_kernel_dir().empty() && fs::exists(unpacked, error)) return unpacked;
  return Failure{kRefused, fmt::format("no ktrun for {}", arch->name), "give --ktrun a static one that was built for it; scripts/arm64.sh does"};
}

// The programs and libraries that the script probes, with what they are linked with.
std::vector<GuestFile> probed_files(const std::vector<std::string>& paths) {
  std::vector<GuestFile> files;
  std::set<std::string> seen;
  for (const std::string& path : paths) {
    for (GuestFile& file : program_files(path)) {
      if (seen.insert(file.guest_path).second) files.push_back(std::move(file));
    }
  }
  return files;
}

VmOptions vm_options(const Options& options, const Kernel& kernel, const fs::path& module,
                     const fs::path& ktrun) {
  VmOptions vm;
  // The release where that is enough: the virtual machine then finds modules and unpacked images by
  // itself.
  std::error_code error;
  fs::path built = built_image(kernel);
  vm.kernel = fs::is_regular_file(built, error) ? built.string() : kernel.release;
  vm.module = module.string();
  vm.ktrun = ktrun.string();
  vm.ktrun_options = ktrun_words(options, false);
  vm.args = options.script_args;
  vm.command = options.workload;
  vm.verbose = options.verbose;
  return vm;
}

}  // namespace

Status cmd_vm(const Options& options) {
  StageTimes times;
  Result<Kernel> kernel = kernel_to_boot(options);
  Result<fs::path> ktrun = ktrun_for_guest(options);
  if (!ktrun.ok()) return report(ktrun.failure());
  Result<Translated> translated = translate(options, options.program ? "" : options.files[0],
                                            kernel.ok() ? &kernel.value() : nullptr, &times);
  if (!translated.ok()) return report(translated.failure());
  const ModuleText& text = translated.value().text;
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
  VmOptions vm = vm_options(options, kernel.value(), module, ktrun.value());
  vm.files = probed_files(translated.value().user_files);
  return status_of(run_vm(vm));
}

}  // namespace kt2ko
