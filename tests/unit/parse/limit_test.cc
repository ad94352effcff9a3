// SPDX-License-Identifier: GPL-2.0
// Hostile sizes and depths: refused or handled, never a crash.
#include "ast/dump.h"
#include "parse/limits.h"
#include "parsed.h"

using namespace kt2ko;

namespace {

std::string times(size_t n, const std::string& text) {
  std::string out;
  for (size_t i = 0; i < n; ++i) out += text;
  return out;
}

void check_round_trip(const std::string& text) {
  Parsed first(text);
  INFO(render(first.diags, first.source, {}));
  REQUIRE(first.script != nullptr);
  std::string once = ast::dump(*first.script);
  Parsed second(once);
  REQUIRE(second.script != nullptr);
  CHECK(ast::dump(*second.script) == once);
}

bool is_too_deep(const std::string& text) {
  Parsed p(text);
  return p.script == nullptr && p.diags.all()[0].code == Code::KT4002;
}

}  // namespace

TEST_CASE("nesting works up to its limit and is refused beyond") {
  struct Form {
    const char* open;
    const char* middle;
    const char* close;
  };
  for (const Form& f : {Form{"x=(", "1", ")"}, Form{"if(a){", "", "}"}, Form{"do ", "", "end "},
                        Form{"repeat ", "", "until(a)"}, Form{"f=function(){", "", "}"}, Form{"trace a:b {", "", "}"}}) {
    CAPTURE(f.open);
    bool is_statement = f.open[0] != 'x';
    std::string open = is_statement ? f.open : "(";
    std::string head = is_statement ? "" : "x=";
    auto text = [&](size_t n) { return head + times(n, open) + f.middle + times(n, f.close); };
    check_round_trip(text(kMaxNesting));
    CHECK(is_too_deep(text(kMaxNesting + 1)));
    CHECK(is_too_deep(text(40000)));
  }
}

TEST_CASE("prefix, concatenation and else-if chains have the same limit") {
  check_round_trip("x=" + times(kMaxNesting, "!") + "a");
  CHECK(is_too_deep("x=" + times(kMaxNesting + 1, "!") + "a"));
  check_round_trip("x=a" + times(kMaxNesting, "..a"));
  CHECK(is_too_deep("x=a" + times(kMaxNesting + 1, "..a")));
  check_round_trip("if(a){}" + times(kMaxNesting, "else if(a){}"));
  CHECK(is_too_deep("if(a){}" + times(kMaxNesting + 1, "else if(a){}")));
  CHECK(is_too_deep("trace probe:f " + times(kMaxNesting + 1, "+0(") + "%di" + times(kMaxNesting + 1, ")") + "{}"));
}

TEST_CASE("chains of operators and suffixes are long but not endless") {
  size_t n = kMaxTreeDepth - 20;
  check_round_trip("x=a" + times(n, "+a"));
  check_round_trip("x=a" + times(n / 2, "||a*b"));
  check_round_trip("x=a" + times(n, ".b"));
  check_round_trip("f" + times(n, "()"));
  CHECK(is_too_deep("x=a" + times(20000, "+a")));
  CHECK(is_too_deep("x=a" + times(20000, ".b")));
  CHECK(is_too_deep("x=" + times(150, "(") + "a" + times(150, times(20, "+a") + ")")));
}

TEST_CASE("many statements, items and arguments are fine") {
  check_round_trip(times(20000, "x = a + b * c\n"));
  check_round_trip("t = {" + times(20000, "1, a = 2; ") + "}");
  check_round_trip("f(" + times(20000, "a, ") + "a)");
}

TEST_CASE("the size of a script is limited") {
  CHECK(Parsed(std::string(kMaxSource, ' ')).script != nullptr);
  Parsed p(std::string(kMaxSource + 1, ' '));
  CHECK(p.script == nullptr);
  CHECK(p.errors() == "KT4001:1:1");
}

TEST_CASE("strings are limited in their value, not in their text") {
  CHECK(Parsed("x = \"" + times(65535, "\\n") + "\"").script != nullptr);
  CHECK(Parsed("x = [[" + times(65536, "a") + "]]").errors() == "KT4004:1:5");
}

TEST_CASE("binary files are refused as such") {
  CHECK(Parsed(std::string("\x7F" "ELF\x02\x01\0\0", 8)).errors() == "KT1024:1:1");
  CHECK(Parsed(std::string("f()\0\0\0", 6)).script != nullptr);
}

TEST_CASE("texts that made a lexer read ahead again and again end soon") {
  for (const std::string& text :
       {"trace " + times(200000, "["), "trace probe:" + times(200000, "/"), "trace probe:" + times(100000, "a/"),
        times(100000, "/* "), times(100000, "trace "), "trace a:b /x == " + times(100000, "[a"), times(200000, "["),
        times(100000, "if x "), "[" + times(200000, "=")}) {
    CHECK(Parsed(text).script == nullptr);  // each takes well below a second; a quadratic one would take minutes
  }
}
