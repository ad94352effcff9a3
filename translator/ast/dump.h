// SPDX-License-Identifier: GPL-2.0
// The tree as ktap source.
#pragma once

#include <string>

#include "ast/ast.h"

namespace kt2ko::ast {

// Requires: a tree as parse() makes it: parentheses are nodes, so none are added.
// Ensures: the text parses to an equal tree (spans aside) and so dumps to the same text.
std::string dump(const Script& script);
std::string dump(const Expr& e);

}  // namespace kt2ko::ast
