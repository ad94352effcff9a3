// SPDX-License-Identifier: GPL-2.0
#ifndef KT2KO_DRIVER_VM_CACHE_DIR_H_
#define KT2KO_DRIVER_VM_CACHE_DIR_H_

#include <string>

namespace kt2ko {

// The folder for what guests can share, $XDG_CACHE_HOME/kt2ko/vm or ~/.cache/kt2ko/vm; it is made
// when missing. Empty when there is none that can be written: callers then go without.
std::string vm_cache_dir();

}  // namespace kt2ko

#endif  // KT2KO_DRIVER_VM_CACHE_DIR_H_
