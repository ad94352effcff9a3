// SPDX-License-Identifier: GPL-2.0
// Aggregations as they are written in a script: lower_aggregate.cc.
#pragma once

#include <string>

#include "catalog/builtins.h"
#include "sema/model.h"

namespace kt2ko::lower_detail {

// enum ktr_agg_kind of count, sum and so on.
std::string aggregate_kind(const Builtin& b);
// True when `e` is a call of count(), hist(x) and the like with all arguments written out.
bool is_direct_sample(const sema::Model& model, const ast::Expr& e);

}  // namespace kt2ko::lower_detail
