// SPDX-License-Identifier: GPL-2.0
// Expressions. The grammar gives flat chains; precedence is applied here.
#include <fmt/format.h>

#include "parse/build_ast.h"
#include "parse/literals.h"
#include "parse/prescan.h"

namespace kt2ko {

using antlr4::Token;
using antlr4::tree::TerminalNode;

namespace {

using P = antlr::KtapParser;

struct Operator {
  size_t token;
  ast::BinaryOp op;
  int level;  // higher binds tighter
};

constexpr int kConcatLevel = 5;  // the one that associates to the right

constexpr Operator kOperators[] = {
    {P::OR, ast::BinaryOp::kOr, 1},       {P::AND, ast::BinaryOp::kAnd, 2},   {P::EQ, ast::BinaryOp::kEq, 3},
    {P::NE, ast::BinaryOp::kNe, 3},       {P::LT, ast::BinaryOp::kLt, 3},     {P::LE, ast::BinaryOp::kLe, 3},
    {P::GT, ast::BinaryOp::kGt, 3},       {P::GE, ast::BinaryOp::kGe, 3},     {P::TILDE, ast::BinaryOp::kGlob, 3},
    {P::AMP, ast::BinaryOp::kBitAnd, 4},  {P::CONCAT, ast::BinaryOp::kConcat, kConcatLevel},
    {P::PLUS, ast::BinaryOp::kAdd, 6},    {P::MINUS, ast::BinaryOp::kSub, 6}, {P::STAR, ast::BinaryOp::kMul, 7},
    {P::SLASH, ast::BinaryOp::kDiv, 7},   {P::PERCENT, ast::BinaryOp::kMod, 7},
};

int level_of(ast::BinaryOp op) {
  for (const auto& row : kOperators) {
    if (row.op == op) return row.level;
  }
  return 0;
}

// Turns operand, operator, operand, ... into a tree, without recursion.
class Chain {
 public:
  Chain(Arena* arena, ast::Expr first) : arena_(arena) { operands_.push_back(first); }

  void add(ast::BinaryOp op, Span op_span, ast::Expr operand) {
    int level = level_of(op);
    while (!operators_.empty() && (level_of(operators_.back().op) > level ||
                                   (level_of(operators_.back().op) == level && level != kConcatLevel))) {
      reduce();
    }
    operators_.push_back({op, op_span});
    operands_.push_back(operand);
  }

  ast::Expr finish() {
    while (!operators_.empty()) reduce();
    return operands_.back();
  }

 private:
  struct Pending {
    ast::BinaryOp op;
    Span span;
  };

  void reduce() {
    auto* node = arena_->make<ast::BinaryExpr>();
    node->op = operators_.back().op;
    node->op_span = operators_.back().span;
    operators_.pop_back();
    node->rhs = operands_.back();
    operands_.pop_back();
    node->lhs = operands_.back();
    node->span = {ast::span_of(node->lhs).begin, ast::span_of(node->rhs).end};
    operands_.back() = node;
  }

  Arena* arena_;
  std::vector<ast::Expr> operands_;
  std::vector<Pending> operators_;
};


}  // namespace

ast::Expr AstBuilder::placeholder(Span span) { return make<ast::NilExpr>(span); }

std::vector<ast::Expr> AstBuilder::expr_list(P::ExprListContext* ctx) {
  std::vector<ast::Expr> out;
  for (auto* child : ctx->children) {
    if (auto* c = dynamic_cast<P::ExprContext*>(child)) out.push_back(expr(c));
  }
  return out;
}

ast::Expr AstBuilder::expr(P::ExprContext* ctx) {
  auto& parts = ctx->children;
  if (is_broken(ctx) || parts.empty()) return placeholder({});
  Level level(this, parts.size() / 2 + 1, span_of(ctx));
  if (too_deep_) return placeholder(span_of(ctx));
  Chain chain(&arena_, operand(static_cast<P::OperandContext*>(parts[0])));
  size_t concats = 0;
  for (size_t i = 1; i < parts.size(); ++i) {
    if (auto* leaf = dynamic_cast<TerminalNode*>(parts[i])) {  // BARE_TEST
      ast::BinaryOp op{};
      Span op_span;
      ast::Expr text = bare_text(leaf->getSymbol(), &op, &op_span);
      chain.add(op, op_span, text);
      continue;
    }
    auto* op_ctx = static_cast<P::BinaryOpContext*>(parts[i]);
    const Token* token = op_ctx->getStart();
    ast::BinaryOp op{};
    for (const auto& row : kOperators) {
      if (row.token == token->getType()) op = row.op;
    }
    concats += op == ast::BinaryOp::kConcat;
    ++i;
    chain.add(op, token_span(token), operand(static_cast<P::OperandContext*>(parts[i])));
  }
  if (concats > kMaxNesting && !too_deep_) {
    too_deep_ = true;
    error(Code::KT4002, span_of(ctx), fmt::format("at most {} '..' in one expression", kMaxNesting),
          "split it with a variable");
  }
  return chain.finish();
}

// -a, !a, --a: the operators stand in front of the primary in one flat list.
ast::Expr AstBuilder::operand(P::OperandContext* ctx) {
  auto& parts = ctx->children;
  size_t n = parts.size() - 1;
  if (n > kMaxNesting && !too_deep_) {
    too_deep_ = true;
    error(Code::KT4002, span_of(ctx), fmt::format("nesting is too deep: at most {} levels", kMaxNesting));
  }
  Level level(this, n, span_of(ctx));
  if (too_deep_) return placeholder(span_of(ctx));
  ast::Expr e = primary(static_cast<P::PrimaryContext*>(parts[n]));
  while (n-- > 0) {
    const Token* token = static_cast<TerminalNode*>(parts[n])->getSymbol();
    auto* node = make<ast::UnaryExpr>(Span{token_span(token).begin, ast::span_of(e).end});
    node->op = token->getType() == P::NOT ? ast::UnaryOp::kNot : ast::UnaryOp::kNeg;
    node->operand = e;
    e = node;
  }
  return e;
}

ast::Expr AstBuilder::primary(P::PrimaryContext* ctx) {
  if (auto* c = ctx->suffixed()) return suffixed(c);
  if (auto* c = ctx->literal()) return literal(c);
  if (auto* c = ctx->table()) return table(c);
  auto* node = make<ast::FunctionExpr>(ctx);
  node->body = function_body(ctx->funcBody());
  return node;
}

ast::Expr AstBuilder::literal(P::LiteralContext* ctx) {
  if (auto* c = ctx->string()) return string(c);
  const Token* token = ctx->getStart();
  switch (token->getType()) {
    case P::K_TRUE:
    case P::K_FALSE: {
      auto* node = make<ast::BoolExpr>(ctx);
      node->value = token->getType() == P::K_TRUE;
      return node;
    }
    case P::NUMBER: {
      auto* node = make<ast::NumberExpr>(ctx);
      node->value = parse_number(token_text(source_, token)).value_or(0);  // prescan has reported a malformed one
      return node;
    }
    case P::VARARG:
      if (!function().is_vararg) {
        error(Code::KT1013, span_of(ctx), "cannot use '...' outside a vararg function",
              "declare it: function f(...) { ... }");
      }
      return make<ast::VarargExpr>(ctx);
    case P::EVENT_WORD:
      return event_word(token);
    case P::SYMBOL:
    case P::BAD_SYMBOL: {
      auto* node = make<ast::SymbolExpr>(ctx);
      std::string_view text = token_text(source_, token);
      node->name = std::string(text.size() > 2 ? text.substr(1, text.size() - 2) : "");
      return node;
    }
    default:
      return make<ast::NilExpr>(ctx);
  }
}

ast::Expr AstBuilder::event_word(const Token* token) {
  auto* node = make<ast::EventWordExpr>(token_span(token));
  std::string_view word = token_text(source_, token);
  static constexpr std::pair<std::string_view, ast::EventWord> kWords[] = {
      {"argstr", ast::EventWord::kArgstr}, {"probename", ast::EventWord::kProbename}, {"pid", ast::EventWord::kPid},
      {"tid", ast::EventWord::kTid},       {"uid", ast::EventWord::kUid},             {"cpu", ast::EventWord::kCpu},
      {"execname", ast::EventWord::kExecname},
  };
  node->arg = word.back() - '0';
  for (const auto& [text, value] : kWords) {
    if (text != word) continue;
    node->word = value;
    node->arg = 0;
  }
  return node;
}

ast::StringExpr* AstBuilder::string_expr(Span span, std::string bytes) {
  auto* node = make<ast::StringExpr>(span);
  node->bytes = std::move(bytes);
  return node;
}

ast::Expr AstBuilder::string(P::StringContext* ctx) {
  std::string bytes;
  decode_string(token_text(source_, ctx->getStart()), &bytes);  // prescan has reported its errors
  return string_expr(span_of(ctx), std::move(bytes));
}

// A target or a suffixed expression: the first part, then its suffixes.
ast::Expr AstBuilder::suffixed(antlr4::ParserRuleContext* ctx) {
  auto suffixes = ctx->getRuleContexts<P::SuffixContext>();
  Level level(this, suffixes.size(), span_of(ctx));
  if (too_deep_) return placeholder(span_of(ctx));
  const Token* head = ctx->getStart();
  ast::Expr e;
  if (head->getType() == P::LPAREN || head->getType() == P::STAT_PAREN) {
    auto* close = static_cast<TerminalNode*>(ctx->children[2]);
    auto* node = make<ast::ParenExpr>(Span{token_span(head).begin, token_span(close->getSymbol()).end});
    node->inner = expr(ctx->getRuleContext<P::ExprContext>(0));
    e = node;
  } else if (head->getType() == P::NAME || head->getType() == P::FFI) {
    auto* node = make<ast::NameExpr>(token_span(head));
    node->name = text_of(head);
    e = node;
  } else {
    e = event_word(head);
    check_called_word(head, suffixes);
  }
  for (auto* c : suffixes) e = suffix(e, c);
  return e;
}

void AstBuilder::check_called_word(const Token* word, const std::vector<P::SuffixContext*>& suffixes) {
  if (suffixes.empty()) return;
  std::string text = text_of(word);
  bool is_call = suffixes[0]->args() != nullptr && suffixes[0]->COLON() == nullptr;
  error(Code::KT1023, token_span(word), fmt::format("'{}' is a value, it cannot be {}", text, is_call ? "called" : "indexed"),
        is_call ? fmt::format("write {} without parentheses", text) : "");
}

ast::Expr AstBuilder::suffix(ast::Expr object, P::SuffixContext* ctx) {
  Span span{ast::span_of(object).begin, span_of(ctx).end};
  if (ctx->COLON() != nullptr) {
    auto* node = make<ast::MethodCallExpr>(span);
    node->object = object;
    node->method = name_of(ctx->NAME());
    node->args = args(ctx->args());
    return node;
  }
  if (ctx->args() != nullptr) {
    auto* node = make<ast::CallExpr>(span);
    node->callee = object;
    node->args = args(ctx->args());
    return node;
  }
  auto* node = make<ast::IndexExpr>(span);
  node->object = object;
  if (ctx->DOT() != nullptr) {
    const Token* name = ctx->NAME()->getSymbol();
    node->is_member = true;
    node->keys.emplace_back(string_expr(token_span(name), text_of(name)));
  } else {
    node->keys = expr_list(ctx->exprList());
  }
  return node;
}

std::vector<ast::Expr> AstBuilder::args(P::ArgsContext* ctx) {
  if (auto* c = ctx->table()) return {table(c)};
  if (auto* c = ctx->string()) return {string(c)};
  check_call_line(ctx);
  return ctx->exprList() != nullptr ? expr_list(ctx->exprList()) : std::vector<ast::Expr>{};
}

// A '(' on a new line may be meant as the start of the next statement.
void AstBuilder::check_call_line(P::ArgsContext* ctx) {
  const Token* paren = ctx->getStart();
  const Token* before = visible_before(paren);
  if (before == nullptr || !on_different_lines(source_, before, paren)) return;
  error(Code::KT1007, token_span(paren), "ambiguous syntax (function call x new statement)",
        "move the '(' to the line before, or end the statement there with ';'");
}

// One token of a filter: an operator and the unquoted text right of it.
ast::Expr AstBuilder::bare_text(const Token* token, ast::BinaryOp* op, Span* op_span) {
  std::string_view text = token_text(source_, token);
  Span span = token_span(token);
  uint32_t op_length = text[0] == '~' ? 1 : 2;
  *op = text[0] == '~' ? ast::BinaryOp::kGlob : text[0] == '=' ? ast::BinaryOp::kEq : ast::BinaryOp::kNe;
  *op_span = {span.begin, span.begin + op_length};
  auto begin = static_cast<uint32_t>(text.find_first_not_of(" \t\v\f\r\n", op_length));
  std::string_view words = text.substr(begin);
  for (size_t at = 0; at < words.size();) {
    size_t end = std::min(words.find_first_of(" \t\v\f\r\n", at), words.size());
    std::string_view word = words.substr(at, end - at);
    if (at > 0 && (word == "and" || word == "or" || word == "not")) {
      auto word_begin = static_cast<uint32_t>(span.begin + begin + at);
      error(Code::KT1017, {word_begin, word_begin + static_cast<uint32_t>(word.size())},
            fmt::format("ktap has no '{}'", word), "write && for and, || for or, ! for not");
      break;
    }
    at = std::min(words.find_first_not_of(" \t\v\f\r\n", end), words.size());
  }
  return string_expr({span.begin + begin, span.end}, std::string(words));
}

}  // namespace kt2ko
