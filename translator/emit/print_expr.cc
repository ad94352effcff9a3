// SPDX-License-Identifier: GPL-2.0
#include "emit/print_expr.h"

#include <fmt/format.h>

#include <cstdint>
#include <limits>

#include "emit/c_writer.h"
#include "support/overloaded.h"

namespace kt2ko::emit_detail {

namespace {

struct OpText {
  const char* text;
  int precedence;  // as in C: larger binds tighter
};

OpText op_text(kir::Op op) {
  switch (op) {
    case kir::Op::kOr: return {"||", 1};
    case kir::Op::kAnd: return {"&&", 2};
    case kir::Op::kBitAnd: return {"&", 5};
    case kir::Op::kEq: return {"==", 6};
    case kir::Op::kNe: return {"!=", 6};
    case kir::Op::kLt: return {"<", 7};
    case kir::Op::kLe: return {"<=", 7};
    case kir::Op::kGt: return {">", 7};
    case kir::Op::kGe: return {">=", 7};
    case kir::Op::kAdd: return {"+", 9};
    case kir::Op::kSub: return {"-", 9};
    case kir::Op::kMul: return {"*", 10};
    case kir::Op::kDiv: return {"/", 10};
    case kir::Op::kMod: return {"%", 10};
  }
  return {"", 0};
}

constexpr int kUnary = 11;

// C compilers warn about mixtures that people misread, though the precedence is right.
bool wants_parens(kir::Op outer, int inner) {
  if (outer == kir::Op::kOr) return inner == 2;
  const int p = op_text(outer).precedence;
  if (outer == kir::Op::kBitAnd) return inner > 5 && inner < kUnary;
  return (p == 6 || p == 7) && (inner == 5 || inner == 6 || inner == 7);
}

int precedence(const kir::Expr& e) {
  if (const auto* b = std::get_if<kir::Binary>(&e.node)) return op_text(b->op).precedence;
  return 100;
}

}  // namespace

std::string int_literal(int64_t v) {
  if (v == std::numeric_limits<int64_t>::min()) return "(-9223372036854775807LL - 1)";
  const bool small = v >= std::numeric_limits<int32_t>::min() && v <= std::numeric_limits<int32_t>::max();
  return fmt::format("{}{}", v, small ? "" : "LL");
}

std::string ExprPrinter::val(const kir::Val& v) const {
  switch (v.kind) {
    case kir::Val::Kind::kSlot: return fmt::format("&s[{}]", v.index);
    case kir::Val::Kind::kConst: return fmt::format("&ktg_k[{}]", v.index);
    case kir::Val::Kind::kCell: return fmt::format("&{}.v", program_.cells[static_cast<size_t>(v.index)]);
    case kir::Val::Kind::kUpvalue: return fmt::format("&self->up[{}]", v.index);
  }
  return "";
}

std::string ExprPrinter::val_member(const kir::Val& v) const { return val(v).substr(1); }

std::string ExprPrinter::binary(const kir::Binary& b, int outer) const {
  const OpText op = op_text(b.op);
  // Long chains lean to the left: walk them in a loop rather than by recursion.
  std::vector<const kir::Binary*> chain{&b};
  while (const auto* next = std::get_if<kir::Binary>(&chain.back()->lhs->node)) {
    if (op_text(next->op).precedence != op.precedence || op.precedence == 6 || op.precedence == 7) break;
    chain.push_back(next);
  }
  const auto operand = [&](const kir::Expr& e, kir::Op of, bool right) {
    const int p = precedence(e);
    const bool parens = p < op.precedence || (right && p == op.precedence) || wants_parens(of, p);
    const std::string text = expr(e, 0);
    return parens ? "(" + text + ")" : text;
  };
  std::string text = operand(*chain.back()->lhs, chain.back()->op, false);
  for (auto it = chain.rbegin(); it != chain.rend(); ++it)
    text += fmt::format(" {} {}", op_text((*it)->op).text, operand(*(*it)->rhs, (*it)->op, true));
  return outer > op.precedence ? "(" + text + ")" : text;
}

std::string ExprPrinter::expr(const kir::Expr& e, int outer) const {
  return std::visit(
      Overloaded{
          [&](const kir::IntLiteral& n) {
            std::string text = int_literal(n.value);
            return outer >= kUnary && n.value < 0 ? "(" + text + ")" : text;
          },
          [](const kir::BoolLiteral& n) { return std::string(n.value ? "true" : "false"); },
          [](const kir::Local& n) { return n.name; },
          [&](const kir::NumberIn& n) { return val_member(n.val) + ".i"; },
          [](const kir::Member& n) { return n.text; },
          [&](const kir::Negate& n) {
            std::string inner = expr(*n.operand, kUnary);
            return inner[0] == '-' ? "-(" + inner + ")" : "-" + inner;
          },
          [&](const kir::Not& n) { return "!" + expr(*n.operand, kUnary); },
          [&](const kir::Binary& n) { return binary(n, outer); },
          [&](const kir::PureCall& n) { return fmt::format("{}({})", n.function, args(n.args)); },
      },
      e.node);
}

std::string ExprPrinter::arg(const kir::Arg& a) const {
  return std::visit(Overloaded{
                        [&](const kir::Val& v) { return val(v); },
                        [&](const kir::ExprPtr& e) { return expr(*e, 0); },
                        [](const kir::AddressOf& v) { return "&" + v.local; },
                        [](const kir::Text& t) { return t.text; },
                        [](const kir::Bytes& b) { return string_literal(b.bytes); },
                        [](const kir::Conversion& f) {
                          const auto field = [](int v) { return v == 0xff ? std::string("KTR_FMT_NONE") : std::to_string(v); };
                          return fmt::format("(struct ktr_fmt){{ '{}', {}, {}, {} }}", f.conv, f.flags, field(f.width),
                                             field(f.precision));
                        },
                    },
                    a);
}

std::string ExprPrinter::args(const std::vector<kir::Arg>& list) const {
  std::string out;
  for (const kir::Arg& a : list) out += (out.empty() ? "" : ", ") + arg(a);
  return out;
}

}  // namespace kt2ko::emit_detail
