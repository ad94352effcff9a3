// SPDX-License-Identifier: GPL-2.0
// kt2ko-vm-boot: boots a guest and runs a shell script in it; the tests' way to many cases in one
// boot.
#include <getopt.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "driver/vm/file_io.h"
#include "driver/vm/run_vm.h"

namespace {

constexpr char kUsage[] =
    "usage: kt2ko-vm-boot [OPTION...] SCRIPT|-c 'SHELL TEXT'\n"
    "Boots a throw-away guest and runs the shell script in it.\n"
    "  -k, --kernel RELEASE|IMAGE   default: the running kernel\n"
    "  -f, --file GUEST=HOST        put a file into the guest; may be repeated\n"
    "  -p, --program NAME           put a host program and its libraries into the guest; may be "
    "repeated\n"
    "  -d, --disk IMAGE             a disk of the guest: /dev/vda, then /dev/vdb; what is written to it is lost\n"
    "  -m, --memory MB              default 512\n"
    "  -s, --cpus N                 default 1\n"
    "  -t, --timeout SEC            end the guest after this time\n"
    "  -l, --log FILE               the guest's kernel log\n"
    "  -a, --append TEXT            kernel command line\n"
    "      --count-instructions     the guest's clocks count its instructions: 1 ns is one\n"
    "      --monitor SOCKET         QEMU's monitor, for looking into a guest that stands still\n"
    "      --no-log-check           do not fail for warnings in the kernel log\n"
    "      --slow-boot              let the kernel unpack itself (with KASLR)\n"
    "  -v, --verbose\n";

enum : int { kNoLogCheck = 256, kSlowBoot, kCountInstructions, kMonitor };

const option kOptions[] = {{"kernel", required_argument, nullptr, 'k'},
                           {"file", required_argument, nullptr, 'f'},
                           {"program", required_argument, nullptr, 'p'},
                           {"disk", required_argument, nullptr, 'd'},
                           {"memory", required_argument, nullptr, 'm'},
                           {"cpus", required_argument, nullptr, 's'},
                           {"timeout", required_argument, nullptr, 't'},
                           {"log", required_argument, nullptr, 'l'},
                           {"append", required_argument, nullptr, 'a'},
                           {"command", required_argument, nullptr, 'c'},
                           {"count-instructions", no_argument, nullptr, kCountInstructions},
                           {"monitor", required_argument, nullptr, kMonitor},
                           {"no-log-check", no_argument, nullptr, kNoLogCheck},
                           {"slow-boot", no_argument, nullptr, kSlowBoot},
                           {"verbose", no_argument, nullptr, 'v'},
                           {nullptr, 0, nullptr, 0}};

bool add_file(const char* text, kt2ko::VmBoot* boot) {
  const char* equals = std::strchr(text, '=');
  if (equals == nullptr || text[0] != '/') return false;
  // Executable for everybody: a guest has no secrets, and modules do not mind.
  boot->files.push_back({std::string(text, equals), equals + 1, "", 0755});
  return true;
}

bool take_option(int c, kt2ko::VmBoot* boot) {
  switch (c) {
    case 'k':
      boot->kernel = optarg;
      return true;
    case 'f':
      return add_file(optarg, boot);
    case 'p':
      boot->programs.push_back(optarg);
      return true;
    case 'd':
      boot->disks.push_back(optarg);
      return true;
    case 'm':
      boot->memory_mb = static_cast<unsigned>(std::atoi(optarg));
      return true;
    case 's':
      boot->cpus = static_cast<unsigned>(std::atoi(optarg));
      return true;
    case 't':
      boot->timeout_s = std::atof(optarg);
      return true;
    case 'l':
      boot->log_path = optarg;
      return true;
    case 'a':
      boot->kernel_args = optarg;
      return true;
    case 'c':
      boot->job = optarg;
      return true;
    case kCountInstructions:
      boot->count_instructions = true;
      return true;
    case kMonitor:
      boot->monitor_path = optarg;
      return true;
    case kNoLogCheck:
      boot->check_log = false;
      return true;
    case kSlowBoot:
      boot->fast_boot = false;
      return true;
    case 'v':
      boot->verbose = true;
      return true;
    default:
      return false;
  }
}

}  // namespace

int main(int argc, char** argv) {
  kt2ko::VmBoot boot;
  for (int c; (c = getopt_long(argc, argv, "k:f:p:d:m:s:t:l:a:c:v", kOptions, nullptr)) != -1;) {
    if (!take_option(c, &boot)) {
      fputs(kUsage, stderr);
      return 2;
    }
  }
  if (boot.job.empty() == (optind == argc) || argc - optind > 1) {
    fputs(kUsage, stderr);
    return 2;
  }
  if (optind < argc && !kt2ko::read_file(argv[optind], &boot.job)) {
    perror(argv[optind]);
    return kt2ko::kVmRefused;
  }
  return kt2ko::boot_vm(boot);
}
