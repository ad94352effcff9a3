// SPDX-License-Identifier: GPL-2.0
// The QEMU process of a guest.
#ifndef KT2KO_DRIVER_VM_QEMU_H_
#define KT2KO_DRIVER_VM_QEMU_H_

#include <sys/types.h>
#include <string>
#include <vector>

#include "driver/vm/file_io.h"
#include "driver/vm/kernel_image.h"
#include "driver/vm/vm_options.h"

namespace kt2ko {

struct QemuMachine {
  KernelImage kernel;
  bool virtio = false;  // channels are virtio ports, else serial ports
  std::string archive;  // the guest's root file system
  std::vector<std::string> disks;
  unsigned memory_mb = 512;
  unsigned cpus = 1;
  std::string kernel_args;
  bool count_instructions = false;  // the guest's clocks count its instructions
  std::string monitor_path;  // a socket of QEMU's monitor; empty: none
};

// A running guest. The destructor ends it; it also ends when this process dies, however that
// happens.
class Qemu {
 public:
  Qemu() = default;
  ~Qemu() { stop(); }
  Qemu(const Qemu&) = delete;
  Qemu& operator=(const Qemu&) = delete;

  // Returns false with one clear message in *error. Once per object.
  bool start(const QemuMachine& machine, std::string* error);
  // Ends the guest at once and waits for the process to be gone.
  void stop();

  int console() const { return console_.get(); }
  int control() const { return control_.get(); }
  int out() const { return out_.get(); }
  int err() const { return err_.get(); }
  int messages() const { return messages_.get(); }  // what QEMU itself has to say
  const std::string& command_line() const { return command_line_; }

 private:
  pid_t pid_ = -1;
  UniqueFd console_, control_, out_, err_, messages_;
  std::string command_line_;
};

}  // namespace kt2ko

#endif  // KT2KO_DRIVER_VM_QEMU_H_
