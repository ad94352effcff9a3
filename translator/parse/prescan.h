// SPDX-License-Identifier: GPL-2.0
// One walk over the tokens before the parser: what can be judged without a grammar, and what protects the parser.
#pragma once

#include <cstdint>
#include <vector>

#include "parse/limits.h"
#include "parse/token_source.h"
#include "support/diag.h"

namespace kt2ko {

struct Prescan {
  bool ok = false;               // false: do not parse
  std::vector<uint32_t> depth;   // by token index: how many brackets are open; an opener and its closer count alike
};

// Requires: all tokens of `source`, hidden ones included.
// Ensures: some tokens have got another type, so that one mistake gives one message (see the .cc file).
// Reports: KT1002..KT1006, KT1017, KT1021, KT1025, KT4002, KT4004.
Prescan prescan(const Source& source, const std::vector<antlr4::Token*>& tokens, Diags& diags);

// Whether there is a line break between two tokens, of which `a` stands first.
bool on_different_lines(const Source& source, const antlr4::Token* a, const antlr4::Token* b);

}  // namespace kt2ko
