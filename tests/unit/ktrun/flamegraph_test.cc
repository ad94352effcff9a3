// SPDX-License-Identifier: GPL-2.0
// Folded stacks and the picture that is drawn of them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <random>

#include "flamegraph.h"
#include "output_files.h"
#include "picture.h"

namespace {

std::string svg_of(const std::string& lines, const char* title = "t") {
  kt_folded stacks = {};
  kt_text svg = {};
  kt_folded_add(&stacks, lines.data(), lines.size());
  kt_flamegraph(&svg, &stacks, title);
  REQUIRE(!svg.failed);
  std::string text(svg.p, svg.n);
  kt_text_free(&svg);
  kt_folded_free(&stacks);
  return text;
}

std::vector<std::string> titles(const std::string& svg) {
  const std::string begin = "<title>", end = "</title>";
  std::vector<std::string> list;
  for (size_t at = 0; (at = svg.find(begin, at)) != std::string::npos;) {
    at += begin.size();
    list.push_back(svg.substr(at, svg.find(end, at) - at));
  }
  return list;
}

// A parser that is not ours looks at it, and at whether everything stands where it may.
void check_xml(const std::string& svg) {
  TempFile file;
  std::ofstream(file.path, std::ios::binary) << svg;
  std::string command = "python3 -c 'import sys,xml.etree.ElementTree as e;"
                        "r=e.parse(sys.argv[1]).getroot();n=\"{http://www.w3.org/2000/svg}\";"
                        "sys.exit(r.tag!=n+\"svg\" or any(x.tag not in (n+\"svg\",n+\"g\",n+\"title\",n+\"rect\",n+\"text\")"
                        " for x in r.iter()))' " + file.path;
  CHECK(std::system(command.c_str()) == 0);
}

}  // namespace

TEST_CASE("folded: lines add up, others are counted") {
  kt_folded f = {};
  std::string lines = "a;b 1\na;b 2\na c 3\n\n 4\nx\nx y\na;b 0\nq 99999999999999999999\nb 5";
  kt_folded_add(&f, lines.data(), lines.size());
  CHECK(f.n == 3);
  CHECK(f.total == 11);
  CHECK(f.odd == 4);
  kt_folded_sort(&f);
  CHECK(std::string(f.list[0].frames, f.list[0].len) == "a;b");
  CHECK(f.list[0].count == 3);
  CHECK(std::string(f.list[1].frames, f.list[1].len) == "a c");
  kt_folded_free(&f);
}

TEST_CASE("folded: many stacks keep their counts") {
  kt_folded f = {};
  for (int round = 0; round < 3; round++)
    for (int i = 0; i < 5000; i++) {
      std::string line = "f" + std::to_string(i % 7) + ";g" + std::to_string(i) + " 2\n";
      kt_folded_add(&f, line.data(), line.size());
    }
  CHECK(f.n == 5000);
  CHECK(f.total == 30000);
  for (size_t i = 0; i < f.n; i++) REQUIRE(f.list[i].count == 6);
  kt_folded_free(&f);
}

TEST_CASE("flame graph: a box for each frame, with counts and percentages of all above it") {
  std::string svg = svg_of("main;work;read 6\nmain;idle 1\nmain;work 2\nmain;work;write 3\n", "x.kp");
  check_xml(svg);
  std::vector<std::string> got = titles(svg);
  std::sort(got.begin(), got.end());
  CHECK(got == std::vector<std::string>{"all: 12 of 12 (100.00%)", "idle: 1 of 12 (8.33%)", "main: 12 of 12 (100.00%)",
                                        "read: 6 of 12 (50.00%)", "work: 11 of 12 (91.67%)", "write: 3 of 12 (25.00%)"});
  CHECK(svg.find(">x.kp: 12 in 4 stacks</text>") != std::string::npos);
  CHECK(svg.find(">work</text>") != std::string::npos);
  CHECK(svg.find("<script") == std::string::npos);
  // the same stacks in another order give the same bytes
  CHECK(svg == svg_of("main;work;write 3\nmain;work 2\nmain;idle 1\nmain;work;read 5\nmain;work;read 1\n", "x.kp"));
}

TEST_CASE("flame graph: boxes of the same name in different places stay apart; frames are compared whole") {
  std::vector<std::string> got = titles(svg_of("a;x 1\nb;x 1\nab;x 1\na b;x 1\n"));
  CHECK(std::count(got.begin(), got.end(), "x: 1 of 4 (25.00%)") == 4);
  CHECK(std::count(got.begin(), got.end(), "a: 1 of 4 (25.00%)") == 1);
}

TEST_CASE("flame graph: hostile names are text") {
  std::string svg = svg_of("<script>alert(1)</script>;a&b;\"q'\xff\xc3 1\n]]>;\x01\x1b[0m\x7f;\xef\xbf\xbf;\xed\xa0\x80 2\n"
                           ";;\xc3\xa4 3\n" + std::string(3000, 'x') + " 4\n",
                           "<&>\xfe");
  check_xml(svg);
  CHECK(svg.find("<title>&lt;script&gt;alert(1)&lt;/script&gt;: 1 of 10 (10.00%)</title>") != std::string::npos);
  CHECK(svg.find("a&amp;b") != std::string::npos);
  CHECK(svg.find("<script") == std::string::npos);
  std::mt19937 random(9);
  std::string lines;
  for (int i = 0; i < 300; i++) {
    for (unsigned k = random() % 30; k; k--) lines += static_cast<char>(random() % 4 ? random() : ';');
    lines += " " + std::to_string(random() % 100) + "\n";
  }
  check_xml(svg_of(lines));
}

TEST_CASE("flame graph: nothing, very much and very deep") {
  check_xml(svg_of(""));
  check_xml(svg_of("a 9223372036854775807\nb 9000000000000000000\n"));
  std::string deep;
  for (int i = 0; i < 100000; i++) deep += "f;";
  CHECK(titles(svg_of(deep + "end 1\n")).size() == 100002);
  // what is too narrow to be seen is left out
  CHECK(titles(svg_of("a 1\nb 1000000\n")).size() == 2);
}

TEST_CASE("with --flamegraph folded lines go to the picture, all else stays output") {
  for (bool json : {false, true}) {
    TempFile file, picture_file;
    kt_output out;
    kt_picture picture;
    kt_style style = to_file(file.path.c_str());
    style.json = json;
    REQUIRE(kt_output_open(&out, &style) == 0);
    REQUIRE(kt_picture_open(&picture, picture_file.path.c_str()) == 0);
    put(&out, record(1, "first;second 3\n", KTR_RF_FOLDED));
    out.stacks = &picture.stacks;
    put(&out, record(2, "a;b 1\na;", KTR_RF_FOLDED | KTR_RF_MORE));
    put(&out, record(2, "c 1\n", KTR_RF_FOLDED), true);
    put(&out, record(3, "a;b 5\n"));
    close_output(&out);
    REQUIRE(kt_picture_close(&picture, "t") == 0);
    CHECK(read_all(file.path) == (json ? "{\"kind\":\"folded\",\"time\":1,\"cpu\":0,\"text\":\"first;second 3\\n\"}\n"
                                         "{\"kind\":\"text\",\"time\":3,\"cpu\":0,\"text\":\"a;b 5\\n\"}\n"
                                       : "first;second 3\na;b 5\n"));
    CHECK(titles(read_all(picture_file.path)).size() == 4);
  }
}

TEST_CASE("a picture that cannot be written is told") {
  TempFile messages;
  kt_picture picture;
  {
    StderrTo to(messages.path);
    CHECK(kt_picture_open(&picture, "/no/such/folder/x.svg") == -1);
    REQUIRE(kt_picture_open(&picture, "/dev/full") == 0);
    kt_folded_add(&picture.stacks, "a 1", 3);
    CHECK(kt_picture_close(&picture, "t") == -1);
  }
  CHECK(read_all(messages.path) ==
        "ktrun: cannot write /no/such/folder/x.svg: No such file or directory\n"
        "ktrun: cannot write /dev/full: No space left on device\n");
}
