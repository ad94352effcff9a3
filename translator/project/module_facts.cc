// SPDX-License-Identifier: GPL-2.0
#include "project/module_facts.h"

#include <elf.h>

#include <algorithm>
#include <cstring>

#include "project/elf_file.h"

namespace kt2ko {
namespace {

struct MachineRow {
  int machine;      // e_machine
  bool is_64;
  bool is_little;
  const char* name;  // as uname -m says
};

constexpr MachineRow kMachines[] = {
    {EM_X86_64, true, true, "x86_64"},    {EM_AARCH64, true, true, "aarch64"}, {EM_RISCV, true, true, "riscv64"},
    {EM_S390, true, false, "s390x"},      {EM_PPC64, true, true, "ppc64le"},   {EM_PPC64, true, false, "ppc64"},
    {EM_LOONGARCH, true, true, "loongarch64"},
};

}  // namespace

std::string elf_machine(std::string_view bytes) {
  constexpr size_t kMachineAt = 18;  // the same in both classes
  if (bytes.size() < sizeof(Elf64_Ehdr) || memcmp(bytes.data(), ELFMAG, SELFMAG) != 0) return "";
  const bool is_little = bytes[EI_DATA] == ELFDATA2LSB;
  const auto low = static_cast<unsigned char>(bytes[kMachineAt + (is_little ? 0 : 1)]);
  const auto high = static_cast<unsigned char>(bytes[kMachineAt + (is_little ? 1 : 0)]);
  for (const MachineRow& row : kMachines) {
    if (row.machine == (high << 8 | low) && row.is_little == is_little && row.is_64 == (bytes[EI_CLASS] == ELFCLASS64))
      return row.name;
  }
  return "";
}

std::vector<std::string> modinfo_values(const std::string& module, const std::string& key) {
  std::vector<std::string> values;
  const SectionRange range = find_section(module, ".modinfo");
  if (range.offset > module.size() || range.size > module.size() - range.offset) return values;
  std::string_view left(module.data() + range.offset, range.size);
  while (!left.empty()) {
    const size_t end = std::min(left.find('\0'), left.size());
    const std::string_view entry = left.substr(0, end);
    if (entry.size() > key.size() && entry.substr(0, key.size()) == key && entry[key.size()] == '=')
      values.emplace_back(entry.substr(key.size() + 1));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return values;
}

std::string modinfo_value(const std::string& module, const std::string& key) {
  const std::vector<std::string> values = modinfo_values(module, key);
  return values.empty() ? "" : values[0];
}

}  // namespace kt2ko
