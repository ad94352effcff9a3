// SPDX-License-Identifier: GPL-2.0
// Operators and words that other languages have and ktap has not.
#pragma once

#include <vector>

#include "parse/token_source.h"
#include "support/diag.h"

namespace kt2ko {

// Reports each one with what to write instead (KT1017), and where there is a counterpart gives the token its type, so
// that the sentence still parses and no further error follows from it.
// Requires: the visible tokens.
void mend_foreign_words(const Source& source, const std::vector<antlr4::Token*>& tokens, Diags& diags);

}  // namespace kt2ko
