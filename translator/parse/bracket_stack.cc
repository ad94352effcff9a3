// SPDX-License-Identifier: GPL-2.0
#include "parse/bracket_stack.h"

#include "KtapLexer.h"

namespace kt2ko {

using antlr::KtapLexer;

namespace {

bool is_paren(size_t type) {
  return type == KtapLexer::LPAREN || type == KtapLexer::LBRACK || type == KtapLexer::FA_DEREF;
}

bool is_brace(size_t type) { return type == KtapLexer::LBRACE || type == KtapLexer::HANDLER_LBRACE; }

// Words that never stand inside parentheses, unless a function body's '{' is between.
bool is_statement_word(size_t type) {
  switch (type) {
    case KtapLexer::K_VAR:
    case KtapLexer::K_IF:
    case KtapLexer::K_WHILE:
    case KtapLexer::K_FOR:
    case KtapLexer::K_REPEAT:
    case KtapLexer::K_DO:
    case KtapLexer::K_BREAK:
    case KtapLexer::K_RETURN:
    case KtapLexer::TRACE:
    case KtapLexer::TRACE_END:
    case KtapLexer::TIMER_HEAD:
      return true;
    default:
      return false;
  }
}

size_t opener_of(size_t closer) {
  switch (closer) {
    case KtapLexer::RPAREN: return KtapLexer::LPAREN;
    case KtapLexer::RBRACK: return KtapLexer::LBRACK;
    case KtapLexer::FA_CLOSE: return KtapLexer::FA_DEREF;
    case KtapLexer::RBRACE: return KtapLexer::LBRACE;
    case KtapLexer::K_END: return KtapLexer::K_DO;
    case KtapLexer::K_UNTIL: return KtapLexer::K_REPEAT;
    default: return 0;
  }
}

}  // namespace

uint32_t BracketStack::step(size_t type) {
  // `for (var i = 0; ...` is the one place of a statement word inside a parenthesis.
  bool is_member = last_ == KtapLexer::DOT || last_ == KtapLexer::COLON;  // x.end: a misused word, reported elsewhere
  bool for_var = type == KtapLexer::K_VAR && last_ == KtapLexer::LPAREN && before_ == KtapLexer::K_FOR;
  bool is_block_word = (type == KtapLexer::K_DO || type == KtapLexer::K_REPEAT) && !is_member;
  if (is_statement_word(type) && !for_var && !is_member) drop_parens();
  size_t opener = opener_of(type);
  if (opener != 0 && !(is_member && (type == KtapLexer::K_END || type == KtapLexer::K_UNTIL))) close(opener);
  auto depth = static_cast<uint32_t>(open_.size());
  if (is_paren(type) || is_brace(type) || is_block_word) open_.push_back(type);
  if (type != KtapLexer::SPACE && type != KtapLexer::COMMENT) {
    before_ = last_;
    last_ = type;
  }
  return depth;
}

void BracketStack::drop_parens() {
  while (!open_.empty() && is_paren(open_.back())) open_.pop_back();
}

// Closes the innermost such opener together with what was left open inside it. A parenthesis is not looked for outside
// of the block it stands in, a block not outside of its function or braces.
void BracketStack::close(size_t opener) {
  for (size_t i = open_.size(); i-- > 0;) {
    if (open_[i] == opener || (is_brace(opener) && is_brace(open_[i]))) {
      open_.resize(i);
      return;
    }
    if (is_brace(opener)) continue;
    if (is_paren(opener) ? !is_paren(open_[i]) : is_brace(open_[i])) return;
  }
}

}  // namespace kt2ko
