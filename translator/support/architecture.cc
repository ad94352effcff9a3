// SPDX-License-Identifier: GPL-2.0
#include "support/architecture.h"

#include <elf.h>
#include <sys/utsname.h>

#include <algorithm>

namespace kt2ko {
namespace {

const Architecture kArchitectures[] = {
    {"x86",
     "x86_64",
     "x86_64-linux-gnu",
     "arch/x86/boot/bzImage",
     "qemu-system-x86_64",
     "qemu-system-x86",
     "amd64",
     {"di", "si", "dx", "cx", "r8", "r9", "ax", "bx", "bp", "sp", "r10", "r11", "r12", "r13", "r14", "r15", "ip", "flags", "cs",
      "ss", "orig_ax"},
     "x86-64 registers: di si dx cx r8 r9 ax bx bp sp r10 ... r15 ip flags cs ss orig_ax",
     EM_X86_64},
    {"arm64",
     "aarch64",
     "aarch64-linux-gnu",
     "arch/arm64/boot/Image",
     "qemu-system-aarch64",
     "qemu-system-arm",
     "arm64",
     {"x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",  "x8",  "x9",  "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
      "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30", "lr",  "sp",  "pc",  "pstate"},
     "arm64 registers: x0 ... x30 lr sp pc pstate",
     EM_AARCH64},
};

}  // namespace

bool Architecture::has_register(const std::string& word) const {
  return std::any_of(registers.begin(), registers.end(), [&](const char* r) { return word == r; });
}

const Architecture* find_architecture(const std::string& name) {
  for (const Architecture& row : kArchitectures)
    if (name == row.name || name == row.machine) return &row;
  return nullptr;
}

const Architecture& own_architecture() {
  utsname name = {};
  uname(&name);
  const Architecture* own = find_architecture(name.machine);
  return own ? *own : kArchitectures[0];
}

std::string architecture_names() {
  std::string names;
  for (const Architecture& row : kArchitectures) names += (names.empty() ? "" : ", ") + std::string(row.name);
  return names;
}

}  // namespace kt2ko
