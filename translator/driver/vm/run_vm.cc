// SPDX-License-Identifier: GPL-2.0
#include "driver/vm/run_vm.h"

#include <sys/random.h>
#include <cerrno>
#include <cstdio>

#include "driver/vm/file_io.h"
#include "driver/vm/guest_drivers.h"
#include "driver/vm/initramfs.h"
#include "driver/vm/kernel_image.h"
#include "driver/vm/qemu.h"
#include "driver/vm/vm_session.h"

namespace kt2ko {
namespace {

int refuse(const std::string& message) {
  fprintf(stderr, "kt2ko vm: %s\n", message.c_str());
  return kVmRefused;
}

void print_lines(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) fprintf(stderr, "  %s\n", line.c_str());
}

// Something that the job's output does not hold by chance.
std::string make_end_mark() {
  unsigned char bytes[16] = {};
  if (getrandom(bytes, sizeof(bytes), 0) != static_cast<ssize_t>(sizeof(bytes))) return "";
  std::string mark = "\036kt2ko-end-";
  char hex[3];
  for (unsigned char byte : bytes) {
    snprintf(hex, sizeof(hex), "%02x", byte);
    mark += hex;
  }
  return mark;
}

// The guest went down, or never came up.
int report_broken(const VmSession& session) {
  const KernelLog& log = session.log();
  if (!log.guest_failure().empty()) return refuse("the guest gave up: " + log.guest_failure());
  if (!log.complaint().empty()) {
    fprintf(stderr, "kt2ko vm: the guest's kernel broke down; its log:\n");
    print_lines(log.complaint());
  } else if (!session.qemu_messages().empty() && !log.job_began()) {
    refuse("QEMU failed: " + session.qemu_messages());
  } else {
    fprintf(stderr, "kt2ko vm: the guest ended unexpectedly; the end of its log:\n");
    print_lines(log.tail(20));
  }
  return kVmRefused;
}

int report(const VmBoot& boot, const VmSession& session, SessionEnd end) {
  switch (end) {
    case SessionEnd::kBroke:
      return report_broken(session);
    case SessionEnd::kTimeout:
      if (!session.log().job_began()) {
        refuse("the guest did not come up in time; the end of its log:");
        print_lines(session.log().tail(20));
        return kVmRefused;
      }
      return refuse("ended after the time limit");
    case SessionEnd::kInterrupted:
      return refuse("interrupted");
    case SessionEnd::kOutputGone:
      // A reader like head(1) that has enough is no news.
      return errno == EPIPE ? kVmRefused : refuse("cannot write the output");
    case SessionEnd::kFinished:
      break;
  }
  if (boot.check_log && !session.log().complaint().empty()) {
    fprintf(stderr, "kt2ko vm: the guest's kernel log is not clean:\n");
    print_lines(session.log().complaint());
    return kVmRefused;
  }
  return session.job_status();
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

int boot_vm(const VmBoot& boot) {
  QemuMachine machine;
  std::string error;
  const std::string end_mark = make_end_mark();
  if (end_mark.empty()) return refuse("no random numbers");
  if (!find_kernel(boot.kernel, &machine.kernel, &error)) return refuse(error);
  if (boot.fast_boot) unpack_kernel(&machine.kernel);
  const GuestTransport transport = plan_transport(machine.kernel, !boot.disks.empty());
  if (!boot.disks.empty() && !transport.virtio) return refuse("no drivers of " + machine.kernel.release + " for disks");
  if (!build_initramfs(boot, machine.kernel, transport, end_mark, &machine.archive, &error)) return refuse(error);
  machine.virtio = transport.virtio;
  machine.disks = boot.disks;
  machine.memory_mb = boot.memory_mb;
  machine.cpus = boot.cpus;
  machine.kernel_args = boot.kernel_args;
  machine.count_instructions = boot.count_instructions;
  machine.monitor_path = boot.monitor_path;

  Qemu qemu;
  if (!qemu.start(machine, &error)) return refuse(error);
  if (boot.verbose) fprintf(stderr, "kt2ko vm: %s\n", qemu.command_line().c_str());
  VmSession session(&qemu, {end_mark, boot.timeout_s, boot.log_path, boot.verbose});
  const SessionEnd end = session.run();
  return report(boot, session, end);
}

int run_vm(const VmOptions& options) {
  VmBoot boot;
  boot.kernel = options.kernel;
  boot.memory_mb = options.memory_mb;
  boot.cpus = options.cpus;
  boot.timeout_s = options.timeout_s;
  boot.log_path = options.log_path;
  boot.verbose = options.verbose;
  boot.files = options.files;
  const std::string module = "/kt2ko/" + base_name(options.module);
  boot.files.push_back({"/usr/bin/ktrun", options.ktrun, "", 0755});
  boot.files.push_back({module, options.module, "", 0644});

  boot.job = "exec ktrun";
  for (const std::string& option : options.ktrun_options) boot.job += " " + shell_quote(option);
  boot.job += " " + module;
  for (const std::string& arg : options.args) boot.job += " " + shell_quote(arg);
  if (!options.command.empty()) {
    boot.job += " --";
    for (const std::string& word : options.command) boot.job += " " + shell_quote(word);
    boot.programs.push_back(options.command[0]);
  }
  boot.job += "\n";
  return boot_vm(boot);
}

}  // namespace kt2ko
