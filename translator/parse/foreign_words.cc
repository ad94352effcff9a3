// SPDX-License-Identifier: GPL-2.0
#include "parse/foreign_words.h"

#include <fmt/format.h>

#include <set>

#include "parse/prescan.h"

namespace kt2ko {

using antlr::KtapLexer;
using antlr4::CommonToken;
using antlr4::Token;

namespace {

struct Foreign {
  std::string_view text;
  size_t counterpart;  // token type, 0: none
  const char* hint;
};

constexpr const char* kNoBits = "there are no bit operators; '&' and '~' exist in event filters";

constexpr Foreign kOperators[] = {
    {"^", KtapLexer::STAR, "there is no power operator; multiply"},
    {"**", KtapLexer::STAR, "there is no power operator; multiply"},
    {"&", KtapLexer::STAR, "ktap writes '&&' for and; bits can be tested in event filters: /flags & 1/"},
    {"|", KtapLexer::OR, "ktap writes '||' for or; there are no bit operators"},
    {"~", KtapLexer::EQ, "patterns can be matched in event filters: /comm ~ \"bash*\"/"},
    {"?", 0, "write cond && a || b"},
    {"<<", KtapLexer::STAR, kNoBits},
    {">>", KtapLexer::SLASH, kNoBits},
    {"<<<", KtapLexer::PLUS_ASSIGN, "count with t[key] += 1"},
    {"++", 0, "write i += 1"},
    {"->", KtapLexer::DOT, "members are written with '.'"},
    {"=>", KtapLexer::ASSIGN, "table items are written key = value"},
    {"~=", KtapLexer::NE, "ktap writes '!='"},
    {"<>", KtapLexer::NE, "ktap writes '!='"},
    {"===", KtapLexer::EQ, "ktap writes '=='"},
    {"!==", KtapLexer::NE, "ktap writes '!='"},
    {"*=", KtapLexer::ASSIGN, "write a = a * b"},
    {"/=", KtapLexer::ASSIGN, "write a = a / b"},
    {"%=", KtapLexer::ASSIGN, "write a = a % b"},
    {"..=", KtapLexer::ASSIGN, "write a = a .. b"},
    {"^=", KtapLexer::ASSIGN, kNoBits},
    {"&=", KtapLexer::ASSIGN, kNoBits},
    {"|=", KtapLexer::ASSIGN, kNoBits},
};

bool ends_operand(size_t type) {
  switch (type) {
    case KtapLexer::NAME:
    case KtapLexer::NUMBER:
    case KtapLexer::STRING:
    case KtapLexer::LONG_STRING:
    case KtapLexer::SYMBOL:
    case KtapLexer::EVENT_WORD:
    case KtapLexer::K_NIL:
    case KtapLexer::K_TRUE:
    case KtapLexer::K_FALSE:
    case KtapLexer::VARARG:
    case KtapLexer::RPAREN:
    case KtapLexer::RBRACK:
    case KtapLexer::RBRACE:
      return true;
    default:
      return false;
  }
}

bool starts_operand(size_t type) {
  switch (type) {
    case KtapLexer::NAME:
    case KtapLexer::FFI:
    case KtapLexer::NUMBER:
    case KtapLexer::STRING:
    case KtapLexer::LONG_STRING:
    case KtapLexer::SYMBOL:
    case KtapLexer::EVENT_WORD:
    case KtapLexer::K_NIL:
    case KtapLexer::K_TRUE:
    case KtapLexer::K_FALSE:
    case KtapLexer::LPAREN:
    case KtapLexer::NOT:
    case KtapLexer::MINUS:
      return true;
    default:
      return false;
  }
}

class Mender {
 public:
  Mender(const Source& source, const std::vector<Token*>& tokens, Diags& diags)
      : source_(source), tokens_(tokens), diags_(diags) {}

  void run() {
    find_declared();
    for (size_t i = 0; i < tokens_.size(); ++i) {
      size_t type = tokens_[i]->getType();
      if (type == KtapLexer::BAD_OP) {
        mend_operator(tokens_[i]);
      } else if (type == KtapLexer::NAME) {
        mend_word(i);
      }
    }
  }

 private:
  // `and`, `or`, `not`, `local` and `elif` are ordinary names: a script that declares one means its own.
  void find_declared() {
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i]->getType() != KtapLexer::NAME || !is_word(text(i))) continue;
      size_t before = type_at(i, -1);
      size_t after = type_at(i, 1);
      bool is_list_item = (before == KtapLexer::LPAREN || before == KtapLexer::COMMA) &&
                          (after == KtapLexer::COMMA || after == KtapLexer::RPAREN || after == KtapLexer::K_IN);
      if (before == KtapLexer::K_VAR || before == KtapLexer::K_FUNCTION || after == KtapLexer::ASSIGN || is_list_item) {
        declared_.insert(text(i));
      }
    }
  }

  void mend_operator(Token* token) {
    std::string_view op = token_text(source_, token);
    for (const Foreign& row : kOperators) {
      if (row.text != op) continue;
      report(token, row.hint);
      if (row.counterpart != 0) static_cast<CommonToken*>(token)->setType(row.counterpart);
      return;
    }
  }

  void mend_word(size_t i) {
    std::string_view word = text(i);
    if (!is_word(word) || declared_.count(word) != 0) return;
    Token* token = tokens_[i];
    bool before = i > 0 && ends_operand(type_at(i, -1));
    bool same_line_after = i + 1 < tokens_.size() && !on_different_lines(source_, token, tokens_[i + 1]);
    size_t after = type_at(i, 1);
    auto* common = static_cast<CommonToken*>(token);
    if ((word == "and" || word == "or") && before && starts_operand(after)) {
      report(token, word == "and" ? "ktap writes '&&' for and" : "ktap writes '||' for or");
      common->setType(word == "and" ? KtapLexer::AND : KtapLexer::OR);
    } else if (word == "not" && starts_operand(after) && same_line_after) {
      report(token, "ktap writes '!' for not");
      common->setType(KtapLexer::NOT);
    } else if (word == "local" && same_line_after && (after == KtapLexer::NAME || after == KtapLexer::K_FUNCTION)) {
      report(token, "ktap writes 'var' for local");
      common->setType(KtapLexer::K_VAR);
    } else if ((word == "elif" || word == "elsif") && type_at(i, -1) == KtapLexer::RBRACE && after == KtapLexer::LPAREN) {
      report(token, "ktap writes 'elseif'");
      common->setType(KtapLexer::K_ELSEIF);
    }
  }

  void report(const Token* token, const char* hint) {
    diags_.error(Code::KT1017, token_span(token), fmt::format("ktap has no '{}'", token_text(source_, token))).hint =
        hint;
  }

  static bool is_word(std::string_view word) {
    return word == "and" || word == "or" || word == "not" || word == "local" || word == "elif" || word == "elsif";
  }
  std::string_view text(size_t i) const { return token_text(source_, tokens_[i]); }
  size_t type_at(size_t i, int step) const {
    size_t at = i + static_cast<size_t>(step);
    return at < tokens_.size() ? tokens_[at]->getType() : 0;
  }

  const Source& source_;
  const std::vector<Token*>& tokens_;
  Diags& diags_;
  std::set<std::string_view> declared_;
};

}  // namespace

void mend_foreign_words(const Source& source, const std::vector<Token*>& tokens, Diags& diags) {
  Mender(source, tokens, diags).run();
}

}  // namespace kt2ko
