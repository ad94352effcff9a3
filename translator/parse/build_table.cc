// SPDX-License-Identifier: GPL-2.0
// Table constructors.
#include <fmt/format.h>

#include "parse/build_ast.h"

namespace kt2ko {

using antlr4::Token;

ast::Expr AstBuilder::table(P::TableContext* ctx) {
  Level level(this, 1, span_of(ctx));
  auto* node = make<ast::TableExpr>(ctx);
  if (too_deep_) return node;
  for (auto* c : ctx->field()) node->fields.push_back(field(c));
  return node;
}

ast::Field AstBuilder::field(P::FieldContext* ctx) {
  ast::Field out;
  out.span = span_of(ctx);
  if (ctx->exprList() != nullptr) {
    out.kind = ast::Field::Kind::kKeyed;
    out.keys = expr_list(ctx->exprList());
    out.value = expr(ctx->expr(0));
    return out;
  }
  if (ctx->ASSIGN() == nullptr) {
    out.value = expr(ctx->expr(0));
    return out;
  }
  out.kind = ast::Field::Kind::kNamed;
  auto name = field_name(ctx->expr(0));
  if (name) {
    out.name = *name;
  } else {
    Span span = span_of(ctx->expr(0));
    error(Code::KT1001, span, "'}' expected near '='",
          fmt::format("a key that is no plain name stands in brackets: [{}] = ...",
                      source_.text().substr(span.begin, span.end - span.begin)));
  }
  out.value = expr(ctx->expr(1));
  return out;
}

// The name before '='. The grammar allows any expression there; one word alone is right.
// Returns nullopt, without a message, for other expressions.
std::optional<ast::Name> AstBuilder::field_name(P::ExprContext* ctx) {
  if (is_broken(ctx) || ctx->getStart() != ctx->getStop()) return std::nullopt;
  const Token* token = ctx->getStart();
  ast::Name name{text_of(token), token_span(token)};
  if (token->getType() == P::NAME) return name;
  bool is_word = token->getType() >= P::TRACE && token->getType() <= P::RESERVED;
  if (!is_word) return std::nullopt;
  error(Code::KT1014, name.span, fmt::format("'{}' is a reserved word, it cannot be a name", name.text),
        fmt::format("write [\"{}\"] = ...", name.text));
  return name;
}

}  // namespace kt2ko
