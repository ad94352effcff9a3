// SPDX-License-Identifier: GPL-2.0
#include "project/module_words.h"

#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "project/files.h"

namespace kt2ko {
namespace {

constexpr std::string_view kTracepoint = "__tracepoint_";

void add_symbols(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, std::vector<std::string>* words) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (!data || header.sh_entsize == 0) return;
  for (int i = 0; static_cast<size_t>(i) < header.sh_size / header.sh_entsize; ++i) {
    GElf_Sym symbol;
    if (!gelf_getsym(data, i, &symbol) || symbol.st_shndx == SHN_UNDEF) continue;
    const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
    if (!name) continue;
    if (GELF_ST_TYPE(symbol.st_info) == STT_FUNC)
      words->emplace_back(name);
    else if (std::string_view(name).substr(0, kTracepoint.size()) == kTracepoint)
      words->emplace_back(name + kTracepoint.size());
  }
}

// False: it is no object file, whatever it was compressed with.
bool add_module(const fs::path& file, std::vector<std::string>* words) {
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const std::unique_ptr<Elf, int (*)(Elf*)> elf(dwelf_elf_begin(fd), elf_end);
  close(fd);
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF) return false;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf.get(), section));) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB) add_symbols(elf.get(), section, header, words);
  }
  return true;
}

}  // namespace

std::optional<std::vector<std::string>> module_words(const std::string& release) {
  elf_version(EV_CURRENT);
  std::vector<std::string> words;
  const fs::path modules = fs::path("/lib/modules") / release / "kernel";
  std::error_code error;
  if (!fs::is_directory(modules, error)) return std::nullopt;
  for (const fs::path& file : files_below(modules)) {
    const bool is_module = file.filename().string().find(".ko") != std::string::npos;
    if (is_module && !add_module(file, &words)) return std::nullopt;
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

}  // namespace kt2ko
