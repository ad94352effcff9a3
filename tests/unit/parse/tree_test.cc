// SPDX-License-Identifier: GPL-2.0
#include "ast/dump.h"
#include "parsed.h"

using namespace kt2ko;

namespace {

// The expression with a parenthesis around every operation.
std::string shape(const ast::Expr& e) {
  if (auto* const* n = std::get_if<ast::BinaryExpr*>(&e)) {
    static const char* const kText[] = {"||", "&&", "==", "!=", "<", "<=", ">", ">=", "..", "+", "-", "*", "/", "%", "~", "&"};
    return "(" + shape((*n)->lhs) + kText[static_cast<int>((*n)->op)] + shape((*n)->rhs) + ")";
  }
  if (auto* const* n = std::get_if<ast::UnaryExpr*>(&e)) {
    return std::string("(") + ((*n)->op == ast::UnaryOp::kNot ? "!" : "-") + shape((*n)->operand) + ")";
  }
  return ast::dump(e);
}

std::string shape(const std::string& text) {
  Parsed p("x = " + text);
  return shape(p.stmt<ast::AssignStmt>().values[0]);
}

}  // namespace

TEST_CASE("precedence and associativity") {
  CHECK(shape("a || b && c == d .. e + f * -g") == "(a||(b&&(c==(d..(e+(f*(-g)))))))");
  CHECK(shape("a * b + c .. d < e && f || g") == "((((((a*b)+c)..d)<e)&&f)||g)");
  CHECK(shape("a - b - c") == "((a-b)-c)");
  CHECK(shape("a .. b .. c") == "(a..(b..c))");
  CHECK(shape("a < b == c") == "((a<b)==c)");
  CHECK(shape("a / b % c * d") == "(((a/b)%c)*d)");
  CHECK(shape("-a * b") == "((-a)*b)");
  CHECK(shape("!a == b") == "((!a)==b)");
  CHECK(shape("- - !a") == "(-(-(!a)))");
  CHECK(shape("\"x\" .. a + b") == "(\"x\"..(a+b))");
  CHECK(shape("a || b || c && d && e") == "((a||b)||((c&&d)&&e))");
}

TEST_CASE("spans cover the text of a node") {
  Parsed p("  foo.bar[1] = -a + (b)  # c\n");
  const auto& s = p.stmt<ast::AssignStmt>();
  auto text = [&](Span span) { return std::string(p.source.text().substr(span.begin, span.end - span.begin)); };
  CHECK(text(s.span) == "foo.bar[1] = -a + (b)");
  CHECK(text(ast::span_of(s.targets[0])) == "foo.bar[1]");
  CHECK(text(ast::span_of(s.values[0])) == "-a + (b)");
  const auto& sum = as<ast::BinaryExpr>(s.values[0]);
  CHECK(text(sum.op_span) == "+");
  CHECK(text(ast::span_of(sum.lhs)) == "-a");
  CHECK(text(ast::span_of(sum.rhs)) == "(b)");
}

TEST_CASE("members and indexes") {
  Parsed p("x = t.a[b, 1]:m{2}");
  const auto& call = as<ast::MethodCallExpr>(p.stmt<ast::AssignStmt>().values[0]);
  CHECK(call.method.text == "m");
  REQUIRE(call.args.size() == 1);
  const auto& index = as<ast::IndexExpr>(call.object);
  CHECK_FALSE(index.is_member);
  CHECK(index.keys.size() == 2);
  const auto& member = as<ast::IndexExpr>(index.object);
  CHECK(member.is_member);
  CHECK(as<ast::StringExpr>(member.keys[0]).bytes == "a");
}

TEST_CASE("event words") {
  Parsed p("x = arg3, argstr, probename, pid, tid, uid, cpu, execname");
  const auto& values = p.stmt<ast::AssignStmt>().values;
  CHECK(as<ast::EventWordExpr>(values[0]).word == ast::EventWord::kArg);
  CHECK(as<ast::EventWordExpr>(values[0]).arg == 3);
  CHECK(as<ast::EventWordExpr>(values[1]).word == ast::EventWord::kArgstr);
  CHECK(as<ast::EventWordExpr>(values[1]).arg == 0);
  CHECK(as<ast::EventWordExpr>(values[2]).word == ast::EventWord::kProbename);
  CHECK(as<ast::EventWordExpr>(values[3]).word == ast::EventWord::kPid);
  CHECK(as<ast::EventWordExpr>(values[4]).word == ast::EventWord::kTid);
  CHECK(as<ast::EventWordExpr>(values[5]).word == ast::EventWord::kUid);
  CHECK(as<ast::EventWordExpr>(values[6]).word == ast::EventWord::kCpu);
  CHECK(as<ast::EventWordExpr>(values[7]).word == ast::EventWord::kExecname);
}

TEST_CASE("ffi and kernel symbols") {
  Parsed p("ffi.cdef \"int f();\" x = `jiffies_64`");
  const auto& call = as<ast::CallExpr>(p.stmt<ast::CallStmt>().call);
  CHECK(as<ast::NameExpr>(as<ast::IndexExpr>(call.callee).object).name == "ffi");
  CHECK(as<ast::SymbolExpr>(p.stmt<ast::AssignStmt>(1).values[0]).name == "jiffies_64");
}

TEST_CASE("table constructors") {
  Parsed p("x = {1, a = 2; [3, 4] = 5, b, [c] = d,}");
  const auto& fields = as<ast::TableExpr>(p.stmt<ast::AssignStmt>().values[0]).fields;
  REQUIRE(fields.size() == 5);
  CHECK(fields[0].kind == ast::Field::Kind::kPositional);
  CHECK(fields[1].kind == ast::Field::Kind::kNamed);
  CHECK(fields[1].name.text == "a");
  CHECK(fields[2].kind == ast::Field::Kind::kKeyed);
  CHECK(fields[2].keys.size() == 2);
  CHECK(fields[3].kind == ast::Field::Kind::kPositional);
  CHECK(fields[4].keys.size() == 1);
}

TEST_CASE("the forms of for") {
  Parsed p("for (i = 1, 2) {} for (i = 1, 2, 3) {} for (var i = 0; i < 3; i += 1) {} for (;;) {} for (a, b, c in d, e) {}");
  CHECK_FALSE(p.stmt<ast::NumericForStmt>(0).step.has_value());
  CHECK(p.stmt<ast::NumericForStmt>(1).step.has_value());
  const auto& c_for = p.stmt<ast::CForStmt>(2);
  REQUIRE(c_for.var.has_value());
  CHECK(c_for.var->text == "i");
  CHECK(c_for.init.has_value());
  CHECK(c_for.cond.has_value());
  CHECK(c_for.step.has_value());
  const auto& bare = p.stmt<ast::CForStmt>(3);
  CHECK_FALSE((bare.var || bare.init || bare.cond || bare.step));
  CHECK(p.stmt<ast::ForInStmt>(4).vars.size() == 3);
  CHECK(p.stmt<ast::ForInStmt>(4).exprs.size() == 2);
}

TEST_CASE("if: all spellings of elseif are arms") {
  Parsed p("if (a) {} elseif (b) {} else if (c) {} else {}");
  const auto& s = p.stmt<ast::IfStmt>();
  CHECK(s.arms.size() == 3);
  CHECK(s.otherwise != nullptr);
}

TEST_CASE("continue is a statement only by itself") {
  Parsed p("var continue = 1 while (continue) { continue } continue = 2 continue(3)");
  CHECK(p.stmt<ast::VarStmt>(0).names[0].text == "continue");
  const auto& loop = p.stmt<ast::WhileStmt>(1);
  CHECK(std::holds_alternative<ast::ContinueStmt*>(loop.block->stmts[0]));
  CHECK(p.stmt<ast::AssignStmt>(2).values.size() == 1);
  CHECK(p.stmt<ast::CallStmt>(3).call.index() != std::variant_npos);
}

TEST_CASE("bytes are letters from 0x80 on") {
  Parsed p("var \xFF\x80 = 1");
  CHECK(p.stmt<ast::VarStmt>().names[0].text == "\xFF\x80");
}

TEST_CASE("statements that start with a parenthesis") {
  Parsed p("x = 1\n(f)(2)\ny = pid\n(g)(3)");
  CHECK(p.script != nullptr);
  CHECK(as<ast::ParenExpr>(as<ast::CallExpr>(p.stmt<ast::CallStmt>(1).call).callee).inner.index() != std::variant_npos);
  CHECK(p.stmt<ast::AssignStmt>(2).values.size() == 1);
}

TEST_CASE("the arguments of a timer library are ordinary members") {
  Parsed p("timer.tick(\"1s\", f) kdebug.trace_end(f)");
  const auto& callee = as<ast::CallExpr>(p.stmt<ast::CallStmt>().call).callee;
  CHECK(as<ast::StringExpr>(as<ast::IndexExpr>(callee).keys[0]).bytes == "tick");
}
