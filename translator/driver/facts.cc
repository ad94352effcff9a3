// SPDX-License-Identifier: GPL-2.0
#include "driver/facts.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "support/architecture.h"
#include "driver/tracefs.h"
#include "driver/vm/cache_dir.h"
#include "driver/vm/kernel_image.h"
#include "driver/vm/run_vm.h"
#include "project/files.h"
#include "project/module_words.h"
#include "project/packed_text.h"

namespace kt2ko {
namespace {

constexpr double kSnapshotTimeout = 180;  // seconds; emulated machines on busy ones are slow

// ---- the running kernel ----

void read_live_functions(const fs::path& tracefs, KernelFacts* facts) {
  facts->traceable =
      parse_filter_functions(read_file(tracefs / "available_filter_functions").value_or(""));
  facts->functions = parse_kallsyms(read_file("/proc/kallsyms").value_or(""));
  for (const char* blacklist :
       {"/sys/kernel/debug/kprobes/blacklist", "/sys/kernel/kprobes/blacklist"})
    facts->blacklist.merge(parse_blacklist(read_file(blacklist).value_or("")));
}

// The configuration that a package has for a kernel.
std::map<std::string, std::string> config_of(const std::string& release, const fs::path& build_dir) {
  for (const fs::path& file : {fs::path("/boot/config-" + release), fs::path("/lib/modules") / release / "config",
                               build_dir.empty() ? fs::path("/lib/modules") / release / "build/.config" : build_dir / ".config"}) {
    std::map<std::string, std::string> config = parse_config(read_file(file).value_or(""));
    if (!config.empty()) return config;
  }
  return {};
}

// ---- snapshots ----

// The file of an image's snapshot; empty: there is no folder for it. An image that was replaced
// has another size or time.
fs::path snapshot_file(const std::string& image) {
  struct stat st;
  const std::string dir = vm_cache_dir();
  if (dir.empty() || stat(image.c_str(), &st) != 0) return {};
  uint64_t hash = 1469598103934665603u;  // FNV-1a
  for (const char c :
       fmt::format("types|{}|{}|{}.{}", image, st.st_size, st.st_mtim.tv_sec, st.st_mtim.tv_nsec))
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return fs::path(dir) / fmt::format("facts-{:016x}.txt", hash);
}

// C types are large and seldom asked for: they have a file of their own.
fs::path types_file(const fs::path& snapshot) { return snapshot.string() + ".types"; }

std::optional<KernelFacts> cached_snapshot(const std::string& image) {
  const fs::path file = image.empty() ? fs::path() : snapshot_file(image);
  std::optional<std::string> text = file.empty() ? std::nullopt : read_file(file);
  if (!text) return std::nullopt;
  KernelFacts facts = parse_snapshot(*text);
  if (facts.release.empty()) return std::nullopt;
  facts.read_types = [file] { return read_file(types_file(file)).value_or(""); };
  return facts;
}

// Without it, the next one boots again.
void cache_snapshot(const std::string& image, KernelFacts* facts) {
  const fs::path file = snapshot_file(image);
  if (file.empty()) return;
  std::string types;
  types.swap(facts->types);
  install_text(types, types_file(file));
  install_text(write_snapshot(*facts), file);
  types.swap(facts->types);
}

// Runs the job in a virtual machine with our standard output turned to a file; its status.
int boot_into(const VmBoot& boot, int fd) {
  fflush(stdout);
  const int saved = dup(STDOUT_FILENO);
  dup2(fd, STDOUT_FILENO);
  const int status = boot_vm(boot);
  fflush(stdout);
  dup2(saved, STDOUT_FILENO);
  close(saved);
  return status;
}

Result<KernelFacts> take_snapshot(const std::string& kernel, const std::string& image, const fs::path& build_dir) {
  Result<TempDir> temp = TempDir::make();
  if (!temp.ok()) return temp.failure();
  const fs::path out = temp.value().path() / "out";
  const int fd = open(out.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) return Failure{kRefused, fmt::format("cannot write {}", out.string())};
  VmBoot boot;
  boot.kernel = kernel;
  boot.job = snapshot_job();
  boot.check_log = false;
  boot.timeout_s = kSnapshotTimeout;
  fmt::print(stderr, "kt2ko: looking at {} in a virtual machine, once\n", kernel);
  const int status = boot_into(boot, fd);
  close(fd);
  if (status != 0)
    return Failure{kRefused, fmt::format("the virtual machine of {} failed", kernel),
                   "kt2ko doctor"};
  KernelFacts facts = parse_raw_snapshot(read_file(out).value_or(""));
  if (facts.release.empty() || facts.events.empty())
    return Failure{kRefused,
                   fmt::format("the virtual machine of {} did not show its events", kernel)};
  facts.module_words = module_words(facts.release);
  if (facts.config.empty()) facts.config = config_of(facts.release, build_dir);  // the guest has no /boot
  cache_snapshot(image, &facts);
  return facts;
}

}  // namespace

fs::path built_image(const Kernel& kernel) {
  const Architecture* arch = find_architecture(kernel_arch(kernel));
  return kernel.build_dir / (arch ? *arch : own_architecture()).image;
}

std::string image_of(const Kernel& kernel) {
  std::error_code error;
  for (const fs::path& image :
       {built_image(kernel), fs::path("/boot/vmlinuz-" + kernel.release),
        fs::path("/lib/modules") / kernel.release / "vmlinuz"}) {
    if (fs::is_regular_file(image, error)) return image.string();
  }
  const fs::path unpacked = fs::path(extra_kernel_dir()) / "boot" / ("vmlinuz-" + kernel.release);
  if (!extra_kernel_dir().empty() && fs::is_regular_file(unpacked, error)) return unpacked.string();
  return "";
}

Result<KernelFacts> facts_of_running() {
  Result<fs::path> tracefs = find_tracefs();
  if (!tracefs.ok()) return tracefs.failure();
  KernelFacts facts;
  facts.release = running_release();
  facts.machine = running_machine();
  facts.config = config_of(facts.release, {});
  facts.all_modules = true;
  facts.events =
      parse_available_events(read_file(tracefs.value() / "available_events").value_or(""));
  facts.read_fields = [dir = tracefs.value()](const EventFact& e) {
    return parse_event_format(
        read_file(dir / "events" / e.system / e.name / "format").value_or(""));
  };
  facts.read_types = [] {
    const std::optional<std::string> types = read_file("/sys/kernel/btf/vmlinux");
    return types && !types->empty() ? pack_text(*types) : "";
  };
  facts.read_functions = [dir = tracefs.value()](KernelFacts* f) { read_live_functions(dir, f); };
  return facts;
}

std::optional<KernelFacts> facts_at_hand(const Kernel& kernel) {
  if (kernel.release == running_release()) {
    Result<KernelFacts> running = facts_of_running();
    if (running.ok() && !running.value().events.empty()) return std::move(running.value());
  }
  return cached_snapshot(image_of(kernel));
}

Result<KernelFacts> facts_of(const std::string& wanted) {
  if (names_snapshot(wanted)) return load_snapshot(wanted);
  Result<Kernel> found = find_kernel(wanted);
  const Kernel kernel = found.ok() ? found.value() : Kernel{wanted, {}};
  const std::string image = image_of(kernel);
  if (image.empty()) {
    return Failure{kRefused,
                   fmt::format("there is no image of kernel {} to look at", kernel.release),
                   fmt::format("apt-get install linux-image-{}", kernel.release)};
  }
  std::optional<KernelFacts> cached = cached_snapshot(image);
  if (cached) return std::move(*cached);
  const bool own =
      image.compare(0, kernel.build_dir.string().size(), kernel.build_dir.string()) == 0;
  return take_snapshot(own && found.ok() ? image : kernel.release, image, kernel.build_dir);
}

bool names_snapshot(const std::string& wanted) {
  std::error_code error;
  return fs::is_regular_file(wanted, error);
}

Result<KernelFacts> load_snapshot(const std::string& file) {
  const std::optional<std::string> text = read_file(file);
  if (!text) return Failure{kRefused, fmt::format("cannot read {}", file)};
  KernelFacts facts = parse_any_snapshot(*text);
  if (!facts.release.empty() && !facts.events.empty()) return facts;
  return Failure{kRefused, fmt::format("{} is not a complete snapshot of a kernel", file), "kt2ko snapshot -k KERNEL -o FILE makes one"};
}

}  // namespace kt2ko
