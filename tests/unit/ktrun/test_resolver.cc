// SPDX-License-Identifier: GPL-2.0
// Questions of modules about user programs, and the lines of answers.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "percent.h"
#include "resolver.h"

namespace {

struct Question {
  explicit Question(const std::string& text) : line(text.begin(), text.end()) {
    line.push_back('\0');
    rc = kt_parse_question(&q, line.data());
  }
  std::vector<char> line;
  kt_question q;
  int rc;
};

}  // namespace

TEST_CASE("questions") {
  Question f("7 function /bin/a%20b a%20b ma*[xy] 0x10\n");
  REQUIRE(f.rc == 0);
  CHECK(f.q.seq == 7);
  CHECK(f.q.query.kind == KE_FUNCTIONS);
  CHECK(std::string(f.q.query.path) == "/bin/a b");
  CHECK(std::string(f.q.written) == "a b");
  CHECK(std::string(f.q.query.name) == "ma*[xy]");
  CHECK(f.q.query.offset == 0x10);
  CHECK(Question("1 return /a a f\n").q.query.kind == KE_RETURNS);
  Question o("1 offset /a a 0xfff\n");
  CHECK(o.rc == 0);
  CHECK(o.q.query.kind == KE_OFFSET);
  CHECK(o.q.query.offset == 0xfff);
  Question m("4294967295 marker /a a * x%25\n");
  CHECK(m.rc == 0);
  CHECK(m.q.seq == 4294967295);
  CHECK(m.q.query.kind == KE_MARKERS);
  CHECK(std::string(m.q.query.provider) == "*");
  CHECK(std::string(m.q.query.name) == "x%");
}

TEST_CASE("no questions") {
  for (const char* text : {"", "\n", "1", "1 function", "1 function /a", "1 function /a a", "1 function /a a f", "1 function /a a f 10",
                           "1 function /a a f 0x1z", "x function /a a f 0x0", "1 other /a a f", "1 return /a a",
                           "1 offset /a a", "1 offset /a a zz", "1 marker /a a p", "1 function /a% a f 0x0",
                           "1 function /a%00b a f 0x0", "1  function /a a f 0x0"}) {
    INFO(text);
    CHECK(Question(text).rc == -1);
  }
}

TEST_CASE("lines of sites") {
  ktr_marker_arg args[2] = {};
  args[0].op = KTR_MARK_MEM;
  args[0].size = -4;
  args[0].base = 6;
  args[0].index = KTR_MARK_NO_REG;
  args[0].scale = 1;
  args[0].value = -16;
  args[1].op = KTR_MARK_CONST;
  args[1].size = 8;
  args[1].base = args[1].index = KTR_MARK_NO_REG;
  args[1].scale = 2;
  args[1].shift = 8;
  args[1].relative = 1;
  args[1].value = 5;
  ktr_site site = {};
  site.offset = 0x1139;
  site.counter = 0x20;
  site.name = "a b";
  site.n_args = 2;
  site.args = args;
  char* line = kt_site_line(3, &site);
  CHECK(std::string(line) == "site 3 0x1139 0x20 a%20b 3,-4,6,255,1,0,0,-16 1,8,255,255,2,8,1,5\n");
  free(line);
}

TEST_CASE("bytes as %HH") {
  auto decode = [](std::string text) {
    text.push_back('\0');
    return kt_percent_decode(text.data()) ? "bad" : std::string(text.c_str());
  };
  CHECK(decode("a%41%7e") == "aA~");
  CHECK(decode("") == "");
  for (const char* bad : {"%", "%4", "%4g", "%g4", "a%00"}) CHECK(decode(bad) == "bad");
}
