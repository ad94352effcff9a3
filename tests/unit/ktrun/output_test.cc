// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

#include "output_files.h"

TEST_CASE("text goes to the file, which is made anew and private") {
  TempFile file;
  kt_output out;
  for (const char* text : {"a longer first text\n", "second\n"}) {
    kt_style style = to_file(file.path.c_str());
    REQUIRE(kt_output_open(&out, &style) == 0);
    put(&out, record(1, text));
    close_output(&out);
    CHECK(out.file.error == 0);
  }
  CHECK(read_all(file.path) == "second\n");
  struct stat st;
  REQUIRE(stat(file.path.c_str(), &st) == 0);
  CHECK((st.st_mode & 0777) == 0600);
}

TEST_CASE("with -T events have their time, once each") {
  TempFile file;
  kt_output out;
  kt_style style = to_file(file.path.c_str());
  style.times = true;
  REQUIRE(kt_output_open(&out, &style) == 0);
  put(&out, record(12345678901234ull, "event ", KTR_RF_EVENT | KTR_RF_MORE));
  put(&out, record(12345678901300ull, "goes on\n", KTR_RF_EVENT), true);
  put(&out, record(5000001999ull, "plain\n"));
  put(&out, record(5000001999ull, "young\n", KTR_RF_EVENT));
  close_output(&out);
  CHECK(read_all(file.path) == "12345.678901: event goes on\nplain\n    5.000001: young\n");
}

TEST_CASE("errors and losses go to stderr, each on a line of its own and in its place") {
  TempFile file;
  kt_output out;
  kt_style style = to_file(file.path.c_str());
  REQUIRE(kt_output_open(&out, &style) == 0);
  {
    StderrTo same(file.path);  // both go to one file, as on a terminal
    fcntl(out.file.fd, F_SETFL, O_APPEND);
    put(&out, record(1, "one\n"));
    put(&out, record(2, "x.kp:1: error: boom", KTR_RF_ERROR));
    put(&out, record(3, "two\n"));
    put(&out, lost(4, 1));
    put(&out, lost(4, 20));
    put(&out, lost(4, 5, 5));
    put(&out, record(5, "three\n"));
    close_output(&out);
  }
  CHECK(read_all(file.path) ==
        "one\nx.kp:1: error: boom\ntwo\n"
        "ktrun: 1 line lost here: output came faster than it was read\n"
        "ktrun: 20 lines lost here: output came faster than it was read\n"
        "ktrun: 5 lines lost here: there was more output than the limit (output_kb)\nthree\n");
}

TEST_CASE("records of unknown kinds are passed over") {
  TempFile file;
  kt_output out;
  kt_style style = to_file(file.path.c_str());
  REQUIRE(kt_output_open(&out, &style) == 0);
  put(&out, record(1, "???", 0, 77));
  put(&out, record(1, "known\n"));
  close_output(&out);
  CHECK(read_all(file.path) == "known\n");
}

TEST_CASE("the first failed write is remembered, and nothing more is written") {
  kt_output out;
  kt_style style = to_file("/dev/full");
  REQUIRE(kt_output_open(&out, &style) == 0);
  for (int i = 0; i < 100; i++) put(&out, record(1, std::string(8000, 'x')));
  CHECK(out.file.error == ENOSPC);
  close_output(&out);
  CHECK(out.file.error == ENOSPC);
}

TEST_CASE("a file that cannot be made is told") {
  TempFile messages;
  kt_output out;
  {
    StderrTo to(messages.path);
    kt_style style = to_file("/no/such/folder/file");
    CHECK(kt_output_open(&out, &style) == -1);
  }
  CHECK(read_all(messages.path) == "ktrun: cannot write /no/such/folder/file: No such file or directory\n");
}

TEST_CASE("a file that is read later tells where something is missing, on a line of its own") {
  TempFile file, messages;
  kt_output out;
  kt_style style = to_file(file.path.c_str());
  REQUIRE(kt_output_open(&out, &style) == 0);
  {
    StderrTo to(messages.path);
    put(&out, lost(1, 3));
    put(&out, record(2, "one\n"));
    put(&out, lost(3, 1));
    put(&out, record(4, "half a line"));
    put(&out, lost(5, 20));
    put(&out, record(6, "end\n"));
    close_output(&out);
  }
  CHECK(read_all(file.path) ==
        "[3 records lost]\none\n[1 records lost]\nhalf a line\n[20 records lost]\nend\n");
  CHECK(read_all(messages.path) ==
        "ktrun: 3 lines lost here: output came faster than it was read\n"
        "ktrun: 1 line lost here: output came faster than it was read\n"
        "ktrun: 20 lines lost here: output came faster than it was read\n");
}

TEST_CASE("stdout, which may be a program's input, has the script's output only") {
  TempFile file, messages;
  kt_output out;
  kt_style style = {};
  FdTo stdout_to(1, file.path);
  StderrTo stderr_to(messages.path);
  REQUIRE(kt_output_open(&out, &style) == 0);
  put(&out, record(1, "one\n"));
  put(&out, lost(2, 3));
  put(&out, record(3, "two\n"));
  kt_output_summary(&out, 0, "state ended\nlost 3 output records: buffer full\nlost 0 nothing\n");
  close_output(&out);
  CHECK(read_all(file.path) == "one\ntwo\n");
  CHECK(read_all(messages.path) ==
        "ktrun: 3 lines lost here: output came faster than it was read\n"
        "ktrun: 3 output records: buffer full\n");
}

TEST_CASE("an output whose end does not come is written as far as it came, once") {
  TempFile file;
  kt_output out;
  kt_style style = to_file(file.path.c_str());
  REQUIRE(kt_output_open(&out, &style) == 0);
  put(&out, record(1, "begun, ", KTR_RF_MORE));
  CHECK(read_all(file.path) == "");
  kt_output_flush(&out);
  CHECK(read_all(file.path) == "begun, ");
  put(&out, record(1, "gone on, ", KTR_RF_MORE));
  put(&out, record(2, "another\n"));
  close_output(&out);
  CHECK(read_all(file.path) == "begun, gone on, another\n");
}
