// SPDX-License-Identifier: GPL-2.0
// Where kernel facts come from: the running kernel's own files where they can be read, or a
// snapshot that a virtual machine of the kernel took once and that is kept for the image.
#pragma once

#include <optional>

#include "catalog/kernel_facts.h"
#include "project/kernels.h"

namespace kt2ko {

// Where a kernel that was built in its tree has its image.
fs::path built_image(const Kernel& kernel);

// What QEMU can boot for these headers; empty: nothing. A build directory has its own image.
std::string image_of(const Kernel& kernel);

// What is known about the kernel without booting anything.
std::optional<KernelFacts> facts_at_hand(const Kernel& kernel);

// The running kernel's; fails when they cannot be read.
Result<KernelFacts> facts_of_running();

// A kernel's, by a snapshot that is taken now if there is none. wanted: as -k has it, without
// headers a full release; or a snapshot's file.
Result<KernelFacts> facts_of(const std::string& wanted);

// What `kt2ko snapshot` or its shell text wrote; fails when the file is something else.
Result<KernelFacts> load_snapshot(const std::string& file);
// Whether -k means a snapshot's file: no directory, no release.
bool names_snapshot(const std::string& wanted);

}  // namespace kt2ko
