// SPDX-License-Identifier: GPL-2.0
// The little that linking a module needs to know about object files.
#pragma once

#include <set>
#include <string>

#include "project/files.h"
#include "project/result.h"

namespace kt2ko {

struct ElfSymbols {
  std::set<std::string> defined;  // global and weak
  std::set<std::string> undefined;
};

Result<ElfSymbols> read_symbols(const fs::path& object);

// Where a section's bytes lie in a file; size 0 when there is no such section.
struct SectionRange {
  size_t offset = 0;
  size_t size = 0;
};

SectionRange find_section(const std::string& elf_bytes, const std::string& name);

// Do the bytes that the kernel loads (SHF_ALLOC sections), other than the named ones, contain the
// text?
bool loaded_bytes_contain(const std::string& elf_bytes, const std::string& text,
                          const std::set<std::string>& except);

}  // namespace kt2ko
