// SPDX-License-Identifier: GPL-2.0
#include "project/elf_file.h"

#include <fmt/format.h>
#include <gelf.h>

#include <functional>
#include <memory>

namespace kt2ko {
namespace {

struct ElfEnd {
  void operator()(Elf* elf) const { elf_end(elf); }
};
using ElfHandle = std::unique_ptr<Elf, ElfEnd>;

ElfHandle open_elf(std::string* bytes) {
  elf_version(EV_CURRENT);
  return ElfHandle(elf_memory(bytes->data(), bytes->size()));
}

// Calls visit(section, header, name) until it returns true.
void each_section(Elf* elf,
                  const std::function<bool(Elf_Scn*, const GElf_Shdr&, const char*)>& visit) {
  size_t names = 0;
  if (elf_getshdrstrndx(elf, &names) != 0) return;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section));) {
    GElf_Shdr header;
    if (!gelf_getshdr(section, &header)) continue;
    const char* name = elf_strptr(elf, names, header.sh_name);
    if (visit(section, header, name ? name : "")) return;
  }
}

void add_symbols(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, ElfSymbols* symbols) {
  Elf_Data* data = elf_getdata(section, nullptr);
  size_t count = data && header.sh_entsize ? data->d_size / header.sh_entsize : 0;
  for (size_t i = 1; i < count; ++i) {
    GElf_Sym symbol;
    if (!gelf_getsym(data, static_cast<int>(i), &symbol) ||
        GELF_ST_BIND(symbol.st_info) == STB_LOCAL)
      continue;
    const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
    if (!name || !*name) continue;
    (symbol.st_shndx == SHN_UNDEF ? symbols->undefined : symbols->defined).insert(name);
  }
}

}  // namespace

Result<ElfSymbols> read_symbols(const fs::path& object) {
  std::string bytes = read_file(object).value_or("");
  ElfHandle elf = open_elf(&bytes);
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF) {
    return Failure{kRefused, fmt::format("{} is not an object file", object.string())};
  }
  ElfSymbols symbols;
  each_section(elf.get(), [&](Elf_Scn* section, const GElf_Shdr& header, const char*) {
    if (header.sh_type == SHT_SYMTAB) add_symbols(elf.get(), section, header, &symbols);
    return false;
  });
  return symbols;
}

SectionRange find_section(const std::string& elf_bytes, const std::string& wanted) {
  std::string bytes = elf_bytes;
  ElfHandle elf = open_elf(&bytes);
  SectionRange range;
  if (!elf) return range;
  each_section(elf.get(), [&](Elf_Scn*, const GElf_Shdr& header, const char* name) {
    if (wanted != name || header.sh_type == SHT_NOBITS) return false;
    range = {static_cast<size_t>(header.sh_offset), static_cast<size_t>(header.sh_size)};
    return true;
  });
  return range;
}

bool loaded_bytes_contain(const std::string& elf_bytes, const std::string& text,
                          const std::set<std::string>& except) {
  std::string bytes = elf_bytes;
  ElfHandle elf = open_elf(&bytes);
  bool found = false;
  if (!elf) return found;
  each_section(elf.get(), [&](Elf_Scn*, const GElf_Shdr& header, const char* name) {
    if (!(header.sh_flags & SHF_ALLOC) || header.sh_type == SHT_NOBITS || except.count(name))
      return false;
    std::string_view section(elf_bytes.data() + header.sh_offset, header.sh_size);
    found = section.find(text) != std::string_view::npos;
    return found;
  });
  return found;
}

}  // namespace kt2ko
