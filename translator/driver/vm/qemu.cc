// SPDX-License-Identifier: GPL-2.0
#include "driver/vm/qemu.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace kt2ko {
namespace {

// Numbers under which QEMU finds what it inherits.
enum : int { kConsoleFd = 10, kControlFd, kOutFd, kErrFd, kArchiveFd, kFirstFreeFd };

// What the guest is made of, by its architecture.
struct Device {
  const char* arch;
  const char* machine;
  const char* cpu;
  const char* console;
};

constexpr Device kDevices[] = {
    // 5-level page tables only make emulation slower.
    {"x86", "pc", "max,la57=off", "ttyS0"},
    // The CPU signs return addresses by a way of QEMU's own: the architecture's takes most of the time.
    {"arm64", "virt,gic-version=3", "max,pauth-impdef=on", "ttyAMA0"},
};

const Device& device_of(const QemuMachine& machine) {
  const std::string name = machine.kernel.arch->name;
  for (const Device& device : kDevices)
    if (name == device.arch) return device;
  return kDevices[0];
}

std::string accelerator(const QemuMachine& machine) {
  if (machine.count_instructions) return "tcg";  // hardware cannot
  const char* chosen = is_foreign(machine.kernel) ? nullptr : getenv("KT2KO_VM_ACCEL");
  if (chosen != nullptr && chosen[0] != '\0') return chosen;
  // Kernels do not survive patching of their code under QEMU's multi-threaded emulation: a CPU meets a breakpoint that is gone at a
  // site that was just patched, which is an oops, or, on 6.1, tries again for ever. One thread for all virtual CPUs is slower but right.
  return machine.cpus > 1 ? "tcg,thread=single" : "tcg";
}

std::string kernel_command_line(const QemuMachine& machine) {
  // Warnings are level 4, so loglevel=5 shows all that counts; an oops ends the guest instead of
  // leaving it hanging.
  std::string text = fmt::format("console={} loglevel=5 oops=panic panic=-1", device_of(machine).console);
  if (!machine.kernel_args.empty()) text += " " + machine.kernel_args;
  return text;
}

void add_channel(const std::string& name, int fd, int number, bool virtio,
                 std::vector<std::string>* argv) {
  argv->insert(argv->end(), {"-chardev", "socket,id=" + name + ",fd=" + std::to_string(fd)});
  if (virtio) {
    argv->insert(argv->end(),
                 {"-device", "virtserialport,chardev=" + name + ",nr=" + std::to_string(number)});
  } else {
    argv->insert(argv->end(), {"-serial", "chardev:" + name});
  }
}

// A path within an option.
std::string option_text(const std::string& path) {
  std::string escaped;
  for (char c : path) escaped += c == ',' ? ",," : std::string(1, c);
  return escaped;
}

// The image stays as it is: writes go to a file of QEMU's own that has no name.
void add_disk(const std::string& path, std::vector<std::string>* argv) {
  argv->insert(argv->end(), {"-drive", "if=virtio,format=raw,snapshot=on,file=" + option_text(path)});
}

void add_monitor(const std::string& path, std::vector<std::string>* argv) {
  argv->insert(argv->end(), {"-chardev", "socket,id=monitor,server=on,wait=off,path=" + option_text(path), "-mon",
                             "chardev=monitor,mode=readline"});
}

std::vector<std::string> arguments(const QemuMachine& machine) {
  std::vector<std::string> argv = {
      machine.kernel.arch->emulator, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
      "-machine", device_of(machine).machine, "-accel", accelerator(machine),
      "-cpu", device_of(machine).cpu, "-m", std::to_string(machine.memory_mb), "-smp",
      std::to_string(machine.cpus), "-kernel", machine.kernel.path, "-initrd",
      "/proc/self/fd/" + std::to_string(kArchiveFd), "-append", kernel_command_line(machine)};
  // Idle time is skipped: waiting costs nothing, and nothing depends on the host's speed.
  if (machine.count_instructions) argv.insert(argv.end(), {"-icount", "shift=0,sleep=off"});
  add_channel("console", kConsoleFd, 0, false, &argv);
  if (machine.virtio) argv.insert(argv.end(), {"-device", "virtio-serial-pci"});
  add_channel("control", kControlFd, 1, machine.virtio, &argv);
  add_channel("out", kOutFd, 2, machine.virtio, &argv);
  add_channel("err", kErrFd, 3, machine.virtio, &argv);
  for (const std::string& disk : machine.disks) add_disk(disk, &argv);
  if (!machine.monitor_path.empty()) add_monitor(machine.monitor_path, &argv);
  return argv;
}

bool make_channel(UniqueFd* ours, UniqueFd* theirs) {
  int fds[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) return false;
  ours->reset(fds[0]);
  theirs->reset(fds[1]);
  return fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0;
}

bool make_archive(const std::string& data, UniqueFd* fd) {
  fd->reset(memfd_create("initramfs", MFD_CLOEXEC));
  return *fd && write_all(fd->get(), data);
}

// Runs in the child: only calls that are safe between fork and exec.
[[noreturn]] void become_qemu(char* const* argv, const int* inherited, int messages, pid_t parent) {
  setsid();  // the terminal's Ctrl-C is for us, not for QEMU
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  int moved[kFirstFreeFd - kConsoleFd];
  // First out of the way of the target numbers, then to them.
  for (int i = 0; i < kFirstFreeFd - kConsoleFd; i++) {
    moved[i] = fcntl(inherited[i], F_DUPFD_CLOEXEC, kFirstFreeFd);
  }
  int kept_messages = fcntl(messages, F_DUPFD_CLOEXEC, kFirstFreeFd);
  for (int i = 0; i < kFirstFreeFd - kConsoleFd; i++) dup2(moved[i], kConsoleFd + i);
  int null = open("/dev/null", O_RDWR);
  dup2(null, 0);
  dup2(kept_messages, 1);
  dup2(kept_messages, 2);
  execv(argv[0], argv);
  _exit(127);
}

}  // namespace

bool Qemu::start(const QemuMachine& machine, std::string* error) {
  const Architecture& arch = *machine.kernel.arch;
  const std::string program = find_program(arch.emulator);
  if (program.empty()) {
    *error = fmt::format("no {}; install it: apt-get install {}", arch.emulator, arch.emulator_package);
    return false;
  }
  if (!machine.virtio && is_foreign(machine.kernel)) {
    *error = "no drivers of " + machine.kernel.release + " for virtio ports, which a guest of " + arch.name +
             " needs: KT2KO_KERNEL_DIR names the folder with lib/modules/" + machine.kernel.release;
    return false;
  }
  UniqueFd console, control, out, err, archive, messages;
  if (!make_channel(&console_, &console) || !make_channel(&control_, &control) ||
      !make_channel(&out_, &out) || !make_channel(&err_, &err) ||
      !make_channel(&messages_, &messages) || !make_archive(machine.archive, &archive)) {
    *error = std::string("cannot set up the guest: ") + std::strerror(errno);
    return false;
  }
  std::vector<std::string> args = arguments(machine);
  for (const std::string& arg : args) command_line_ += shell_quote(arg) + " ";
  args[0] = program;
  std::vector<char*> argv;
  for (std::string& arg : args) argv.push_back(arg.data());
  argv.push_back(nullptr);
  const int inherited[] = {console.get(), control.get(), out.get(), err.get(), archive.get()};
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) become_qemu(argv.data(), inherited, messages.get(), parent);
  if (pid_ < 0) {
    *error = std::string("cannot start QEMU: ") + std::strerror(errno);
    return false;
  }
  return true;
}

void Qemu::stop() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

}  // namespace kt2ko
