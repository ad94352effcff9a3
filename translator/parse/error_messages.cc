// SPDX-License-Identifier: GPL-2.0
// What is said about a syntax error. Where to go on is in error_strategy.cc.
#include <fmt/format.h>

#include "parse/error_strategy.h"
#include "parse/prescan.h"
#include "parse/timer_units.h"

namespace kt2ko {

using antlr::KtapLexer;
using antlr::KtapParser;
using antlr4::Parser;
using antlr4::Token;

namespace {

constexpr size_t kMaxShown = 40;  // bytes of a token in a message

constexpr const char* kTraceHint = "write trace SYSTEM:EVENT { ... }, for example trace sched:sched_switch { ... }";

bool is_binary_operator(size_t type) {
  return (type >= KtapLexer::PLUS && type <= KtapLexer::OR && type != KtapLexer::VARARG) || type == KtapLexer::AMP ||
         type == KtapLexer::TILDE || type == KtapLexer::BARE_TEST;
}

bool is_literal(size_t type) {
  switch (type) {
    case KtapLexer::NUMBER:
    case KtapLexer::STRING:
    case KtapLexer::BAD_STRING:
    case KtapLexer::LONG_STRING:
    case KtapLexer::BAD_LONG:
    case KtapLexer::SYMBOL:
    case KtapLexer::BAD_SYMBOL:
    case KtapLexer::VARARG:
    case KtapLexer::K_NIL:
    case KtapLexer::K_TRUE:
    case KtapLexer::K_FALSE:
    case KtapLexer::NOT:
    case KtapLexer::MINUS:
      return true;
    default:
      return false;
  }
}

size_t opener_of(size_t closer) {
  switch (closer) {
    case KtapLexer::RPAREN: return KtapLexer::LPAREN;
    case KtapLexer::RBRACK: return KtapLexer::LBRACK;
    case KtapLexer::RBRACE: return KtapLexer::LBRACE;
    case KtapLexer::K_END: return KtapLexer::K_DO;
    case KtapLexer::K_UNTIL: return KtapLexer::K_REPEAT;
    case KtapLexer::FA_CLOSE: return KtapLexer::FA_DEREF;
    case KtapLexer::FILTER_CLOSE: return KtapLexer::FILTER_OPEN;
    default: return 0;
  }
}

std::string display(size_t type) {
  switch (type) {
    case KtapLexer::NAME: return "<name>";
    case KtapLexer::LPAREN: return "'('";
    case KtapLexer::RPAREN:
    case KtapLexer::FA_CLOSE: return "')'";
    case KtapLexer::RBRACK: return "']'";
    case KtapLexer::LBRACE:
    case KtapLexer::HANDLER_LBRACE: return "'{'";
    case KtapLexer::RBRACE: return "'}'";
    case KtapLexer::ASSIGN: return "'='";
    case KtapLexer::SEMI: return "';'";
    case KtapLexer::LABEL: return "'::'";
    case KtapLexer::K_END: return "'end'";
    case KtapLexer::K_UNTIL: return "'until'";
    case KtapLexer::K_IN: return "'in'";
    case KtapLexer::FILTER_CLOSE: return "'/'";
    default: return "";
  }
}

size_t rule_of(const antlr4::tree::ParseTree* tree) {
  if (tree == nullptr) return KtapParser::RuleScript;
  return static_cast<const antlr4::RuleContext*>(tree)->getRuleIndex();
}

// The event statement part an error stands in: the rule, or RuleScript if it stands in ordinary code.
size_t event_zone(const antlr4::ParserRuleContext* ctx) {
  const antlr4::tree::ParseTree* tree = ctx;
  bool is_body = rule_of(tree) == KtapParser::RuleBlock || rule_of(tree) == KtapParser::RuleHandler;
  if (is_body && ctx->children.empty()) tree = tree->parent;  // its '{' is missing
  for (; tree != nullptr; tree = tree->parent) {
    switch (size_t rule = rule_of(tree)) {
      case KtapParser::RuleBlock:
      case KtapParser::RuleHandler:
        return KtapParser::RuleScript;
      case KtapParser::RuleFilter:
      case KtapParser::RuleFetchArg:
      case KtapParser::RuleEventSpec:
      case KtapParser::RuleTraceHead:
      case KtapParser::RuleTraceStat:
      case KtapParser::RuleTraceEndStat:
      case KtapParser::RuleTimerHead:
      case KtapParser::RuleTimerStat:
        return rule;
      default:
        break;
    }
  }
  return KtapParser::RuleScript;
}

// The hint for a missing '{' or '('.
std::string header_hint(const antlr4::ParserRuleContext* ctx, const Token* token, size_t expected) {
  size_t rule = rule_of(ctx);
  if (expected == KtapLexer::LPAREN && rule == KtapParser::RuleCond) {
    return "the condition stands in parentheses: if (a && b) { ... }";
  }
  if (expected == KtapLexer::LPAREN && rule == KtapParser::RuleForControl) {
    return "write for (i = 1, 10) { ... } or for (k, v in pairs(t)) { ... }";
  }
  if (expected != KtapLexer::LBRACE) return "";
  if (is_binary_operator(token->getType())) return "the whole condition stands in one pair of parentheses";
  return "the body stands in braces: { ... }";
}

}  // namespace

Diag& ErrorStrategy::error(Code code, const Token* token, std::string message) {
  if (diags_.error_count() > Diags::kMaxErrors) throw TooManyErrors();
  return diags_.error(code, token_span(token), std::move(message));
}

std::string ErrorStrategy::near(const Token* token) const {
  if (token->getType() == Token::EOF) return " near '<eof>'";
  std::string_view text = token_text(source_, token);
  std::string out;
  for (char c : text.substr(0, kMaxShown)) {
    auto b = static_cast<unsigned char>(c);
    out += b < 0x20 || b >= 0x7F ? (c == '\n' ? "\\n" : fmt::format("\\x{:02x}", b)) : std::string(1, c);
  }
  if (text.size() > kMaxShown) out += "...";
  return fmt::format(" near '{}'", out);
}

// A token that the prescan has reported needs no second message.
static bool is_reported(const Token* token) {
  size_t type = token->getType();
  return type == KtapLexer::INVALID || type == KtapLexer::BAD_OP || type == KtapLexer::BAD_BRACKET;
}

// One certain token (or a few) is missing before `token`.
void ErrorStrategy::report_missing(Parser* parser, Token* token, const antlr4::misc::IntervalSet& expected) {
  if (is_reported(token) || report_event_error(parser, token) || report_reserved_field(parser, token)) return;
  size_t rule = rule_of(parser->getContext());
  size_t single = expected.size() == 1 ? static_cast<size_t>(expected.getMinElement()) : 0;
  std::string what = display(single);
  if (rule == KtapParser::RuleParams && parser->getContext()->children.size() == 1) {
    return report_unexpected(parser, token);  // an empty list so far
  }
  if (what.empty()) return report_unexpected(parser, token);
  if (opener_of(single) != 0) return report_closer(parser, token, single, what);
  Diag& d = error(Code::KT1001, token, what + " expected" + near(token));
  d.hint = header_hint(parser->getContext(), token, single);
  size_t parent = rule_of(parser->getContext()->parent);
  bool lacks_brace = single == KtapLexer::LBRACE;
  bare_if_ = bare_if_ || (lacks_brace && (parent == KtapParser::RuleIfStat || parent == KtapParser::RuleElseArm));
  if (token->getType() == KtapLexer::RESERVED && token_text(source_, token) == "then") {
    ++then_words_;
    d.hint = "the body stands in braces: { ... }";
  }
}

void ErrorStrategy::report_closer(Parser* parser, Token* token, size_t closer, const std::string& what) {
  const Token* opener = nullptr;
  for (auto* child : parser->getContext()->children) {
    auto* leaf = dynamic_cast<antlr4::tree::TerminalNode*>(child);
    if (leaf == nullptr) continue;
    size_t type = leaf->getSymbol()->getType();
    if (type == KtapLexer::HANDLER_LBRACE) type = KtapLexer::LBRACE;
    if (type == KtapLexer::STAT_PAREN) type = KtapLexer::LPAREN;
    if (type == opener_of(closer)) opener = leaf->getSymbol();
  }
  if (opener == nullptr || !on_different_lines(source_, opener, token)) {
    error(Code::KT1001, token, what + " expected" + near(token));
    return;
  }
  std::string_view open_text = token_text(source_, opener);
  uint32_t line = source_.place(token_span(opener).begin).at.line;
  error(Code::KT1001, token,
        fmt::format("{} expected (to close '{}' at line {}){}", what, open_text, line, near(token)))
      .notes.push_back({token_span(opener), fmt::format("this '{}' is not closed", open_text)});
}

// No alternative fits.
void ErrorStrategy::report_unexpected(Parser* parser, Token* token) {
  if (is_reported(token) || report_event_error(parser, token) || report_reserved_field(parser, token)) return;
  auto* ctx = parser->getContext();
  size_t rule = rule_of(ctx);
  const size_t before = visible(parser, token, -1)->getType();
  if (rule == KtapParser::RuleTable && before != KtapLexer::COMMA && before != KtapLexer::SEMI && before != KtapLexer::LBRACE)
    return report_closer(parser, token, KtapLexer::RBRACE, "',' or '}'");
  std::string message = "unexpected symbol";
  std::string hint;
  bool wants_name = rule == KtapParser::RuleVarStat || rule == KtapParser::RuleParams ||
                    (rule == KtapParser::RuleForHead && ctx->children.empty());
  if (wants_name && is_reserved_name(parser, token)) return report_reserved(parser, token);
  if (rule == KtapParser::RuleForHead) {
    message = ctx->children.empty()                ? "<name> expected"
              : ctx->children.size() < 3           ? "'=' or 'in' expected"
                                                   : "',' or ';' expected";
  } else if (rule == KtapParser::RuleVarStat) {
    message = "<name> expected";
  } else if (rule == KtapParser::RuleElseArm) {
    message = "'{' or 'if' expected";
  } else if (rule == KtapParser::RuleArgs || rule == KtapParser::RuleSuffix) {
    message = "function arguments expected";
  } else if (rule == KtapParser::RuleParams) {
    message = "<name> or '...' expected";
  } else if (rule == KtapParser::RuleExprStat || rule == KtapParser::RuleTarget) {
    message = "syntax error";
  } else if (token->getType() == KtapLexer::K_FUNCTION) {
    hint = "a function expression is written function (a, b) { ... }";
  }
  if (token->getType() == KtapLexer::RESERVED || token->getType() == KtapLexer::TIMER_WORD) {
    return report_reserved(parser, token);
  }
  error(Code::KT1001, token, message + near(token)).hint = hint;
}

// {end = 1}: here the parser sees a word that starts no expression.
bool ErrorStrategy::report_reserved_field(Parser* parser, Token* token) {
  if (event_zone(parser->getContext()) != KtapParser::RuleScript) return false;
  bool is_word = token->getType() >= KtapLexer::TRACE && token->getType() <= KtapLexer::RESERVED;
  size_t before = visible(parser, token, -1)->getType();
  bool in_table = before == KtapLexer::LBRACE || before == KtapLexer::COMMA || before == KtapLexer::SEMI;
  if (!is_word || !in_table || visible(parser, token, 1)->getType() != KtapLexer::ASSIGN) return false;
  report_reserved(parser, token, /*is_key=*/true);
  return true;
}

// Whether a reserved word stands where a name belongs, rather than being the start of the next statement.
bool ErrorStrategy::is_reserved_name(Parser* parser, const Token* token) const {
  size_t type = token->getType();
  bool is_word = (type >= KtapLexer::TRACE && type <= KtapLexer::RESERVED && type != KtapLexer::TIMER_HEAD) ||
                 type == KtapLexer::CALLED_EVENT_WORD || type == KtapLexer::RETURN_NOTHING;
  bool is_in = type == KtapLexer::K_IN && rule_of(parser->getContext()) == KtapParser::RuleForHead;
  return is_word && !is_in && !on_different_lines(source_, visible(parser, token, -1), token);
}

void ErrorStrategy::report_reserved(Parser* parser, Token* token, bool is_key) {
  std::string word(token_text(source_, token));
  size_t before = visible(parser, token, -1)->getType();
  Diag& d = error(Code::KT1014, token, fmt::format("'{}' is a reserved word, it cannot be a name", word));
  if (before == KtapLexer::DOT || before == KtapLexer::COLON) {
    d.hint = fmt::format("write t[\"{}\"]", word);
  } else if (is_key) {
    d.hint = fmt::format("write [\"{}\"] = ...", word);
  } else if (word == "goto") {
    d.hint = "there is no goto; use break, continue or a function";
  }
}

// time.profile { ... } and the like, from before the event statements.
bool ErrorStrategy::report_old_form(Parser* parser, Token* token) {
  std::string_view word = token_text(source_, token);
  if (previous(parser)->getType() != KtapLexer::DOT || token->getType() != KtapLexer::RESERVED) return false;
  if (word != "profile" && word != "tick" && word != "trace" && word != "trace_end") return false;
  const Token* object = parser->getTokenStream()->LT(-2);
  const Token* next = parser->getTokenStream()->LT(2);
  bool is_use = next->getType() == KtapLexer::LBRACE || next->getType() == KtapLexer::LPAREN ||
                next->getType() == KtapLexer::STRING;
  if (object == nullptr || !is_use) return false;
  beginErrorCondition(parser);
  std::string form = word == "trace" ? "trace SYSTEM:EVENT" : word == "trace_end" ? "trace_end" : "";
  if (form.empty()) form = fmt::format("{}-10ms", word);
  error(Code::KT3012, token, fmt::format("'{}.{}' is not a form of an event", token_text(source_, object), word)).hint =
      fmt::format("did you mean {} {{ ... }}?", form);
  return true;
}

// Errors between `trace`, `tick-`, `profile-`, `trace_end` and the handler's '{'.
// Returns false for errors elsewhere.
bool ErrorStrategy::report_event_error(Parser* parser, Token* token) {
  size_t type = token->getType();
  switch (event_zone(parser->getContext())) {
    case KtapParser::RuleFilter:
      if (type == KtapLexer::HANDLER_LBRACE || type == Token::EOF) {
        error(Code::KT3006, token, "'/' expected at the end of the filter" + near(token)).hint =
            "a filter stands between two slashes: trace a:b /x > 1/ { ... }";
      } else {
        error(Code::KT3006, token, "malformed filter: unexpected symbol" + near(token)).hint =
            "texts other than names and patterns stand in quotes: /comm == \"a-b\"/";
      }
      return true;
    case KtapParser::RuleFetchArg:
      report_fetch_error(token);
      return true;
    case KtapParser::RuleEventSpec:
    case KtapParser::RuleTraceHead:
    case KtapParser::RuleTraceStat:
      report_trace_error(parser, token);
      return true;
    case KtapParser::RuleTraceEndStat: {
      bool old = type == KtapLexer::LPAREN || type == KtapLexer::K_FUNCTION;
      error(old ? Code::KT3012 : Code::KT1001, token, "'{' expected after 'trace_end'" + near(token)).hint =
          "write trace_end { ... }";
      return true;
    }
    case KtapParser::RuleTimerHead: {
      bool no_number = rule_of(parser->getContext()) == KtapParser::RuleTimerHead &&
                       parser->getContext()->children.size() < 2;
      error(Code::KT3002, token, (no_number ? "number expected" : "unit expected") + near(token)).hint =
          std::string("an interval is a whole number and a unit: ") + kTimerUnitList;
      return true;
    }
    case KtapParser::RuleTimerStat:
      error(Code::KT3002, token, "'{' expected after the interval" + near(token)).hint = "write tick-10ms { ... }";
      return true;
    default:
      return false;
  }
}

// What the kernel's notation has and ours has not is named.
void ErrorStrategy::report_fetch_error(Token* token) {
  std::string_view text = token_text(source_, token);
  if (text == "[")
    error(Code::KT3004, token, "a fetch argument is no array").hint =
        "fetch the elements: a0=+0(X):u32 a1=+4(X):u32, or read them in the handler";
  else if (text == "\\")
    error(Code::KT3004, token, "a fetch argument is no constant").hint = "write the constant in the handler";
  else
    error(Code::KT3004, token, "malformed fetch argument" + near(token)).hint =
        "write NAME=%REG, NAME=+8(%REG):string, NAME=@SYMBOL, NAME=$stack1 or NAME=$retval";
}

void ErrorStrategy::report_trace_error(Parser* parser, Token* token) {
  size_t type = token->getType();
  std::string_view text = token_text(source_, token);
  size_t before = previous(parser)->getType();
  if (before == KtapLexer::TRACE && (text == "\"" || text == "'")) {
    error(Code::KT3012, token, "events are not quoted").hint = kTraceHint;
  } else if (before == KtapLexer::TRACE) {
    error(Code::KT3001, token, "event expected after 'trace'" + near(token)).hint = kTraceHint;
  } else if (before == KtapLexer::EV_COMMA) {
    error(Code::KT3001, token, "event expected after ','" + near(token)).hint = kTraceHint;
  } else if (before == KtapLexer::PROBE_HEAD || before == KtapLexer::EV_PATH || before == KtapLexer::SDT_HEAD) {
    error(Code::KT3001, token, "symbol expected" + near(token)).hint =
        "write probe:SYMBOL, probe:PATH:SYMBOL or sdt:PATH:MARKER";
  } else if (type == KtapLexer::FA_WORD || text == "(" || text == ")" ||
             (type == KtapLexer::EV_BAD && before == KtapLexer::FA_TYPE)) {
    report_fetch_error(token);
  } else if (before == KtapLexer::EV_WORD && rule_of(parser->getContext()) == KtapParser::RuleEventSpec) {
    error(Code::KT3001, token, "':' expected after the system's name" + near(token)).hint = kTraceHint;
  } else if (before == KtapLexer::EV_COLON) {
    error(Code::KT3001, token, "event name expected" + near(token)).hint = kTraceHint;
  } else {
    error(Code::KT3001, token, "'{' expected after the event" + near(token)).hint = kTraceHint;
  }
}

// `token` cannot start a statement.
void ErrorStrategy::report_statement_start(Parser* parser, Token* token) {
  size_t type = token->getType();
  if (is_reported(token)) return;
  const Token* before = previous(parser);
  bool same_line = before != token && !on_different_lines(source_, before, token);
  std::string_view text = token_text(source_, token);
  if (then_words_ > 0 && type == KtapLexer::K_END) {
    --then_words_;
    return;
  }
  if (bare_if_ && (type == KtapLexer::K_ELSE || type == KtapLexer::K_ELSEIF)) return;
  if (type == KtapLexer::TIMER_WORD) {
    error(Code::KT3002, token, fmt::format("'-' expected after '{}'", text)).hint =
        fmt::format("write {}-10ms {{ ... }}", text);
  } else if (type == KtapLexer::RESERVED) {
    report_reserved(parser, token);
  } else if (type == KtapLexer::LBRACE) {
    error(Code::KT1001, token, "unexpected symbol" + near(token)).hint = "a block of its own is written do ... end";
  } else if (same_line ? is_binary_operator(type) : is_literal(type)) {
    error(Code::KT1008, token, "an expression is not a statement" + near(token)).hint =
        "call a function or assign the value";
  } else {
    Diag& d = error(Code::KT1001, token, "unexpected symbol" + near(token));
    if (type == KtapLexer::RBRACE || type == KtapLexer::K_END) d.hint = "nothing is open here that it could close";
    if (type == KtapLexer::K_ELSE || type == KtapLexer::K_ELSEIF) d.hint = "it stands right after the '}' of an if";
  }
}

}  // namespace kt2ko
