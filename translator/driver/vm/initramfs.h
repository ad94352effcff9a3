// SPDX-License-Identifier: GPL-2.0
// The guest's root file system: busybox with all its tools, the first process, drivers, and the job
// with its files. It is made anew for each guest, in memory: that takes milliseconds, so nothing of
// it is kept.
#ifndef KT2KO_DRIVER_VM_INITRAMFS_H_
#define KT2KO_DRIVER_VM_INITRAMFS_H_

#include <string>

#include "driver/vm/guest_drivers.h"
#include "driver/vm/kernel_image.h"
#include "driver/vm/vm_options.h"

namespace kt2ko {

// Builds the archive. Returns false with one clear message in *error.
bool build_initramfs(const VmBoot& boot, const KernelImage& kernel, const GuestTransport& transport,
                     const std::string& end_mark, std::string* archive, std::string* error);

}  // namespace kt2ko

#endif  // KT2KO_DRIVER_VM_INITRAMFS_H_
