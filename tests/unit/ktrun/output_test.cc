// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

#include "output.h"
#include "records.h"

namespace {

// A file in a folder of its own.
class TempFile {
 public:
  TempFile() {
    char folder[] = "/tmp/kt2ko-test-XXXXXX";
    folder_ = mkdtemp(folder);
    path = folder_ + "/out";
  }
  ~TempFile() {
    unlink(path.c_str());
    rmdir(folder_.c_str());
  }
  std::string path;

 private:
  std::string folder_;
};

std::string read_all(const std::string& path) {
  std::string text(1 << 20, '\0');
  int fd = open(path.c_str(), O_RDONLY);
  ssize_t n = read(fd, text.data(), text.size());
  close(fd);
  text.resize(n > 0 ? static_cast<size_t>(n) : 0);
  return text;
}

// Everything that is written to stderr while it lives goes to a file.
class StderrTo {
 public:
  explicit StderrTo(const std::string& path) : saved_(dup(2)) {
    int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(fd, 2);
    close(fd);
  }
  ~StderrTo() {
    fflush(stderr);
    dup2(saved_, 2);
    close(saved_);
  }

 private:
  int saved_;
};

void put(kt_output* out, const std::string& bytes, bool continues = false) {
  std::vector<unsigned long long> aligned((bytes.size() + 7) / 8);
  std::memcpy(aligned.data(), bytes.data(), bytes.size());
  kt_output_record(out, reinterpret_cast<const ktr_rec*>(aligned.data()), continues);
}

}  // namespace

TEST_CASE("text goes to the file, which is made anew and private") {
  TempFile file;
  kt_output out;
  for (const char* text : {"a longer first text\n", "second\n"}) {
    REQUIRE(kt_output_open(&out, file.path.c_str(), false) == 0);
    put(&out, record(1, text));
    kt_output_close(&out);
    CHECK(out.error == 0);
  }
  CHECK(read_all(file.path) == "second\n");
  struct stat st;
  REQUIRE(stat(file.path.c_str(), &st) == 0);
  CHECK((st.st_mode & 0777) == 0600);
}

TEST_CASE("with -T events have their time, once each") {
  TempFile file;
  kt_output out;
  REQUIRE(kt_output_open(&out, file.path.c_str(), true) == 0);
  put(&out, record(12345678901234ull, "event ", KTR_RF_EVENT | KTR_RF_MORE));
  put(&out, record(12345678901300ull, "goes on\n", KTR_RF_EVENT), true);
  put(&out, record(5000001999ull, "plain\n"));
  put(&out, record(5000001999ull, "young\n", KTR_RF_EVENT));
  kt_output_close(&out);
  CHECK(read_all(file.path) == "12345.678901: event goes on\nplain\n    5.000001: young\n");
}

TEST_CASE("errors and losses go to stderr, each on a line of its own and in its place") {
  TempFile file;
  kt_output out;
  REQUIRE(kt_output_open(&out, file.path.c_str(), false) == 0);
  {
    StderrTo same(file.path);  // both go to one file, as on a terminal
    fcntl(out.fd, F_SETFL, O_APPEND);
    put(&out, record(1, "one\n"));
    put(&out, record(2, "x.kp:1: error: boom", KTR_RF_ERROR));
    put(&out, record(3, "two\n"));
    put(&out, lost(4, 1));
    put(&out, lost(4, 20));
    put(&out, record(5, "three\n"));
    kt_output_close(&out);
  }
  CHECK(read_all(file.path) ==
        "one\nx.kp:1: error: boom\ntwo\n"
        "ktrun: 1 line lost here: output came faster than it was read\n"
        "ktrun: 20 lines lost here: output came faster than it was read\nthree\n");
}

TEST_CASE("records of unknown kinds are passed over") {
  TempFile file;
  kt_output out;
  REQUIRE(kt_output_open(&out, file.path.c_str(), false) == 0);
  put(&out, record(1, "???", 0, 77));
  put(&out, record(1, "known\n"));
  kt_output_close(&out);
  CHECK(read_all(file.path) == "known\n");
}

TEST_CASE("the first failed write is remembered, and nothing more is written") {
  kt_output out;
  REQUIRE(kt_output_open(&out, "/dev/full", false) == 0);
  for (int i = 0; i < 100; i++) put(&out, record(1, std::string(8000, 'x')));
  CHECK(out.error == ENOSPC);
  kt_output_close(&out);
  CHECK(out.error == ENOSPC);
}

TEST_CASE("a file that cannot be made is told") {
  TempFile messages;
  kt_output out;
  {
    StderrTo to(messages.path);
    CHECK(kt_output_open(&out, "/no/such/folder/file", false) == -1);
  }
  CHECK(read_all(messages.path) == "ktrun: cannot write /no/such/folder/file: No such file or directory\n");
}
