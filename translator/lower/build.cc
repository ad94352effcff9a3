// SPDX-License-Identifier: GPL-2.0
#include "lower/build.h"

#include <optional>

namespace kt2ko::lower_detail {

namespace {

std::optional<kir::Op> opposite(kir::Op op) {
  switch (op) {
    case kir::Op::kEq: return kir::Op::kNe;
    case kir::Op::kNe: return kir::Op::kEq;
    case kir::Op::kLt: return kir::Op::kGe;
    case kir::Op::kGe: return kir::Op::kLt;
    case kir::Op::kGt: return kir::Op::kLe;
    case kir::Op::kLe: return kir::Op::kGt;
    default: return std::nullopt;
  }
}

}  // namespace

kir::ExprPtr negated(kir::ExprPtr e) {
  if (const auto* n = std::get_if<kir::Not>(&e->node)) return n->operand;
  if (const auto* b = std::get_if<kir::BoolLiteral>(&e->node)) return boolean(!b->value);
  if (const auto* b = std::get_if<kir::Binary>(&e->node))
    if (const auto op = opposite(b->op)) return binary(*op, b->lhs, b->rhs);
  return expr(kir::Not{std::move(e)});
}

kir::Op op_of(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::kOr: return kir::Op::kOr;
    case ast::BinaryOp::kAnd: return kir::Op::kAnd;
    case ast::BinaryOp::kEq: return kir::Op::kEq;
    case ast::BinaryOp::kNe: return kir::Op::kNe;
    case ast::BinaryOp::kLt: return kir::Op::kLt;
    case ast::BinaryOp::kLe: return kir::Op::kLe;
    case ast::BinaryOp::kGt: return kir::Op::kGt;
    case ast::BinaryOp::kGe: return kir::Op::kGe;
    case ast::BinaryOp::kAdd: return kir::Op::kAdd;
    case ast::BinaryOp::kSub: return kir::Op::kSub;
    case ast::BinaryOp::kMul: return kir::Op::kMul;
    case ast::BinaryOp::kDiv: return kir::Op::kDiv;
    case ast::BinaryOp::kMod: return kir::Op::kMod;
    default: return kir::Op::kBitAnd;
  }
}

}  // namespace kt2ko::lower_detail
