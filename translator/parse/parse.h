// SPDX-License-Identifier: GPL-2.0
// The only door to the parser generator.
#pragma once

#include "ast/ast.h"
#include "support/arena.h"
#include "support/diag.h"
#include "support/source.h"

namespace kt2ko {

// Parses a script, or the tapset that was appended to it last. Spans are those of the whole source.
// Requires: nothing; any bytes may come.
// Ensures: the result is complete (no null nodes) when no error was reported; nullptr otherwise.
// Reports: KT1xxx, KT3001..KT3006, KT4001, KT4002.
ast::Script* parse(const Source& source, Arena& arena, Diags& diags);

}  // namespace kt2ko
