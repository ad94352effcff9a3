// SPDX-License-Identifier: GPL-2.0
// What the VM commands can be told. Two levels: VmBoot runs any shell text in a guest, VmOptions
// runs one script module under ktrun and is translated to a VmBoot.
#ifndef KT2KO_DRIVER_VM_VM_OPTIONS_H_
#define KT2KO_DRIVER_VM_VM_OPTIONS_H_

#include <string>
#include <vector>

namespace kt2ko {

// A file of the guest: the bytes of host_path or, when that is empty, text.
struct GuestFile {
  std::string guest_path;  // absolute; folders on the way are made
  std::string host_path;
  std::string text;
  unsigned mode = 0644;
};

struct VmBoot {
  // A release ("6.1.0-56-cloud-amd64") or the path of a kernel image; empty: the running kernel's
  // release.
  std::string kernel;
  std::string job;  // shell text that the guest runs; its output and exit status are the boot's
  std::vector<GuestFile> files;
  std::vector<std::string>
      programs;  // host programs that the job needs, with their shared libraries
  std::vector<std::string> disks;  // raw images, /dev/vda and on; what the guest writes to them is lost
  unsigned memory_mb = 512;
  unsigned cpus = 1;
  double timeout_s = 0;     // wall time for everything, 0: no limit
  bool check_log = true;    // an oops or warning in the kernel log makes the status 3
  bool fast_boot = true;    // boot the unpacked kernel (no KASLR) where the kernel can do that
  std::string log_path;     // the guest's whole kernel log goes here too, when not empty
  std::string kernel_args;  // appended to the kernel's command line
  bool count_instructions = false;  // one virtual nanosecond is one guest instruction; one CPU
  std::string monitor_path;  // a socket of this name is QEMU's monitor, when not empty
  bool verbose = false;     // what is done, and the kernel log, go to stderr
};

struct VmOptions {
  std::string kernel;                      // as in VmBoot
  std::string module;                      // the script's .ko
  std::string ktrun;                       // the static loader
  std::vector<std::string> ktrun_options;  // passed on as they are: "-T", "-C", "0", ...
  std::vector<std::string> args;           // the script's arguments
  std::vector<std::string> command;        // what to run inside; empty: nothing
  std::vector<GuestFile> files;
  unsigned memory_mb = 512;
  unsigned cpus = 1;
  double timeout_s = 0;
  std::string log_path;
  bool verbose = false;
};

}  // namespace kt2ko

#endif  // KT2KO_DRIVER_VM_VM_OPTIONS_H_
