// SPDX-License-Identifier: GPL-2.0
// Small helpers over files, descriptors and child processes.
#ifndef KT2KO_DRIVER_VM_FILE_IO_H_
#define KT2KO_DRIVER_VM_FILE_IO_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kt2ko {

// Owns a file descriptor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release();
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

// Reads a whole file. Returns false with errno set.
bool read_file(const std::string& path, std::string* out);

// Writes everything, whatever partial writes happen. Returns false with errno set.
bool write_all(int fd, std::string_view data);

// Puts data at path so that another process sees either the old file, or all of it. Returns false
// with errno set.
bool write_file_atomic(const std::string& path, std::string_view data, unsigned mode);

// Runs argv with `input` as its stdin and collects its stdout; its stderr is dropped. Returns false
// when the program cannot be started; its exit status goes to *status.
bool run_filter(const std::vector<std::string>& argv, std::string_view input, std::string* output,
                int* status);

bool file_exists(const std::string& path);

// Where a program is found by PATH (a name with a slash is taken as it is); empty when nowhere.
std::string find_program(const std::string& name);

// Hash of the bytes as 16 hexadecimal digits: names files of the cache. Not cryptographic.
std::string content_key(std::string_view data);

// "'text'" for the shell.
std::string shell_quote(const std::string& text);

}  // namespace kt2ko

#endif  // KT2KO_DRIVER_VM_FILE_IO_H_
