// SPDX-License-Identifier: GPL-2.0
// What a user reads, and that one mistake gives one message.
#include "parsed.h"

using namespace kt2ko;

namespace {

std::string message(const std::string& text) { return Parsed(text).message(); }
std::string hint(const std::string& text) { return Parsed(text).hint(); }
std::string errors(const std::string& text) { return Parsed(text).errors(); }

}  // namespace

TEST_CASE("messages name what was expected and what came") {
  CHECK(message("x = = 1") == "unexpected symbol near '='");
  CHECK(message("f(1") == "')' expected near '<eof>'");
  CHECK(message("f(1 2)") == "')' expected near '2'");
  CHECK(message("if (a) b()") == "'{' expected near 'b'");
  CHECK(message("if a {}") == "'(' expected near 'a'");
  CHECK(message("var = 1") == "<name> expected near '='");
  CHECK(message("for (1 in x) {}") == "<name> expected near '1'");
  CHECK(message("for (i of x) {}") == "'=' or 'in' expected near 'of'");
  CHECK(message("for (i = 1) {}") == "',' or ';' expected near ')'");
  CHECK(message("function f(1) {}") == "<name> or '...' expected near '1'");
  CHECK(message("a:b = 1") == "function arguments expected near '='");
  CHECK(message("do f()") == "'end' expected near '<eof>'");
  CHECK(message("x = \"\x01\x1b[31m\" .. )") == "unexpected symbol near ')'");
  CHECK(message("x = \"\\1\n") == "unfinished string");
}

TEST_CASE("an unclosed bracket on another line names its opener") {
  Parsed p("function f() {\n  x = {\n    1,\n}\n");
  CHECK(p.message() == "'}' expected (to close '{' at line 1) near '<eof>'");
  REQUIRE(p.diags.all()[0].notes.size() == 1);
  CHECK(p.source.line_col(p.diags.all()[0].notes[0].span.begin).line == 1);
}

TEST_CASE("a table whose elements do not go on names what it lacks, and its opener") {
  CHECK(message("x = {a = 1 b = 2}") == "',' or '}' expected near 'b'");
  CHECK(message("x = {1,, 2}") == "unexpected symbol near ','");
  Parsed p("x = {\n  1, 2\nprint(x)");
  CHECK(p.message() == "',' or '}' expected (to close '{' at line 1) near 'print'");
  REQUIRE(p.diags.all()[0].notes.size() == 1);
}

TEST_CASE("long and unprintable tokens are shown short and safe") {
  std::string text = message("f(1 " + std::string(200, 'x') + ")");
  CHECK(text.size() < 80);
  CHECK(message("f(1 \xC3\xA4)") == "')' expected near '\\xc3\\xa4'");
}

TEST_CASE("no wording of the parser generator comes through") {
  for (const char* text : {"x = = 1", "}", "trace {", "tick", "f(", "{", "for", "if (", "function", "x = {[1]}", "a b"}) {
    Parsed p(text);
    REQUIRE(p.script == nullptr);
    for (const auto& d : p.diags.all()) {
      CHECK(d.message.find("extraneous") == std::string::npos);
      CHECK(d.message.find("mismatched") == std::string::npos);
      CHECK(d.message.find("no viable") == std::string::npos);
      CHECK(d.message.find("KtapParser") == std::string::npos);
    }
  }
}

TEST_CASE("hints tell the right form") {
  CHECK(hint("if a > 1 {}").find("parentheses") != std::string::npos);
  CHECK(hint("if (a) && (b) {}").find("one pair of parentheses") != std::string::npos);
  CHECK(hint("if (a) then b() end").find("braces") != std::string::npos);
  CHECK(hint("var a = b and c").find("&&") != std::string::npos);
  CHECK(hint("var a = t.end").empty() == false);
  CHECK(hint("x = t.end") == "write t[\"end\"]");
  CHECK(hint("x = {end = 1}") == "write [\"end\"] = ...");
  CHECK(hint("x = {pid = 1}") == "write [\"pid\"] = ...");
  CHECK(hint("time.profile { f() }") == "did you mean profile-10ms { ... }?");
  CHECK(hint("trace_end() {}") == "write trace_end { ... }");
  CHECK(hint("tick-1x {}").find("usec") != std::string::npos);
  CHECK(hint("i--") == "'--' starts a comment; write i -= 1");
  CHECK(hint("i++") == "write i += 1");
  CHECK(hint("x = pid()") == "write pid without parentheses");
  CHECK(hint("x = 08").find("octal") != std::string::npos);
  CHECK(hint("for (var i = 1, 2) {}").find("local by itself") != std::string::npos);
}

TEST_CASE("independent errors are all reported, once each") {
  CHECK(errors("x = = 1\ny = 2\nz = = 3\n") == "KT1001:1:5 KT1001:3:5");
  CHECK(errors("f(1, , 2) g(3, , 4)") == "KT1001:1:6");
  CHECK(errors("if x { y = = 1 } z = = 2") == "KT1001:1:4 KT1001:1:12 KT1001:1:22");
  CHECK(errors("function f(1) {\n  x = = 1\n}\nbreak") == "KT1001:1:12 KT1001:2:7 KT1010:4:1");
  CHECK(errors("while (a +) {\n  x = = 1\n}\ny = = 1") == "KT1001:1:11 KT1001:2:7 KT1001:4:5");
  CHECK(errors("for (i = 1) {\n  continue\n}\ncontinue") == "KT1001:1:11 KT1011:4:1");
  CHECK(errors("trace a {\n  x = = 1\n}\ntrace b:c { break }") == "KT3001:1:9 KT1001:2:7 KT1010:4:13");
  CHECK(errors("x = 08 y = \"\\q\" @ z = 1e5") == "KT1002:1:5 KT1005:1:13 KT1021:1:17 KT1002:1:23");
}

TEST_CASE("one mistake, one message") {
  CHECK(errors("foo(1, 2,\n  3 +,\n  4)\nbar()") == "KT1001:2:6");
  CHECK(errors("foo(function () {\n  x = 1\n  y = = 2\n}, 1)\nbar()") == "KT1001:3:7");
  CHECK(errors("t = {\n  a = 1\n  b = 2,\n  c = 3\n}\nf()") == "KT1001:3:3");
  CHECK(errors("if (a) {\n  f()\n}}\ng()") == "KT1001:3:2");
  CHECK(errors("if (a) then\n  f()\nelse\n  g()\nend\nh()") == "KT1001:1:8");
  CHECK(errors("while (a) do\n  f()\nend\n") == "KT1001:1:11");
  CHECK(errors("x = t.end\ny = 1") == "KT1014:1:7");
  CHECK(errors("do x = t.end end\ny = 1") == "KT1014:1:10");
  CHECK(errors("x = (1 + 2\ny = 3") == "KT1001:2:1");
  CHECK(errors("function f() {\n  if (a) {\n    g()\n}\n\ntrace a:b { }\n") == "KT1001:7:1");
  CHECK(errors("x = a ^ b ** c") == "KT1017:1:7 KT1017:1:11");
  CHECK(errors("a->b(c->d)") == "KT1017:1:2 KT1017:1:7");
  CHECK(errors("x ? y : z\nf()") == "KT1017:1:3");
  CHECK(errors("time.profile {\n  f();\n  g();\n}\nh()") == "KT3012:1:6");
  CHECK(errors("tick + 2s { f() }\ng()") == "KT3002:1:1");
  CHECK(errors("trace \"a:b\" { f() }\ng()") == "KT3012:1:7");
}

TEST_CASE("at most a hundred errors are kept") {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "x = = 1\n";
  Parsed p(text);
  CHECK(p.script == nullptr);
  CHECK(p.diags.all().size() == Diags::kMaxErrors);
}
