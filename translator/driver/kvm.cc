// SPDX-License-Identifier: GPL-2.0
#include "driver/kvm.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>

#include "driver/vm/file_io.h"

namespace kt2ko {

bool kvm_answers(const char* device) {
  const UniqueFd kvm(open(device, O_RDWR | O_CLOEXEC));
  if (!kvm || ioctl(kvm.get(), KVM_GET_API_VERSION, 0) != KVM_API_VERSION) return false;
  const UniqueFd guest(ioctl(kvm.get(), KVM_CREATE_VM, 0));
  return static_cast<bool>(guest);
}

}  // namespace kt2ko
