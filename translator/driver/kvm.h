// SPDX-License-Identifier: GPL-2.0
#ifndef KT2KO_DRIVER_KVM_H_
#define KT2KO_DRIVER_KVM_H_

namespace kt2ko {

// Does this device make guests? Its node may be there, and may even be opened, where there is no KVM behind it.
bool kvm_answers(const char* device = "/dev/kvm");

}  // namespace kt2ko

#endif  // KT2KO_DRIVER_KVM_H_
