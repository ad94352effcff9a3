// SPDX-License-Identifier: GPL-2.0
// kt2ko doctor: one line for each thing that building and tracing needs, with the command that
// mends what is missing.
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <sstream>

#include "driver/commands.h"
#include "driver/kvm.h"
#include "driver/script_module.h"
#include "driver/tracefs.h"
#include "project/kernels.h"
#include "project/process.h"
#include "project/share.h"
#include "support/architecture.h"

namespace kt2ko {
namespace {

enum class Health { kGood, kLimited, kMissing };

struct Verdict {
  Health health;
  std::string text;
  std::string mend;  // empty when good
};

Verdict good(std::string text) { return {Health::kGood, std::move(text), ""}; }
Verdict limited(std::string text, std::string mend) {
  return {Health::kLimited, std::move(text), std::move(mend)};
}
Verdict missing(std::string text, std::string mend) {
  return {Health::kMissing, std::move(text), std::move(mend)};
}
Verdict from(const Failure& failure) { return missing(failure.message, failure.hint); }

constexpr const char* kSign =
    "kt2ko --sign KEY CERT, where the kernel trusts CERT (mokutil --import CERT.der); or use kt2ko vm";

std::string first_line(const fs::path& path) {
  std::string text = read_file(path).value_or("");
  return text.substr(0, text.find('\n'));
}

Verdict check_runtime(const Options&) {
  Result<fs::path> share = find_share();
  return share.ok() ? good("in " + share.value().string()) : from(share.failure());
}

Verdict check_ktrun(const Options&) {
  Result<fs::path> ktrun = find_helper("ktrun");
  return ktrun.ok() ? good(ktrun.value().string()) : from(ktrun.failure());
}

Verdict check_headers(const Options& options) {
  Result<Kernel> kernel = chosen_kernel(options);
  if (kernel.ok())
    return good(fmt::format("{} in {}", kernel.value().release, kernel.value().build_dir.string()));
  bool others = !installed_kernels().empty();
  const Failure& failure = kernel.failure();
  return others ? limited(failure.message, failure.hint) : missing(failure.message, failure.hint);
}

// What a kernel of another architecture is built for with.
Cross cross_for(const Kernel& kernel) {
  const Architecture* arch = find_architecture(kernel_arch(kernel));
  if (!arch || arch->elf_machine == own_architecture().elf_machine) return {};
  return {arch->name, arch->prefix()};
}

// The kernel whose tools are looked at: the chosen one, else any that has headers.
Verdict check_compiler(const Options& options) {
  Result<Kernel> kernel = chosen_kernel(options);
  if (!kernel.ok()) {
    std::vector<Kernel> all = installed_kernels();
    if (all.empty()) return missing("not known without headers", kernel.failure().hint);
    kernel = all[0];
  }
  const Cross cross = cross_for(kernel.value());
  Done tools = check_tools(kernel.value(), cross);
  if (!tools.ok()) return from(tools.failure());
  const std::string how = cross.arch.empty() ? "" : fmt::format(", with --arch {} --cross-compile {}", cross.arch, cross.prefix);
  return good(fmt::format("make and {}{}", kernel_compiler(kernel.value(), cross), how));
}

Verdict check_qemu(const Options& options) {
  Result<Kernel> kernel = chosen_kernel(options);
  const Architecture* of_kernel = kernel.ok() ? find_architecture(kernel_arch(kernel.value())) : nullptr;
  const Architecture& arch = of_kernel ? *of_kernel : own_architecture();
  std::string qemu = program_in_path(arch.emulator);
  if (qemu.empty()) return limited("not installed: no kt2ko vm", fmt::format("apt-get install {}", arch.emulator_package));
  if (arch.elf_machine != own_architecture().elf_machine) return good(qemu + ", which emulates");
  // That KVM makes a guest does not tell that it runs kernels, and guests do not use it unasked.
  return good(qemu + (kvm_answers() ? ", which emulates (KT2KO_VM_ACCEL=kvm tries the hardware)" : ", which emulates"));
}

// A guest's tools; one of another architecture brings its own.
Verdict check_busybox(const Options&) {
  std::string busybox = program_in_path("busybox");
  return busybox.empty() ? limited("not installed: no kt2ko vm", "apt-get install busybox-static") : good(busybox);
}

Verdict check_images(const Options&) {
  std::string releases;
  std::error_code error;
  for (const Kernel& kernel : installed_kernels()) {
    if (!fs::exists("/boot/vmlinuz-" + kernel.release, error)) continue;
    releases += (releases.empty() ? "" : ", ") + kernel.release;
  }
  if (!releases.empty()) return good(releases);
  return limited("none with headers: no kt2ko vm",
                 "apt-get install linux-image-cloud-amd64 linux-headers-cloud-amd64");
}

// CAP_SYS_MODULE is bit 16 of the effective set.
bool may_load_modules() {
  std::istringstream lines(read_file("/proc/self/status").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    if (line.compare(0, 7, "CapEff:") == 0)
      return (std::stoull(line.substr(7), nullptr, 16) >> 16) & 1;
  }
  return false;
}

Verdict check_root(const Options&) {
  if (may_load_modules()) return good("modules may be loaded (CAP_SYS_MODULE)");
  if (geteuid() == 0) {
    return limited("root without CAP_SYS_MODULE: a container?", "run on the host, or use kt2ko vm");
  }
  return limited("not root: no kt2ko run", "use sudo, or kt2ko vm");
}

Verdict check_loading(const Options&) {
  if (first_line("/proc/sys/kernel/modules_disabled") == "1") {
    return limited("this kernel loads no more modules (kernel.modules_disabled)",
                   "reboot, or use kt2ko vm");
  }
  std::error_code error;
  if (!fs::exists("/proc/modules", error)) {
    return limited("this kernel was built without modules", "boot another kernel, or use kt2ko vm");
  }
  return good("the kernel loads modules");
}

Verdict check_lockdown(const Options&) {
  std::string state = first_line("/sys/kernel/security/lockdown");
  if (state.empty() || state.find("[none]") != std::string::npos) return good("off");
  return limited(fmt::format("{}: unsigned modules are refused", state),
                 kSign);
}

Verdict check_signatures(const Options&) {
  if (first_line("/sys/module/module/parameters/sig_enforce") != "Y") return good("not enforced");
  return limited("enforced: unsigned modules are refused",
                 kSign);
}

Verdict check_tracefs(const Options&) {
  Result<fs::path> dir = find_tracefs();
  if (dir.ok()) return good(dir.value().string());
  return limited(dir.failure().message + ": no kt2ko list", dir.failure().hint);
}

Verdict check_space(const Options&) {
  constexpr unsigned long kNeededMb = 200;
  std::error_code error;
  fs::path temp = fs::temp_directory_path(error);
  struct statvfs info = {};
  if (error || statvfs(temp.c_str(), &info) != 0)
    return missing("no temporary directory", "point TMPDIR to one");
  unsigned long mb = info.f_bavail * (info.f_frsize / 1024) / 1024;
  std::string text = fmt::format("{} MB free in {}", mb, temp.string());
  if (mb >= kNeededMb) return good(text);
  return missing(text, "make room, or point TMPDIR to a larger file system");
}

struct Check {
  const char* name;
  Verdict (*run)(const Options&);
};

constexpr Check kChecks[] = {
    {"runtime sources", check_runtime},
    {"loader (ktrun)", check_ktrun},
    {"kernel headers", check_headers},
    {"make, compiler", check_compiler},
    {"QEMU", check_qemu},
    {"busybox", check_busybox},
    {"kernels to boot", check_images},
    {"privileges", check_root},
    {"module loading", check_loading},
    {"lockdown", check_lockdown},
    {"signatures", check_signatures},
    {"event list", check_tracefs},
    {"space", check_space},
};

}  // namespace

Status cmd_doctor(const Options& options) {
  bool able = true;
  for (const Check& check : kChecks) {
    Verdict verdict = check.run(options);
    const char* word = verdict.health == Health::kGood      ? "ok"
                       : verdict.health == Health::kLimited ? "limited"
                                                            : "missing";
    fmt::print("{:8} {:16} {}", word, check.name, verdict.text);
    if (!verdict.mend.empty()) fmt::print("; {}", verdict.mend);
    fmt::print("\n");
    able = able && verdict.health != Health::kMissing;
  }
  return able ? kDone : kRefused;
}

}  // namespace kt2ko
