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

}  // namespace kt2ko::lower_detail
