// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include "emit/c_writer.h"
#include "emit/emit.h"
#include "emit/emit_tables.h"
#include "emit/print_expr.h"
#include "lower/build.h"

using namespace kt2ko;
using namespace kt2ko::emit_detail;
using namespace kt2ko::lower_detail;

TEST_CASE("string literals keep every byte") {
  CHECK(string_literal("a\"b\\c") == R"("a\"b\\c")");
  CHECK(string_literal("line\n\ttab") == R"("line\n\ttab")");
  // Octal escapes end after three digits, so that a digit may follow.
  CHECK(string_literal(std::string_view("\0" "1", 2)) == R"("\0001")");
  CHECK(string_literal("\xff" "f") == R"("\377f")");
  CHECK(string_literal("what?" "?!") == "\"what?\\077!\"");
}

TEST_CASE("comment text cannot end its comment") {
  CHECK(comment_text("  x = a */ b") == "x = a * / b");
  CHECK(comment_text("x /* y") == "x / * y");
  CHECK(comment_text(std::string(200, 'x')).size() == 73);
  CHECK(comment_text("a\x01" "b") == "a?b");
}

TEST_CASE("numbers of the language are C literals of 64 bits") {
  CHECK(int_literal(0) == "0");
  CHECK(int_literal(-5) == "-5");
  CHECK(int_literal(2147483648) == "2147483648LL");
  CHECK(int_literal(INT64_MIN) == "(-9223372036854775807LL - 1)");
}

TEST_CASE("hashes are those of the runtime") {
  // ktr_hash_bytes() is tested against the same values.
  CHECK(hash_bytes("sh") == 0x2db95bd2u);
  CHECK(hash_bytes("a") == 0xef23226fu);
  CHECK(hash_bytes("big") == 0x1904cb83u);
}

TEST_CASE("expressions have the parentheses they need and no more") {
  const kir::Program program;
  const ExprPrinter print(program);
  const auto a = local("a");
  const auto b = local("b");
  const auto c = local("c");
  using kir::Op;
  CHECK(print.expr(binary(Op::kAdd, binary(Op::kMul, a, b), c)) == "a * b + c");
  CHECK(print.expr(binary(Op::kMul, binary(Op::kAdd, a, b), c)) == "(a + b) * c");
  CHECK(print.expr(binary(Op::kSub, a, binary(Op::kSub, b, c))) == "a - (b - c)");
  CHECK(print.expr(binary(Op::kSub, binary(Op::kSub, a, b), c)) == "a - b - c");
  CHECK(print.expr(binary(Op::kOr, binary(Op::kAnd, a, b), c)) == "(a && b) || c");
  CHECK(print.expr(binary(Op::kNe, binary(Op::kBitAnd, a, b), number(0))) == "(a & b) != 0");
  CHECK(print.expr(binary(Op::kEq, binary(Op::kLt, a, b), c)) == "(a < b) == c");
  CHECK(print.expr(binary(Op::kSub, a, number(-1))) == "a - -1");
  CHECK(print.expr(expr(kir::Negate{expr(kir::Negate{a})})) == "-(-a)");
  CHECK(print.expr(expr(kir::Negate{binary(Op::kAdd, a, b)})) == "-(a + b)");
  CHECK(print.expr(negated(binary(Op::kLt, a, b))) == "a >= b");
  CHECK(print.expr(negated(negated(a))) == "a");
  CHECK(print.expr(negated(binary(Op::kAnd, a, b))) == "!(a && b)");
}

TEST_CASE("long chains of operators need no deep recursion") {
  const kir::Program program;
  kir::ExprPtr sum = local("a");
  for (int i = 0; i < 100000; ++i) sum = binary(kir::Op::kAdd, sum, local("b"));
  const std::string text = ExprPrinter(program).expr(sum);
  CHECK(text.size() == 1 + 100000 * 4);
  // Take it apart from the top: destroying it in one go would recurse.
  while (const auto* b = std::get_if<kir::Binary>(&sum->node)) sum = kir::ExprPtr(b->lhs);
}

TEST_CASE("events whose values the module takes itself stand in the second file, once") {
  kir::Program program;
  program.file_name = "a.kp";
  program.fields = {"prev_comm", "pid"};
  kir::Trace trace;
  trace.values = 1u << 2 | 1u << 11;
  for (const auto& [system, event] : {std::pair<const char*, const char*>{"sched", "sched_switch"},
                                      {"sched", "sched_*"},
                                      {"*", "sched_switch"},
                                      {"syscalls", "sys_enter_read"},
                                      {"sched", "sched_switch"}}) {
    kir::Probe p;
    p.kind = "KTR_PROBE_TRACEPOINT";
    p.system = system;
    p.event = event;
    trace.probes.push_back(p);
  }
  program.traces.push_back(trace);
  const std::string text = emit_events(program);
  CHECK(text.find("#define KTR_EVENT_0 sched, sched_switch\n#define KTR_VALUES_0 0x804ull\n"
                  "#define KTR_SLOTS_0(X) X(2, 2, \"\") X(11, -1, \"pid\")\n") != std::string::npos);
  CHECK(text.find("KTR_EVENT_1") == std::string::npos);
  program.traces[0].values = 0;
  CHECK(emit_events(program).empty());
}
