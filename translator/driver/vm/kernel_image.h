// SPDX-License-Identifier: GPL-2.0
// Finds the kernel that a guest boots, and what belongs to it.
//
// Looked through, in this order: $KT2KO_KERNEL_DIR (an unpacked linux-image package, or a folder
// that just holds vmlinuz-RELEASE), /boot, /lib/modules/RELEASE.
#ifndef KT2KO_DRIVER_VM_KERNEL_IMAGE_H_
#define KT2KO_DRIVER_VM_KERNEL_IMAGE_H_

#include <string>

#include "support/architecture.h"

namespace kt2ko {

struct KernelImage {
  std::string release;      // as in uname -r; empty when the image does not tell
  const Architecture* arch = &own_architecture();
  std::string path;         // what QEMU boots
  std::string modules_dir;  // .../lib/modules/RELEASE; empty when there is none
  bool unpacked = false;    // path is the unpacked ELF image
};

// kernel: a release or, with a slash in it, the path of an image; empty: the running kernel.
// Returns false with one clear message in *error.
bool find_kernel(const std::string& kernel, KernelImage* image, std::string* error);

// Replaces image->path by its unpacked form in the cache, where the kernel can be booted that way
// (PVH entry) and the unpacking program is there. Saves the guest from unpacking itself, which
// takes it seconds under emulation. When it cannot be done the image stays as it is.
void unpack_kernel(KernelImage* image);

// The folder with unpacked packages: KT2KO_KERNEL_DIR; empty: none.
std::string extra_kernel_dir();

// Of another architecture than this machine.
inline bool is_foreign(const KernelImage& image) { return image.arch->elf_machine != own_architecture().elf_machine; }

}  // namespace kt2ko

#endif  // KT2KO_DRIVER_VM_KERNEL_IMAGE_H_
