// SPDX-License-Identifier: GPL-2.0
// Output whose text is made by its readers: what a print or printf is as one format with arguments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ast/ast.h"
#include "catalog/format.h"
#include "lower/kir.h"
#include "sema/model.h"

namespace kt2ko::lower_detail {

// The pieces of a print or printf and the expressions of its conversions. Arguments of print that are literals are in the text.
struct Output {
  std::vector<FormatPiece> pieces;
  std::vector<const ast::Expr*> args;
};

// The output of a call; nothing: its format is no literal, it has not enough arguments, or they are not counted before it runs.
std::optional<Output> output_of(const ast::CallExpr& e, const sema::Model& model);

// The format that writes these pieces; nothing: more than a record of arguments can hold (ktr_wire.h).
std::optional<kir::Format> late_format(const std::vector<FormatPiece>& pieces);

}  // namespace kt2ko::lower_detail
