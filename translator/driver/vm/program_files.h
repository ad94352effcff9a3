// SPDX-License-Identifier: GPL-2.0
// What a host program needs to run in a guest.
#ifndef KT2KO_DRIVER_VM_PROGRAM_FILES_H_
#define KT2KO_DRIVER_VM_PROGRAM_FILES_H_

#include <string>
#include <vector>

#include "driver/vm/vm_options.h"

namespace kt2ko {

// The program (found by PATH), its interpreter (#! or ELF), and the shared libraries that it names,
// directly or through each other, under the paths that they have here. Empty when there is no such
// program: the guest's own tools may have it. Files that a program opens while it runs (modules,
// locales, configuration) are not found: name them as files.
std::vector<GuestFile> program_files(const std::string& program);

}  // namespace kt2ko

#endif  // KT2KO_DRIVER_VM_PROGRAM_FILES_H_
