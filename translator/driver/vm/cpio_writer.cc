// SPDX-License-Identifier: GPL-2.0
#include "driver/vm/cpio_writer.h"

#include <sys/stat.h>
#include <cstdio>

namespace kt2ko {

void CpioWriter::add_folder(const std::string& path, unsigned mode) {
  add_parents(path);
  if (known_.insert(path).second) add_entry(path, S_IFDIR | mode, "");
}

void CpioWriter::add_file(const std::string& path, std::string_view data, unsigned mode) {
  add_parents(path);
  add_entry(path, S_IFREG | mode, data);
}

void CpioWriter::add_link(const std::string& path, const std::string& target) {
  add_parents(path);
  known_.insert(path);
  add_entry(path, S_IFLNK | 0777, target);
}

void CpioWriter::add_char_device(const std::string& path, unsigned mode, unsigned major,
                                 unsigned minor) {
  add_parents(path);
  add_entry(path, S_IFCHR | mode, "", major, minor);
}

std::string CpioWriter::finish() {
  add_entry("/TRAILER!!!", 0, "");
  std::string archive = std::move(out_);
  *this = CpioWriter();
  return archive;
}

void CpioWriter::add_parents(const std::string& path) {
  for (size_t slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    std::string folder = path.substr(0, slash);
    if (known_.insert(folder).second) add_entry(folder, S_IFDIR | 0755, "");
  }
}

void CpioWriter::add_entry(const std::string& path, unsigned mode, std::string_view data,
                           unsigned major, unsigned minor) {
  // Fields: inode, mode, uid, gid, links, time, size, device of the archive (2), device (2), size
  // of the name, checksum.
  const std::string name = path.substr(1);
  char header[111];
  snprintf(header, sizeof(header), "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
           next_inode_++, mode, 0u, 0u, 1u, 0u, static_cast<unsigned>(data.size()), 0u, 0u, major,
           minor, static_cast<unsigned>(name.size() + 1), 0u);
  out_.append(header, 110);
  out_.append(name.c_str(), name.size() + 1);
  pad();
  out_.append(data);
  pad();
}

void CpioWriter::pad() { out_.append(-out_.size() & 3u, '\0'); }

}  // namespace kt2ko
