// SPDX-License-Identifier: GPL-2.0
// Expressions as plain C numbers and truth values.
#include "lower/function_lowerer.h"

namespace kt2ko::lower_detail {

using namespace ast;

namespace {

// True when evaluating `e` can run script code, which can change shared variables.
bool runs_code(const Expr& e) {
  if (sema::is_multi(e)) return !std::holds_alternative<VarargExpr*>(e);
  if (const auto* p = std::get_if<ParenExpr*>(&e)) return runs_code((*p)->inner);
  if (const auto* u = std::get_if<UnaryExpr*>(&e)) return runs_code((*u)->operand);
  if (const auto* b = std::get_if<BinaryExpr*>(&e)) return runs_code((*b)->lhs) || runs_code((*b)->rhs);
  if (const auto* i = std::get_if<IndexExpr*>(&e)) {
    for (const Expr& k : (*i)->keys)
      if (runs_code(k)) return true;
    return runs_code((*i)->object);
  }
  return std::holds_alternative<TableExpr*>(e);
}

// True when evaluating `e` has no effect and cannot fail.
bool is_plain(const Expr& e) {
  if (const auto* p = std::get_if<ParenExpr*>(&e)) return is_plain((*p)->inner);
  return std::holds_alternative<NumberExpr*>(e) || std::holds_alternative<StringExpr*>(e) || std::holds_alternative<NameExpr*>(e) ||
         std::holds_alternative<BoolExpr*>(e) || std::holds_alternative<NilExpr*>(e);
}

bool reads_shared(const kir::ExprPtr& e) {
  if (const auto* n = std::get_if<kir::Negate>(&e->node)) return reads_shared(n->operand);
  if (const auto* n = std::get_if<kir::Not>(&e->node)) return reads_shared(n->operand);
  if (const auto* b = std::get_if<kir::Binary>(&e->node)) return reads_shared(b->lhs) || reads_shared(b->rhs);
  const auto* c = std::get_if<kir::PureCall>(&e->node);
  return c && (c->function == "ktr_ivar_get" || c->function == "ktr_counter_get");
}

bool is_literal(const kir::ExprPtr& e) { return std::holds_alternative<kir::IntLiteral>(e->node); }

uint64_t literal(const kir::ExprPtr& e) { return static_cast<uint64_t>(std::get<kir::IntLiteral>(e->node).value); }

// Constants are folded here: numbers of the language wrap around, constants of C must not.
// Requires: b is no literal 0 in a division.
kir::ExprPtr fold(kir::Op op, kir::ExprPtr a, kir::ExprPtr b) {
  if (is_literal(a) && is_literal(b)) {
    if (op == kir::Op::kAdd) return number(static_cast<int64_t>(literal(a) + literal(b)));
    if (op == kir::Op::kSub) return number(static_cast<int64_t>(literal(a) - literal(b)));
    if (op == kir::Op::kMul) return number(static_cast<int64_t>(literal(a) * literal(b)));
    if (op == kir::Op::kBitAnd) return number(static_cast<int64_t>(literal(a) & literal(b)));
    const auto dividend = static_cast<int64_t>(literal(a));
    const auto divisor = static_cast<int64_t>(literal(b));
    if (op == kir::Op::kDiv) return number(divisor == -1 ? static_cast<int64_t>(0 - literal(a)) : dividend / divisor);
    if (op == kir::Op::kMod) return number(divisor == -1 ? 0 : dividend % divisor);
  }
  return binary(op, std::move(a), std::move(b));
}

}  // namespace

kir::ExprPtr FunctionLowerer::settled(kir::ExprPtr e, const Expr& later) {
  if (!reads_shared(e) || !runs_code(later)) return e;
  const std::string t = temp(kir::LocalType::kNumber);
  add(kir::SetLocal{t, std::move(e)});
  return read_local(t);
}

kir::ExprPtr FunctionLowerer::variable_num(const sema::Variable& v) {
  switch (storage(v)) {
    case Storage::kLocalNumber:
    case Storage::kLocalBool: return read_local(locals_.at(&v));
    case Storage::kNumber:
    case Storage::kBool: return pure_call("ktr_ivar_get", {word_arg(v)});
    case Storage::kCounter: return pure_call("ktr_counter_get", {text("c"), counter_arg(v)});
    default: break;
  }
  // A box: known to be a number, but loaded as a value.
  const int t = new_slot();
  try_call("ktr_box_load", {slot(t), box(v)});
  return number_in(slot(t));
}

// `e` as a number; fails at run time with the message of `need` when it is none.
kir::ExprPtr FunctionLowerer::num(const Expr& e, Need need) {
  if (is_int(e)) return pure_num(e);
  if (kir::ExprPtr start = tally(e, false)) return start;
  return checked_num(value(e), need);
}

// Requires: is_int(e).
kir::ExprPtr FunctionLowerer::pure_num(const Expr& e) {
  if (const auto* p = std::get_if<ParenExpr*>(&e)) return pure_num((*p)->inner);
  if (const auto* n = std::get_if<NumberExpr*>(&e)) return number((*n)->value);
  if (const auto* n = std::get_if<NameExpr*>(&e)) {
    const sema::Variable& v = *program_.model().ref(*n).variable;
    if (storage(v) != Storage::kSlot && storage(v) != Storage::kCell) return variable_num(v);
    return number_in(name_value(**n));
  }
  if (const auto* s = std::get_if<SymbolExpr*>(&e)) {
    const int id = program_.model().symbol_ids.at(*s);
    return pure_call("ktr_symbol", {text("c"), count(static_cast<size_t>(id))});
  }
  if (const auto* w = std::get_if<EventWordExpr*>(&e)) {
    static const char* const kFunctions[] = {"", "", "", "ktr_pid", "ktr_tid", "ktr_uid", "ktr_cpu", ""};
    return pure_call(kFunctions[static_cast<int>((*w)->word)], {text("c")});
  }
  if (const auto* u = std::get_if<UnaryExpr*>(&e)) return minus(num((*u)->operand, "KTR_NEED_NEG"));
  if (const auto* b = std::get_if<BinaryExpr*>(&e))
    if ((*b)->op != BinaryOp::kAnd && (*b)->op != BinaryOp::kOr) return arithmetic(**b);
  const int t = new_slot();
  if (sema::is_multi(e))
    call(e, slot(t), 1);
  else
    logic_into(*std::get<BinaryExpr*>(e), t);
  return number_in(slot(t));
}

kir::ExprPtr FunctionLowerer::checked_num(kir::Val v, Need need) {
  const std::string t = temp(kir::LocalType::kNumber);
  try_call("ktr_num", {v, kir::AddressOf{t}, text(need)});
  return read_local(t);
}

// Both operands are evaluated before one of them is found to be no number.
std::pair<kir::ExprPtr, kir::ExprPtr> FunctionLowerer::operands(const BinaryExpr& e, Need need) {
  if (is_int(e.lhs) || is_plain(e.rhs)) {
    kir::ExprPtr lhs = settled(num(e.lhs, need), e.rhs);
    return {lhs, num(e.rhs, need)};
  }
  if (kir::ExprPtr start = tally(e.lhs, false)) return {start, num(e.rhs, need)};
  const kir::Val lhs = value(e.lhs);
  kir::ExprPtr rhs = is_int(e.rhs) ? pure_num(e.rhs) : tally(e.rhs, false);
  if (rhs) return {checked_num(lhs, need), rhs};
  const kir::Val other = value(e.rhs);
  kir::ExprPtr first = checked_num(lhs, need);
  return {first, checked_num(other, need)};
}

kir::ExprPtr FunctionLowerer::arithmetic(const BinaryExpr& e) {
  auto [lhs, rhs] = operands(e, "KTR_NEED_ARITH");
  const bool divides = e.op == BinaryOp::kDiv || e.op == BinaryOp::kMod;
  if (!divides) return fold(op_of(e.op), std::move(lhs), std::move(rhs));
  if (is_literal(rhs)) {
    const int64_t divisor = std::get<kir::IntLiteral>(rhs->node).value;
    if (divisor != 0 && (divisor != -1 || is_literal(lhs))) return fold(op_of(e.op), std::move(lhs), std::move(rhs));
  }
  const std::string t = temp(kir::LocalType::kNumber);
  try_call(e.op == BinaryOp::kDiv ? "ktr_div" : "ktr_mod", {kir::AddressOf{t}, std::move(lhs), std::move(rhs)});
  return read_local(t);
}

// The truth of `e`.
kir::ExprPtr FunctionLowerer::cond(const Expr& e) {
  if (const auto* p = std::get_if<ParenExpr*>(&e)) return cond((*p)->inner);
  if (const auto* b = std::get_if<BoolExpr*>(&e)) return boolean((*b)->value);
  if (std::holds_alternative<NilExpr*>(e)) return boolean(false);
  if (const auto* u = std::get_if<UnaryExpr*>(&e))
    if ((*u)->op == UnaryOp::kNot) return negated(cond((*u)->operand));
  if (const auto* b = std::get_if<BinaryExpr*>(&e)) {
    switch ((*b)->op) {
      case BinaryOp::kAnd:
      case BinaryOp::kOr: return logic(**b);
      case BinaryOp::kEq:
      case BinaryOp::kNe: return equality(**b);
      case BinaryOp::kGlob:
      case BinaryOp::kLt:
      case BinaryOp::kLe:
      case BinaryOp::kGt:
      case BinaryOp::kGe: return comparison(**b);
      case BinaryOp::kBitAnd: {  // in a filter: true when a bit is set
        kir::ExprPtr bits = pure_num(e);
        return binary(kir::Op::kNe, std::move(bits), number(0));
      }
      default: break;
    }
  }
  if (const auto* n = std::get_if<NameExpr*>(&e); n && is_bool(e)) {
    const sema::NameRef& ref = program_.model().ref(*n);
    const Storage where = storage(*ref.variable);
    if (where == Storage::kLocalBool || where == Storage::kBool) return variable_num(*ref.variable);
  }
  const kir::Val v = value(e);
  if (!(program_.model().types_of(e) & (type::kNil | type::kBool))) return boolean(true);
  return pure_call("ktr_truth", {v});
}

kir::ExprPtr FunctionLowerer::logic(const BinaryExpr& e) {
  kir::ExprPtr lhs = settled(cond(e.lhs), e.rhs);
  kir::ExprPtr rhs;
  kir::Body steps = collect([&] { rhs = cond(e.rhs); });
  if (steps.empty()) return binary(op_of(e.op), std::move(lhs), std::move(rhs));
  // The right side needs statements: they run only when the left side does not decide.
  const std::string t = temp(kir::LocalType::kBool);
  add(kir::SetLocal{t, std::move(lhs)});
  steps.push_back(stmt(kir::SetLocal{t, std::move(rhs)}));
  kir::ExprPtr open = e.op == BinaryOp::kAnd ? read_local(t) : negated(read_local(t));
  add(kir::If{std::move(open), std::move(steps), {}});
  return read_local(t);
}

kir::ExprPtr FunctionLowerer::equality(const BinaryExpr& e) {
  kir::ExprPtr equal;
  if (is_int(e.lhs) && is_int(e.rhs)) {
    kir::ExprPtr lhs = settled(num(e.lhs, "KTR_NEED_ARITH"), e.rhs);
    return binary(op_of(e.op), std::move(lhs), num(e.rhs, "KTR_NEED_ARITH"));
  }
  if (is_int(e.rhs)) {
    const kir::Val lhs = value(e.lhs);
    equal = pure_call("ktr_eq_int", {lhs, num(e.rhs, "KTR_NEED_ARITH")});
  } else if (is_int(e.lhs)) {
    kir::ExprPtr lhs = settled(num(e.lhs, "KTR_NEED_ARITH"), e.rhs);
    equal = pure_call("ktr_eq_int", {value(e.rhs), std::move(lhs)});
  } else {
    const kir::Val lhs = value(e.lhs);
    equal = pure_call("ktr_eq", {lhs, value(e.rhs)});
  }
  return e.op == BinaryOp::kNe ? negated(std::move(equal)) : equal;
}

kir::ExprPtr FunctionLowerer::comparison(const BinaryExpr& e) {
  if (e.op == BinaryOp::kGlob) {
    const kir::Val lhs = value(e.lhs);
    const std::string t = temp(kir::LocalType::kBool);
    try_call("ktr_glob", {kir::AddressOf{t}, lhs, value(e.rhs)});
    return read_local(t);
  }
  if (!is_int(e.lhs) && !is_int(e.rhs)) return order(e);
  auto [lhs, rhs] = operands(e, "KTR_NEED_COMPARE");
  return binary(op_of(e.op), std::move(lhs), std::move(rhs));
}

kir::ExprPtr FunctionLowerer::order(const BinaryExpr& e) {
  const kir::Val lhs = value(e.lhs);
  const kir::Val rhs = value(e.rhs);
  const std::string t = temp(kir::LocalType::kOrder);
  try_call("ktr_order", {kir::AddressOf{t}, lhs, rhs});
  return binary(op_of(e.op), read_local(t), number(0));
}

}  // namespace kt2ko::lower_detail
