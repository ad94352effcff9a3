// SPDX-License-Identifier: GPL-2.0
// Runs things in a throw-away QEMU guest of a chosen kernel, without root. Output goes to this
// process's stdout and stderr while the guest runs; the first SIGINT or SIGTERM is passed on to the
// guest, the second ends it. Nothing is left behind: the guest's disk is an archive in memory, and
// QEMU dies with this process.
#ifndef KT2KO_DRIVER_VM_RUN_VM_H_
#define KT2KO_DRIVER_VM_RUN_VM_H_

#include "driver/vm/vm_options.h"

namespace kt2ko {

// Exit status when the guest could not be started, broke down or was ended from outside.
constexpr int kVmRefused = 3;

// Boots the guest and runs boot.job in it. Returns the job's exit status, or kVmRefused after a
// message on stderr.
int boot_vm(const VmBoot& boot);

// Runs a script module under ktrun in the guest. Returns ktrun's exit status, or kVmRefused after a
// message on stderr.
int run_vm(const VmOptions& options);

}  // namespace kt2ko

#endif  // KT2KO_DRIVER_VM_RUN_VM_H_
