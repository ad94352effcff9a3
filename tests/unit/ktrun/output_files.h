// SPDX-License-Identifier: GPL-2.0
// What the tests of ktrun's output share: files of their own, what goes to stderr, records put by hand.
#ifndef KT2KO_TESTS_UNIT_KTRUN_OUTPUT_FILES_H_
#define KT2KO_TESTS_UNIT_KTRUN_OUTPUT_FILES_H_

#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

#include "output.h"
#include "records.h"

// The path of a file in a folder of its own.
class TempFile {
 public:
  TempFile() {
    char folder[] = "/tmp/kt2ko-test-XXXXXX";
    folder_ = mkdtemp(folder);
    path = folder_ + "/out";
  }
  ~TempFile() { std::filesystem::remove_all(folder_); }
  std::string path;

 private:
  std::string folder_;
};

inline std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Everything that is written to a descriptor (2 is stderr) while it lives goes to a file.
class FdTo {
 public:
  FdTo(int fd, const std::string& path) : fd_(fd), saved_(dup(fd)) {
    int file = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0600);
    dup2(file, fd);
    close(file);
  }
  ~FdTo() {
    fflush(stderr);
    dup2(saved_, fd_);
    close(saved_);
  }

 private:
  int fd_, saved_;
};

class StderrTo : public FdTo {
 public:
  explicit StderrTo(const std::string& path) : FdTo(2, path) {}
};

inline kt_style to_file(const char* path) {
  kt_style style = {};
  style.path = path;
  return style;
}

inline void put(kt_output* out, const std::string& bytes, bool continues = false, unsigned cpu = 0) {
  std::vector<unsigned long long> aligned((bytes.size() + 7) / 8);
  std::memcpy(aligned.data(), bytes.data(), bytes.size());
  kt_output_record(out, cpu, reinterpret_cast<const ktr_rec*>(aligned.data()), continues);
}

inline void close_output(kt_output* out) {
  kt_output_close(out);
  kt_file_free(&out->file);
}

#endif  // KT2KO_TESTS_UNIT_KTRUN_OUTPUT_FILES_H_
