// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include <string>

#include "ast/visit.h"
#include "parse/parse.h"

using namespace kt2ko;

namespace {

// Writes down the names of variables in the order of the walk.
class Names : public ast::Visitor<Names> {
 public:
  std::string text;
  void visit_name_expr(ast::NameExpr* n) { text += n->name + " "; }
  void visit_trace_stmt(ast::TraceStmt* n) {
    text += "<";
    Visitor::visit_trace_stmt(n);
    text += "> ";
  }
};

std::string names_of(const std::string& text) {
  Source source("t", text);
  Arena arena;
  Diags diags;
  ast::Script* script = parse(source, arena, diags);
  REQUIRE(script != nullptr);
  Names names;
  names.visit_script(script);
  return names.text;
}

}  // namespace

TEST_CASE("the walk reaches every child in source order") {
  CHECK(names_of("a[b, c].x, d = e(f, g), h:m(i)") == "a b c d e f g h i ");
  CHECK(names_of("var v = {a, x = b, [c, d] = e}") == "a b c d e ");
  CHECK(names_of("if (a) { b() } elseif (c) { d() } else { e() }") == "a b c d e ");
  CHECK(names_of("while (a) { b() } repeat c() until (d) do e() end") == "a b c d e ");
  CHECK(names_of("for (i = a, b, c) { d() } for (k in e) { f() }") == "a b c d e f ");
  CHECK(names_of("for (i = a; b; c += d) { e() }") == "a b e c d ");
  CHECK(names_of("var f = function () { return a } function g() { b() } return c, -d, (e), !g") == "a b c d e g ");
  CHECK(names_of("trace a:b /c == d/ { e() } tick-1s { f() } trace_end { g() }") == "<c d e > f g ");
}
