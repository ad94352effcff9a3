// SPDX-License-Identifier: GPL-2.0
// How data gets out of a guest: virtio ports where the kernel can drive them (fast), else ISA
// serial ports (every PC kernel has them; about 0.5 MB/s under emulation).
#ifndef KT2KO_DRIVER_VM_GUEST_DRIVERS_H_
#define KT2KO_DRIVER_VM_GUEST_DRIVERS_H_

#include <string>
#include <vector>

#include "driver/vm/kernel_image.h"

namespace kt2ko {

struct GuestDriver {
  std::string name;  // file name in the guest
  std::string data;  // the module, unpacked
};

struct GuestTransport {
  bool virtio = false;
  std::vector<GuestDriver> drivers;  // to be loaded in this order
};

// disks: the guest has virtio disks too, whose driver then comes along; without virtio there are none.
GuestTransport plan_transport(const KernelImage& image, bool disks = false);

}  // namespace kt2ko

#endif  // KT2KO_DRIVER_VM_GUEST_DRIVERS_H_
