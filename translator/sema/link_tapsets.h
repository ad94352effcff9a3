// SPDX-License-Identifier: GPL-2.0
// Joins a script with what it uses of tapsets.
#pragma once

#include "ast/ast.h"
#include "catalog/tapset.h"
#include "support/arena.h"
#include "support/diag.h"

namespace kt2ko::sema {

// Every NAME.member whose NAME the script does not declare and that a tapset has becomes one name with a dot in it. The
// declarations behind those names, and all that they need, are put before the script's statements (script->tapsets says
// how many of which file); what nobody uses stays out.
// Requires: a complete tree of parse(source, ...).
// Ensures: texts of tapsets are parts of `source`.
// as_modules: their functions are those of prebuilt modules, so the script can have nothing else of them.
// Reports: what parse() does, for tapsets; KT3010, KT3023, KT3024, KT3027.
void link_tapsets(ast::Script* script, Source* source, const FindTapset& find, Arena* arena, Diags* diags,
                  bool as_modules = false);

}  // namespace kt2ko::sema
