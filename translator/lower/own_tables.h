// SPDX-License-Identifier: GPL-2.0
// Tables of which the script only ever uses t[tid]: their elements belong to threads (runtime-c/core/own.h).
#pragma once

#include <unordered_map>
#include <vector>

#include "sema/model.h"

namespace kt2ko::lower_detail {

// Whether `e` is t[tid] in an event's terms, of a variable t; *table is that then.
bool is_own_element(const sema::Model& model, const ast::IndexExpr& e, const sema::Variable** table);

// The variables that start as an empty table, get no other value, and have no use but such elements; in the order of
// their declaration.
std::vector<const sema::Variable*> find_own_tables(const sema::Model& model);

}  // namespace kt2ko::lower_detail
