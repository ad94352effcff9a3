// SPDX-License-Identifier: GPL-2.0
// Architectures that modules can be built for. What is true of one is in its row.
#pragma once

#include <string>
#include <vector>

namespace kt2ko {

struct Architecture {
  const char* name;      // as the kernel's build system says: --arch
  const char* machine;   // as uname -m says
  const char* triplet;   // of Debian's cross compiler and library folders
  const char* image;     // of a kernel that was built in its tree
  const char* emulator;  // QEMU's program
  const char* emulator_package;
  const char* debian;                   // its name in package names
  std::vector<const char*> registers;  // of fetch arguments, as the kernel's probe syntax has them
  const char* registers_text;          // the same for people
  unsigned short elf_machine;

  // The compiler's prefix, as in --cross-compile.
  std::string prefix() const { return std::string(triplet) + "-"; }
  bool has_register(const std::string& word) const;
};

// By the kernel's name or uname's; nullptr: it is none that we know.
const Architecture* find_architecture(const std::string& name);

// That of this machine; x86 when it is none that we know.
const Architecture& own_architecture();

// "x86, arm64"
std::string architecture_names();

}  // namespace kt2ko
