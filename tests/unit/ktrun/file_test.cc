// SPDX-License-Identifier: GPL-2.0
// ktrun -o FILE --rotate: records stay whole, files stay small, errors are found.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <sys/resource.h>

#include "output_files.h"

namespace {

namespace fs = std::filesystem;

struct Rotated {
  Rotated(unsigned long long bytes, unsigned keep) {
    style = to_file(file.path.c_str());
    style.rotate_bytes = bytes;
    style.rotate_keep = keep;
  }
  void open() { REQUIRE(kt_output_open(&out, &style) == 0); }
  // Names of the folder without the file's own, sorted by number.
  std::vector<std::string> names() const {
    std::vector<std::string> list;
    for (const auto& entry : fs::directory_iterator(fs::path(file.path).parent_path()))
      list.push_back(entry.path().filename());
    std::sort(list.begin(), list.end(), [](const std::string& a, const std::string& b) {
      return std::make_pair(a.size(), a) < std::make_pair(b.size(), b);
    });
    return list;
  }
  std::string text(int number) const { return read_all(file.path + "." + std::to_string(number)); }

  TempFile file;
  kt_style style;
  kt_output out;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("rotation: a record that does not fit begins the next file") {
  Rotated r(10, 0);
  r.open();
  for (const char* text : {"12345\n", "123\n", "1\n", "longer than ten\n", "12345678\n", "\n", "end"})
    put(&r.out, record(1, text));
  close_output(&r.out);
  CHECK(r.out.file.error == 0);
  CHECK(r.names() == Names{"out.1", "out.2", "out.3", "out.4", "out.5"});
  CHECK(r.text(1) == "12345\n123\n");
  CHECK(r.text(2) == "1\n");
  CHECK(r.text(3) == "longer than ten\n");
  CHECK(r.text(4) == "12345678\n\n");
  CHECK(r.text(5) == "end");
}

TEST_CASE("rotation: an output of several records, and its time, stay together") {
  Rotated r(30, 0);
  r.style.times = true;
  r.open();
  put(&r.out, record(1, "begin\n"));
  put(&r.out, record(2000000000, std::string(10, 'a'), KTR_RF_MORE | KTR_RF_EVENT));
  put(&r.out, record(2000000000, std::string(10, 'b') + "\n", KTR_RF_EVENT), true);
  put(&r.out, lost(3, 4));
  close_output(&r.out);
  CHECK(r.text(1) == "begin\n");
  CHECK(r.text(2) == "    2.000000: aaaaaaaaaabbbbbbbbbb\n");
  CHECK(r.text(3) == "[4 records lost]\n");
}

TEST_CASE("rotation: only the newest files are kept") {
  for (unsigned keep : {1u, 3u}) {
    Rotated r(4, keep);
    r.open();
    for (int i = 1; i <= 12; i++) put(&r.out, record(1, std::to_string(i) + "..\n"));
    close_output(&r.out);
    CHECK(r.out.file.error == 0);
    CHECK(r.names() == (keep == 1 ? Names{"out.12"} : Names{"out.10", "out.11", "out.12"}));
    CHECK(r.text(12) == "12..\n");
  }
}

TEST_CASE("rotation: every byte is in one of the files, in order, also with much output") {
  Rotated r(300000, 0);
  std::string all;
  r.open();
  for (int i = 0; i < 3000; i++) {
    std::string text = std::to_string(i) + std::string(static_cast<size_t>(i * 7 % 900), '.') + "\n";
    all += text;
    put(&r.out, record(1, text));
  }
  close_output(&r.out);
  std::string got;
  for (int i = 1; i <= static_cast<int>(r.names().size()); i++) {
    CHECK(r.text(i).size() <= 300000);
    CHECK(r.text(i).back() == '\n');
    got += r.text(i);
  }
  CHECK(r.names().size() > 3);
  CHECK(got == all);
}

TEST_CASE("rotation: the files of an earlier run are removed, others are not") {
  Rotated r(4, 0);
  for (const char* end : {".1", ".2", ".17", "", ".txt", ".01", ".1x", ".", "x.1"}) std::ofstream(r.file.path + end) << "old";
  r.open();
  put(&r.out, record(1, "new\n"));
  close_output(&r.out);
  CHECK(r.names() == Names{"out", "out.", "out.1", "out.01", "out.1x", "outx.1", "out.txt"});
  CHECK(r.text(1) == "new\n");
}

TEST_CASE("rotation: a next file that cannot be made ends the output, and the message names it") {
  Rotated r(4, 0);
  TempFile messages;
  r.open();
  put(&r.out, record(1, "one\n"));
  fs::create_directory(r.file.path + ".2");
  put(&r.out, record(1, "two\n"));
  put(&r.out, record(1, "three\n"));
  CHECK(r.out.file.error == EISDIR);
  {
    StderrTo to(messages.path);
    kt_output_close(&r.out);
    kt_output_report(&r.out);
  }
  CHECK(r.text(1) == "one\n");
  CHECK(read_all(messages.path) == "ktrun: cannot write " + r.file.path + ".2: Is a directory\n");
}

TEST_CASE("a disk that fills up is an error, not silence") {
  Rotated r(100000, 0);
  rlimit old;
  getrlimit(RLIMIT_FSIZE, &old);
  rlimit small = {50000, old.rlim_max};
  auto handler = signal(SIGXFSZ, SIG_IGN);
  r.open();
  setrlimit(RLIMIT_FSIZE, &small);
  for (int i = 0; i < 100; i++) put(&r.out, record(1, std::string(1000, 'x')));
  close_output(&r.out);
  setrlimit(RLIMIT_FSIZE, &old);
  signal(SIGXFSZ, handler);
  CHECK(r.out.file.error == EFBIG);
  CHECK(r.text(1).size() == 50000);
}
