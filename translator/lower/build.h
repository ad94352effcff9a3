// SPDX-License-Identifier: GPL-2.0
// Small constructors for KIR nodes.
#pragma once

#include <string>
#include <utility>

#include "ast/ast.h"
#include "lower/kir.h"

namespace kt2ko::lower_detail {

template <typename T>
kir::ExprPtr expr(T node) {
  return std::make_shared<const kir::Expr>(kir::Expr{std::move(node)});
}
inline kir::ExprPtr number(int64_t v) { return expr(kir::IntLiteral{v}); }
inline kir::ExprPtr boolean(bool v) { return expr(kir::BoolLiteral{v}); }
inline kir::ExprPtr local(std::string name) { return expr(kir::Local{std::move(name)}); }
inline kir::ExprPtr number_in(kir::Val v) { return expr(kir::NumberIn{v}); }
inline kir::ExprPtr binary(kir::Op op, kir::ExprPtr a, kir::ExprPtr b) {
  return expr(kir::Binary{op, std::move(a), std::move(b)});
}
// -e; of a constant, that is a constant: C must not see the negation of the least number.
inline kir::ExprPtr minus(kir::ExprPtr e) {
  const auto* n = std::get_if<kir::IntLiteral>(&e->node);
  return n ? number(static_cast<int64_t>(0 - static_cast<uint64_t>(n->value))) : expr(kir::Negate{std::move(e)});
}
// The operator of an expression that is no concatenation and no pattern.
kir::Op op_of(ast::BinaryOp op);
// !e, with comparisons turned round and double negations taken away.
kir::ExprPtr negated(kir::ExprPtr e);
inline kir::ExprPtr pure_call(std::string function, std::vector<kir::Arg> args) {
  return expr(kir::PureCall{std::move(function), std::move(args)});
}
inline kir::Val slot(int i) { return kir::Val{kir::Val::Kind::kSlot, i}; }
inline kir::Val constant(int i) { return kir::Val{kir::Val::Kind::kConst, i}; }
inline kir::Text text(std::string s) { return kir::Text{std::move(s)}; }
inline kir::Arg count(size_t n) { return kir::Arg{number(static_cast<int64_t>(n))}; }

template <typename T>
kir::Stmt stmt(T node) {
  return kir::Stmt{std::move(node)};
}

}  // namespace kt2ko::lower_detail
