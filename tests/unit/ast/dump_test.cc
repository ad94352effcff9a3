// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include "ast/dump.h"
#include "parse/parse.h"

using namespace kt2ko;

namespace {

std::string dumped(const std::string& text) {
  Source source("t", text);
  Arena arena;
  Diags diags;
  const ast::Script* script = parse(source, arena, diags);
  INFO(text << "\n" << render(diags, source, {}));
  REQUIRE(script != nullptr);
  return ast::dump(*script);
}

// The dump of `text`, checked to parse to the same tree.
std::string stable(const std::string& text) {
  std::string once = dumped(text);
  CHECK(dumped(once) == once);
  return once;
}

}  // namespace

TEST_CASE("statements come out in one form") {
  CHECK(stable("var a,b=1") == "var a, b = 1;\n");
  CHECK(stable("var function f(a,...) { return ... }") == "function f(a, ...) {\n  return ...;\n}\n");
  CHECK(stable("a,b=b,a a+=1 t[1,2]-=1") == "a, b = b, a;\na += 1;\nt[1, 2] -= 1;\n");
  CHECK(stable("f\"x\"f{1}a.b:c(1)") == "f(\"x\");\nf({1});\na.b:c(1);\n");
}

TEST_CASE("blocks are indented") {
  CHECK(stable("if(a){f()}else if(b){}else{g()}") == "if (a) {\n  f();\n} elseif (b) {} else {\n  g();\n}\n");
  CHECK(stable("repeat f() until(a)") == "repeat\n  f();\nuntil (a)\n");
  CHECK(stable("do do f() end end") == "do\n  do\n    f();\n  end\nend\n");
  CHECK(stable("function f(){}") == "function f() {}\n");
  CHECK(stable("for(i=1,2){} for(;;){break}") == "for (i = 1, 2) {}\nfor (; ; ) {\n  break;\n}\n");
}

TEST_CASE("empty statements survive") {
  CHECK(stable(";;") == ";\n;\n");
  CHECK(stable("f();;") == "f();\n;\n");
  CHECK(stable("do end;;") == "do\nend;\n;\n");
}

TEST_CASE("negations never become comments") {
  CHECK(stable("x = - -a - -b") == "x = - -a - -b;\n");
  CHECK(stable("x = -(-a)") == "x = -(-a);\n");
  CHECK(stable("x = !-!a") == "x = !-!a;\n");
}

TEST_CASE("strings are escaped so that every byte survives") {
  CHECK(stable("x = 'a\"b\\\\c\\n\\0\\255'") == "x = \"a\\\"b\\\\c\\n\\x00\\xff\";\n");
  CHECK(stable("x = [[\nline\n]]") == "x = \"line\\n\";\n");
  CHECK(stable("x = \"\\x41g\"") == "x = \"Ag\";\n");
}

TEST_CASE("numbers that wrapped are written as their pattern") {
  CHECK(stable("x = 18446744073709551615") == "x = 0xffffffffffffffff;\n");
  CHECK(stable("x = 010") == "x = 8;\n");
}

TEST_CASE("a statement may start with a parenthesis") {
  CHECK(stable("f();(g)()") == "f();\n(g)();\n");
  CHECK(stable("do end (g)()") == "do\nend\n(g)();\n");
  CHECK(stable("return\nf()") == "return f();\n");
  CHECK(stable("function f() { return }") == "function f() {\n  return;\n}\n");
}

TEST_CASE("events keep their text") {
  CHECK(stable("trace a:b,c:d/x==\"y\"/{}") == "trace a:b, c:d /x == \"y\"/ {}\n");
  CHECK(stable("trace probe:f a=%di:u32 {}") == "trace probe:f a=%di:u32 {}\n");
  CHECK(stable("trace a:b /x ~ v* && f & 3/ {}") == "trace a:b /x ~ \"v*\" && f & 3/ {}\n");
  CHECK(stable("profile - 5 hz {}") == "profile-5hz {}\n");
  CHECK(stable("trace_end{}") == "trace_end {}\n");
}
