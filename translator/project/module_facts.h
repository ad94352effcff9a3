// SPDX-License-Identifier: GPL-2.0
// What a finished module, or another ELF file, tells about itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kt2ko {

// The machine that the file is for, as uname -m says there; empty: no ELF file, or one of a machine that we do not know.
std::string elf_machine(std::string_view elf_bytes);

// The values of all entries of .modinfo with this key, and the first of them (empty: there is none).
std::vector<std::string> modinfo_values(const std::string& module_bytes, const std::string& key);
std::string modinfo_value(const std::string& module_bytes, const std::string& key);

}  // namespace kt2ko
