// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include <set>

#include "support/diag.h"

using kt2ko::Code;
using kt2ko::Diags;
using kt2ko::RenderOptions;
using kt2ko::Source;

TEST_CASE("codes have their names and are unique") {
  CHECK(std::string(kt2ko::code_name(Code::KT1001)) == "KT1001");
  CHECK(std::string(kt2ko::code_name(Code::KT9001)) == "KT9001");
  CHECK(std::string(kt2ko::code_summary(Code::KT1010)) == "break outside a loop");
  std::set<std::string> names;
  size_t n = 0;
#define X(code, summary)   \
  names.insert(#code);     \
  CHECK(*summary != '\0'); \
  ++n;
#include "support/diag_codes.def"
#undef X
  CHECK(names.size() == n);
}

TEST_CASE("an error is shown in gcc's shape") {
  Source source("io.kp", "trace a:b {\n    t[arg1] += 1\n}\n");
  Diags diags;
  auto& d = diags.error(Code::KT2004, {18, 22}, "table key may be nil here");
  d.notes.push_back({{0, 5}, "this probe need not carry argument 1"});
  d.hint = "test it first";
  CHECK(render(diags, source, RenderOptions{}) ==
        "io.kp:2:7: error: table key may be nil here [KT2004]\n"
        "    t[arg1] += 1\n"
        "      ^~~~\n"
        "io.kp:1:1: note: this probe need not carry argument 1\n"
        "trace a:b {\n"
        "^~~~~\n"
        "hint: test it first\n");
}

TEST_CASE("tabs are kept, so the caret stands below its text") {
  Source source("f", "\t\tx = 1\n");
  Diags diags;
  diags.error(Code::KT1001, {2, 3}, "m");
  CHECK(render(diags, source, {}) == "f:1:3: error: m [KT1001]\n\t\tx = 1\n\t\t^\n");
}

TEST_CASE("a caret counts characters, the column bytes") {
  Source source("f", "\xC3\xA4\xC3\xA4 = b\n");
  Diags diags;
  diags.error(Code::KT1001, {7, 8}, "m");
  CHECK(render(diags, source, {}) == "f:1:8: error: m [KT1001]\n\xC3\xA4\xC3\xA4 = b\n     ^\n");
}

TEST_CASE("control bytes and broken UTF-8 never reach the terminal") {
  Source source("f", "a\x1B[31m\xC3(\x07\n");
  Diags diags;
  diags.error(Code::KT1001, {0, 1}, "m");
  CHECK(render(diags, source, {}) == "f:1:1: error: m [KT1001]\na?[31m?(?\n^\n");
}

TEST_CASE("long lines are cut around the error") {
  std::string text(5000, 'x');
  text[3000] = '!';
  Source source("f", text);
  Diags diags;
  diags.error(Code::KT1001, {3000, 3001}, "m");
  std::string out = render(diags, source, {});
  CHECK(out.size() < 500);
  CHECK(out.find("f:1:3001: error") == 0);
  size_t line = out.find('\n') + 1;
  size_t caret_line = out.find('\n', line) + 1;
  size_t caret = out.find('^') - caret_line;
  CHECK(out[line + caret] == '!');
}

TEST_CASE("a span over several lines is marked in its first") {
  Source source("f", "ab(\ncd)\n");
  Diags diags;
  diags.warning(Code::KT1020, {1, 7}, "m");
  CHECK(render(diags, source, {}) == "f:1:2: warning: m [KT1020]\nab(\n ^~\n");
  CHECK_FALSE(diags.has_errors());
}

TEST_CASE("positions at the end and in an empty file") {
  Source empty("f", "");
  Diags diags;
  diags.error(Code::KT1001, {0, 0}, "m");
  CHECK(render(diags, empty, {}) == "f:1:1: error: m [KT1001]\n");
  Source text("f", "ab");
  Diags at_end;
  at_end.error(Code::KT1001, {2, 2}, "m");
  CHECK(render(at_end, text, {}) == "f:1:3: error: m [KT1001]\nab\n  ^\n");
}

TEST_CASE("finish sorts and removes doubles") {
  Source source("f", "abc\ndef\n");
  Diags diags;
  diags.error(Code::KT1002, {4, 5}, "later");
  diags.warning(Code::KT1020, {1, 2}, "first");
  diags.error(Code::KT1002, {4, 5}, "later");
  diags.finish();
  REQUIRE(diags.all().size() == 2);
  CHECK(diags.all()[0].message == "first");
  CHECK(diags.all()[1].message == "later");
}

TEST_CASE("more than a hundred errors are counted, not kept") {
  Source source("f", "x\n");
  Diags diags;
  for (int i = 0; i < 250; ++i) diags.error(Code::KT1001, {0, 1}, "m" + std::to_string(i)).hint = "h";
  CHECK(diags.all().size() == Diags::kMaxErrors);
  CHECK(diags.error_count() == 250);
  CHECK(render(diags, source, {}).find("more than 100 errors") != std::string::npos);
}

TEST_CASE("colour wraps the words only when asked for") {
  Source source("f", "x\n");
  Diags diags;
  diags.error(Code::KT1001, {0, 1}, "m");
  CHECK(render(diags, source, {}).find('\033') == std::string::npos);
  CHECK(render(diags, source, {true}).find("\033[1;31merror:") != std::string::npos);
}
