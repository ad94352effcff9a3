// SPDX-License-Identifier: GPL-2.0
#include "parse/prescan.h"

#include <fmt/format.h>

#include <set>
#include <string>

#include "parse/bracket_stack.h"
#include "parse/foreign_words.h"
#include "parse/literals.h"

namespace kt2ko {

using antlr::KtapLexer;
using antlr4::CommonToken;
using antlr4::Token;

namespace {

std::string byte_text(std::string_view text) {
  auto b = static_cast<unsigned char>(text[0]);
  return b >= 0x20 && b < 0x7F ? fmt::format("'{}'", text) : fmt::format("byte 0x{:02x}", b);
}

bool is_symbol_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '.' || c == '$';
}

// Checks what stands in one token.
class TokenCheck {
 public:
  TokenCheck(const Source& source, Diags& diags) : source_(source), diags_(diags) {}

  void check(const Token* token) {
    std::string_view text = token_text(source_, token);
    Span span = token_span(token);
    switch (token->getType()) {
      case KtapLexer::NUMBER:
        if (!parse_number(text) && !after_timer_word()) number(text, span);
        break;
      case KtapLexer::STRING:
      case KtapLexer::BAD_STRING:
      case KtapLexer::LONG_STRING:
        string(text, span);
        break;
      case KtapLexer::BAD_LONG:
        diags_.error(Code::KT1004, {span.begin, span.begin + 2},
                     text[0] == '-' ? "unfinished long comment" : "unfinished long string");
        break;
      case KtapLexer::BAD_BRACKET:
        diags_.error(Code::KT1006, span, fmt::format("invalid long string delimiter near '{}'", text));
        break;
      case KtapLexer::SYMBOL:
      case KtapLexer::BAD_SYMBOL:
        symbol(text, span);
        break;
      case KtapLexer::BAD_COMMENT:
        diags_.error(Code::KT1017, {span.begin, span.begin + 2}, fmt::format("'{}' is no comment", text.substr(0, 2)))
            .hint = "comments start with '#'";
        break;
      case KtapLexer::INVALID:
        diags_.error(Code::KT1021, span, "invalid character: " + byte_text(text));
        break;
      default:
        break;
    }
    if (token->getChannel() == Token::DEFAULT_CHANNEL) {
      before_last_ = last_;
      last_ = token->getType();
    }
  }

 private:
  // `tick 10ms` and `tick + 10ms` lack their '-', which the parser reports.
  bool after_timer_word() const { return last_ == KtapLexer::TIMER_WORD || before_last_ == KtapLexer::TIMER_WORD; }

  void number(std::string_view text, Span span) {
    Diag& d = diags_.error(Code::KT1002, span, fmt::format("malformed number near '{}'", text.substr(0, 40)));
    if (text.find("..") != std::string_view::npos) {
      d.hint = "put blanks around '..'";
    } else if (text.find('.') != std::string_view::npos) {
      d.hint = "numbers are integers";
    } else if (text.size() > 1 && text[0] == '0' && text.find_first_not_of("0123456789") == std::string_view::npos) {
      d.hint = "a leading 0 makes a number octal";
    }
  }

  void string(std::string_view text, Span span) {
    std::string bytes;
    auto error = decode_string(text, &bytes);
    if (!error) return;
    Span where{span.begin + static_cast<uint32_t>(error->begin), span.begin + static_cast<uint32_t>(error->end)};
    diags_.error(error->code, where, error->message);
  }

  void symbol(std::string_view text, Span span) {
    if (text.size() < 2 || text.back() != '`') {
      diags_.error(Code::KT1003, span, "unfinished symbol name: '`' expected");
      return;
    }
    std::string_view name = text.substr(1, text.size() - 2);
    if (name.empty()) {
      diags_.error(Code::KT1025, span, "empty symbol name");
      return;
    }
    for (char c : name) {
      if (is_symbol_char(c)) continue;
      diags_.error(Code::KT1025, span, "malformed symbol name: " + byte_text({&c, 1}) + " cannot be part of it");
      return;
    }
  }

  const Source& source_;
  Diags& diags_;
  size_t last_ = 0;  // types of the last visible tokens
  size_t before_last_ = 0;
};

// What can start an expression: `return` in front of anything else returns nothing.
bool starts_expression(size_t type) {
  switch (type) {
    case KtapLexer::NAME:
    case KtapLexer::FFI:
    case KtapLexer::LPAREN:
    case KtapLexer::NUMBER:
    case KtapLexer::STRING:
    case KtapLexer::BAD_STRING:
    case KtapLexer::LONG_STRING:
    case KtapLexer::BAD_LONG:
    case KtapLexer::SYMBOL:
    case KtapLexer::BAD_SYMBOL:
    case KtapLexer::EVENT_WORD:
    case KtapLexer::CALLED_EVENT_WORD:
    case KtapLexer::VARARG:
    case KtapLexer::NOT:
    case KtapLexer::MINUS:
    case KtapLexer::LBRACE:
    case KtapLexer::K_NIL:
    case KtapLexer::K_TRUE:
    case KtapLexer::K_FALSE:
    case KtapLexer::K_FUNCTION:
      return true;
    default:
      return false;
  }
}

bool is_call_start(size_t type) {
  return type == KtapLexer::LPAREN || type == KtapLexer::LBRACK || type == KtapLexer::DOT || type == KtapLexer::COLON;
}

// Gives the two tokens that depend on their successor their final type.
void settle_by_successor(const Source& source, Token* token, const Token* next) {
  auto* common = static_cast<CommonToken*>(token);
  if (token->getType() == KtapLexer::EVENT_WORD && is_call_start(next->getType()) &&
      !on_different_lines(source, token, next)) {
    common->setType(KtapLexer::CALLED_EVENT_WORD);
  } else if (token->getType() == KtapLexer::K_RETURN && !starts_expression(next->getType())) {
    common->setType(KtapLexer::RETURN_NOTHING);
  }
}

std::vector<Token*> visible(const std::vector<Token*>& tokens) {
  std::vector<Token*> out;
  for (Token* token : tokens) {
    if (token->getChannel() == Token::DEFAULT_CHANNEL) out.push_back(token);
  }
  return out;
}

}  // namespace

bool on_different_lines(const Source& source, const Token* a, const Token* b) {
  Span from = token_span(a);
  Span to = token_span(b);
  if (to.begin <= from.end) return false;
  return source.text().substr(from.end, to.begin - from.end).find_first_of("\n\r") != std::string_view::npos;
}

Prescan prescan(const Source& source, const std::vector<Token*>& tokens, Diags& diags) {
  Prescan result;
  result.depth.reserve(tokens.size());
  BracketStack brackets;
  TokenCheck check(source, diags);
  for (const Token* token : tokens) {
    check.check(token);
    result.depth.push_back(brackets.step(token->getType()));
    if (brackets.size() > kMaxNesting) {
      diags.error(Code::KT4002, token_span(token), fmt::format("nesting is too deep: at most {} levels", kMaxNesting));
      return result;
    }
    if (diags.error_count() > Diags::kMaxErrors) return result;
  }
  std::vector<Token*> words = visible(tokens);
  mend_foreign_words(source, words, diags);
  for (size_t i = 0; i + 1 < words.size(); ++i) settle_by_successor(source, words[i], words[i + 1]);
  result.ok = diags.error_count() <= Diags::kMaxErrors;
  return result;
}

}  // namespace kt2ko
