// SPDX-License-Identifier: GPL-2.0
// Writes archives in the "newc" format of cpio, which the kernel unpacks into its first root file
// system.
#ifndef KT2KO_DRIVER_VM_CPIO_WRITER_H_
#define KT2KO_DRIVER_VM_CPIO_WRITER_H_

#include <set>
#include <string>
#include <string_view>

namespace kt2ko {

// Everything belongs to root and has time 0, so equal input gives equal bytes. Paths are absolute;
// folders on the way to a file are added by themselves. A later entry replaces an earlier one of
// the same path when the kernel unpacks.
class CpioWriter {
 public:
  void add_folder(const std::string& path, unsigned mode = 0755);
  void add_file(const std::string& path, std::string_view data, unsigned mode);
  void add_link(const std::string& path, const std::string& target);
  void add_char_device(const std::string& path, unsigned mode, unsigned major, unsigned minor);

  // Ends the archive and hands it out; the writer is empty afterwards.
  std::string finish();

 private:
  void add_parents(const std::string& path);
  void add_entry(const std::string& path, unsigned mode, std::string_view data, unsigned major = 0,
                 unsigned minor = 0);
  void pad();

  std::string out_;
  std::set<std::string> known_;  // folders, and links that stand for one
  unsigned next_inode_ = 1;
};

}  // namespace kt2ko

#endif  // KT2KO_DRIVER_VM_CPIO_WRITER_H_
