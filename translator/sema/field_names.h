// SPDX-License-Identifier: GPL-2.0
// Names in handlers that are fields of the event.
#pragma once

#include <string>

#include "ast/ast.h"
#include "sema/model.h"
#include "support/source.h"

namespace kt2ko::sema {

// Every event has it, as in the kernel's filters.
bool is_field_of_all(const std::string& name);

// The first place in the statement where the field Model::fields[id] is named.
Span field_span(const Model& model, const ast::TraceStmt& s, int id);

}  // namespace kt2ko::sema
