// SPDX-License-Identifier: GPL-2.0
#include "driver/vm/program_files.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <cstdlib>
#include <set>
#include <sstream>

#include "driver/vm/file_io.h"

namespace kt2ko {
namespace {

struct Needs {
  std::string interpreter;
  std::vector<std::string> libraries;  // DT_NEEDED
  std::vector<std::string> folders;    // DT_RUNPATH, DT_RPATH with $ORIGIN put in
};

void add_search_path(const std::string& text, const std::string& origin, Needs* needs) {
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ':');) {
    for (const char* name : {"$ORIGIN", "${ORIGIN}"}) {
      size_t at = part.find(name);
      if (at != std::string::npos) part.replace(at, std::string(name).size(), origin);
    }
    if (!part.empty()) needs->folders.push_back(part);
  }
}

void read_dynamic(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, const std::string& origin,
                  Needs* needs) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (data == nullptr || header.sh_entsize == 0) return;
  for (int i = 0; i < static_cast<int>(header.sh_size / header.sh_entsize); i++) {
    GElf_Dyn entry;
    if (gelf_getdyn(data, i, &entry) == nullptr) return;
    const char* text = elf_strptr(elf, header.sh_link, entry.d_un.d_val);
    if (text == nullptr) continue;
    if (entry.d_tag == DT_NEEDED) needs->libraries.push_back(text);
    if (entry.d_tag == DT_RUNPATH || entry.d_tag == DT_RPATH) add_search_path(text, origin, needs);
  }
}

void read_interpreter(Elf* elf, Needs* needs) {
  size_t count = 0, size = 0;
  elf_getphdrnum(elf, &count);
  const char* raw = elf_rawfile(elf, &size);
  for (size_t i = 0; i < count; i++) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf, static_cast<int>(i), &segment) == nullptr) return;
    if (segment.p_type != PT_INTERP || segment.p_filesz == 0) continue;
    if (segment.p_offset > size || segment.p_filesz > size - segment.p_offset) return;
    needs->interpreter.assign(raw + segment.p_offset, segment.p_filesz - 1);
  }
}

Needs read_needs(const std::string& path) {
  Needs needs;
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd || elf_version(EV_CURRENT) == EV_NONE) return needs;
  Elf* elf = elf_begin(fd.get(), ELF_C_READ, nullptr);
  if (elf == nullptr) return needs;
  if (elf_kind(elf) == ELF_K_ELF) {
    const std::string origin = path.substr(0, path.rfind('/'));
    read_interpreter(elf, &needs);
    for (Elf_Scn* s = elf_nextscn(elf, nullptr); s != nullptr; s = elf_nextscn(elf, s)) {
      GElf_Shdr header;
      if (gelf_getshdr(s, &header) != nullptr && header.sh_type == SHT_DYNAMIC) {
        read_dynamic(elf, s, header, origin, &needs);
      }
    }
  }
  elf_end(elf);
  return needs;
}

// The interpreter that a "#!" line names; empty when the file does not begin with one.
std::string script_interpreter(const std::string& path) {
  std::string data;
  if (!read_file(path, &data) || data.substr(0, 2) != "#!") return "";
  std::istringstream line(data.substr(2, data.find('\n') - 2));
  std::string interpreter, argument;
  line >> interpreter >> argument;
  if (interpreter == "/usr/bin/env" && !argument.empty()) return find_program(argument);
  return interpreter;
}

// The folders in which the dynamic loader looks: the usual ones and those of its configuration.
const std::vector<std::string>& library_folders() {
  static const std::vector<std::string> folders = [] {
    std::vector<std::string> list = {"/lib/x86_64-linux-gnu",
                                     "/usr/lib/x86_64-linux-gnu",
                                     "/lib64",
                                     "/usr/lib64",
                                     "/lib",
                                     "/usr/lib"};
    std::string output, line;
    int status;
    if (run_filter({"/bin/sh", "-c", "cat /etc/ld.so.conf.d/*.conf"}, "", &output, &status)) {
      std::istringstream lines(output);
      while (std::getline(lines, line)) {
        if (!line.empty() && line[0] == '/') list.push_back(line);
      }
    }
    return list;
  }();
  return folders;
}

std::string find_library(const std::string& name, const std::vector<std::string>& extra) {
  if (name.find('/') != std::string::npos) return file_exists(name) ? name : "";
  for (const auto* folders : {&extra, &library_folders()}) {
    for (const std::string& folder : *folders) {
      if (file_exists(folder + "/" + name)) return folder + "/" + name;
    }
  }
  return "";
}

class Collector {
 public:
  void add(const std::string& path) {
    if (path.empty() || !seen_.insert(path).second) return;
    files_.push_back({path, path, "", 0755});
    add(script_interpreter(path));
    Needs needs = read_needs(path);
    if (!needs.interpreter.empty() && file_exists("/etc/ld.so.cache") &&
        seen_.insert("/etc/ld.so.cache").second) {
      files_.push_back({"/etc/ld.so.cache", "/etc/ld.so.cache", "", 0644});
    }
    add(needs.interpreter);
    for (const std::string& library : needs.libraries) add(find_library(library, needs.folders));
  }

  std::vector<GuestFile> take() { return std::move(files_); }

 private:
  std::set<std::string> seen_;
  std::vector<GuestFile> files_;
};

}  // namespace

std::vector<GuestFile> program_files(const std::string& program) {
  std::string path = find_program(program);
  Collector collector;
  if (!path.empty()) {
    if (path[0] != '/') {  // relative names stay usable in the guest, whose working folder is /
      char* absolute = realpath(path.c_str(), nullptr);
      if (absolute != nullptr) path = absolute;
      free(absolute);
    }
    collector.add(path);
  }
  return collector.take();
}

}  // namespace kt2ko
