// SPDX-License-Identifier: GPL-2.0
// Recovery: where to go on after a syntax error. The messages are in error_messages.cc.
#include "parse/error_strategy.h"

#include "parse/prescan.h"

namespace kt2ko {

using antlr::KtapLexer;
using antlr::KtapParser;
using antlr4::CommonToken;
using antlr4::Parser;
using antlr4::Token;

namespace {

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
    case KtapLexer::RETURN_NOTHING:
    case KtapLexer::TRACE:
    case KtapLexer::TRACE_END:
    case KtapLexer::TIMER_HEAD:
      return true;
    default:
      return false;
  }
}

bool starts_statement(size_t type) {
  switch (type) {
    case KtapLexer::NAME:
    case KtapLexer::FFI:
    case KtapLexer::EVENT_WORD:
    case KtapLexer::CALLED_EVENT_WORD:
    case KtapLexer::K_FUNCTION:
    case KtapLexer::LABEL:
    case KtapLexer::STAT_PAREN:
      return true;
    default:
      return is_statement_word(type);
  }
}

bool has_ancestor(const antlr4::RuleContext* ctx, size_t rule) {
  for (auto* tree = ctx->parent; tree != nullptr; tree = tree->parent) {
    if (static_cast<antlr4::RuleContext*>(tree)->getRuleIndex() == rule) return true;
  }
  return false;
}

}  // namespace

void ErrorStrategy::reportError(Parser* parser, const antlr4::RecognitionException& e) {
  if (inErrorRecoveryMode(parser)) return;
  beginErrorCondition(parser);
  report_unexpected(parser, e.getOffendingToken());
}

Token* ErrorStrategy::recoverInline(Parser* parser) {
  Token* token = parser->getCurrentToken();
  const auto& atn = parser->getATN();
  const auto& expected = atn.nextTokens(atn.states[parser->getState()]);
  bool name_only = expected.size() == 1 && expected.contains(static_cast<ssize_t>(KtapLexer::NAME));
  if (name_only && is_reserved_name(parser, token) && !inErrorRecoveryMode(parser) && !report_old_form(parser, token)) {
    // A reserved word as a name: go on as if it were one.
    report_reserved(parser, token);
    static_cast<CommonToken*>(token)->setType(KtapLexer::NAME);
    parser->consume();
    return token;
  }
  if (!inErrorRecoveryMode(parser)) {
    beginErrorCondition(parser);
    report_missing(parser, token, expected);
  }
  throw antlr4::InputMismatchException(parser);
}

// Called before every choice; only the start of a statement is of interest. What cannot start one is reported and
// skipped here, because the loop of the rule would end there and leave its block.
void ErrorStrategy::sync(Parser* parser) {
  if (parser->getContext()->getRuleIndex() != KtapParser::RuleChunk) return;
  for (;;) {
    Token* token = parser->getCurrentToken();
    size_t type = token->getType();
    if (type == KtapLexer::LPAREN) {
      static_cast<CommonToken*>(token)->setType(KtapLexer::STAT_PAREN);
      return;
    }
    if (starts_statement(type) || type == KtapLexer::SEMI || ends_chunk(parser, type)) return;
    if (!inErrorRecoveryMode(parser)) {
      beginErrorCondition(parser);
      report_statement_start(parser, token);
    }
    skip_statement(parser, token->getTokenIndex());
  }
}

bool ErrorStrategy::ends_chunk(Parser* parser, size_t type) const {
  const auto* ctx = parser->getContext();
  switch (type) {
    case Token::EOF:
      return true;
    case KtapLexer::RBRACE:
      return has_ancestor(ctx, KtapParser::RuleBlock) || has_ancestor(ctx, KtapParser::RuleHandler);
    case KtapLexer::K_END:
      return has_ancestor(ctx, KtapParser::RuleDoStat);
    case KtapLexer::K_UNTIL:
      return has_ancestor(ctx, KtapParser::RuleRepeatStat);
    default:
      return false;
  }
}

// Called in every rule that an error passes through. Headers go on at their block, so that its statements are parsed;
// blocks that lack their closer end there; all else is left to the statement.
void ErrorStrategy::recover(Parser* parser, std::exception_ptr e) {
  auto* ctx = parser->getContext();
  switch (ctx->getRuleIndex()) {
    case KtapParser::RuleCond:
      if (static_cast<antlr4::RuleContext*>(ctx->parent)->getRuleIndex() == KtapParser::RuleRepeatStat) break;
      [[fallthrough]];
    case KtapParser::RuleForControl:
    case KtapParser::RuleParams:
    case KtapParser::RuleTraceHead:
    case KtapParser::RuleTimerHead:
      if (skip_to_block(parser)) return;
      break;
    case KtapParser::RuleBlock:
    case KtapParser::RuleHandler:
    case KtapParser::RuleDoStat:
    case KtapParser::RuleRepeatStat:
      if (ctx->children.size() == 2) return;  // opener and statements are there
      break;
    case KtapParser::RuleStat:
      skip_statement(parser, ctx->getStart()->getTokenIndex());
      return;
    default:
      break;
  }
  std::rethrow_exception(e);
}

// Skips to the '{' of the statement whose header is broken.
// Returns false, and skips nothing, if there is none.
bool ErrorStrategy::skip_to_block(Parser* parser) {
  auto* stream = parser->getTokenStream();
  const Token* from = parser->getCurrentToken();
  const Token* found = nullptr;
  const Token* before = from;
  uint32_t base = depth_at(parser->getContext()->getStart());
  for (size_t i = from->getTokenIndex(); i < stream->size(); ++i) {
    const Token* token = stream->get(i);
    if (token->getChannel() != Token::DEFAULT_CHANNEL) continue;
    size_t type = token->getType();
    if (type == KtapLexer::LBRACE || type == KtapLexer::HANDLER_LBRACE) {
      found = token;  // perhaps a table, if parentheses are open; the last one of the line counts
      if (depth_at(token) <= base) break;
    }
    bool is_end = type == Token::EOF || type == KtapLexer::SEMI || (is_statement_word(type) && token != from) ||
                  (type == KtapLexer::RBRACE && depth_at(token) < base) ||
                  (found != nullptr && on_different_lines(source_, before, token));
    if (is_end) break;
    before = token;
  }
  if (found == nullptr) return false;
  while (parser->getCurrentToken() != found) parser->consume();
  return true;
}

// Skips the rest of the statement that starts with token number `start`, at least one token.
void ErrorStrategy::skip_statement(Parser* parser, size_t start) {
  uint32_t base = depth_[start];
  for (;;) {
    const Token* token = parser->getCurrentToken();
    size_t type = token->getType();
    if (type == Token::EOF) break;
    uint32_t depth = depth_at(token);
    if (token->getTokenIndex() > start) {
      if (depth < base) break;
      if (depth == base && is_boundary(parser, token)) break;
    }
    parser->consume();
    if (depth == base && type == KtapLexer::SEMI) break;
  }
  endErrorCondition(parser);
}

bool ErrorStrategy::is_boundary(Parser* parser, const Token* token) const {
  size_t type = token->getType();
  if (is_statement_word(type)) return previous(parser)->getType() != KtapLexer::DOT;
  bool may_start = starts_statement(type) || type == KtapLexer::K_END || type == KtapLexer::K_UNTIL;
  return may_start && on_different_lines(source_, previous(parser), token);
}

uint32_t ErrorStrategy::depth_at(const Token* token) const {
  size_t i = token->getTokenIndex();
  return i < depth_.size() ? depth_[i] : 0;
}

// The next visible token before (-1) or after (1) `token`, or itself where there is none.
const Token* ErrorStrategy::visible(Parser* parser, const Token* token, int step) const {
  auto* stream = parser->getTokenStream();
  for (size_t i = token->getTokenIndex() + static_cast<size_t>(step); i < stream->size(); i += static_cast<size_t>(step)) {
    if (stream->get(i)->getChannel() == Token::DEFAULT_CHANNEL) return stream->get(i);
  }
  return token;
}

const Token* ErrorStrategy::previous(Parser* parser) const { return visible(parser, parser->getCurrentToken(), -1); }

}  // namespace kt2ko
