// SPDX-License-Identifier: GPL-2.0
// Statements.
#include <fmt/format.h>

#include "parse/build_ast.h"
#include "parse/prescan.h"

namespace kt2ko {

using antlr4::Token;

ast::Script* AstBuilder::script(P::ScriptContext* ctx) {
  functions_.push_back({/*is_vararg=*/true, 0, {}});
  auto* script = arena_.make<ast::Script>();
  script->block = chunk(ctx->chunk());
  functions_.pop_back();
  return script;
}

ast::Block* AstBuilder::chunk(P::ChunkContext* ctx) {
  auto* block = arena_.make<ast::Block>();
  if (ctx == nullptr) return block;
  block->span = span_of(ctx);
  function().labels.emplace_back();
  bool after_stat = false;
  bool is_whole = true;
  for (auto* child : ctx->children) {
    if (auto* stat_ctx = dynamic_cast<P::StatContext*>(child)) {
      is_whole = is_whole && !is_broken(stat_ctx);
      auto built = stat(stat_ctx);
      if (built) block->stmts.push_back(*built);
      after_stat = true;
    } else if (auto* leaf = dynamic_cast<antlr4::tree::TerminalNode*>(child);
               leaf != nullptr && leaf->getSymbol()->getType() == P::SEMI) {
      if (!after_stat) block->stmts.emplace_back(make<ast::EmptyStmt>(token_span(leaf->getSymbol())));
      after_stat = false;
    }
  }
  function().labels.pop_back();
  if (is_whole) check_return_is_last(*block);  // what follows may have lost its own block
  return block;
}

void AstBuilder::check_return_is_last(const ast::Block& block) {
  for (size_t i = 0; i < block.stmts.size(); ++i) {
    if (!std::holds_alternative<ast::ReturnStmt*>(block.stmts[i])) continue;
    for (size_t next = i + 1; next < block.stmts.size(); ++next) {
      if (std::holds_alternative<ast::EmptyStmt*>(block.stmts[next])) continue;
      error(Code::KT1015, ast::span_of(block.stmts[i]), "return must be the last statement of its block",
            "write do return end to leave early");
      return;
    }
  }
}

ast::Block* AstBuilder::block(antlr4::ParserRuleContext* ctx) {
  if (ctx == nullptr) return arena_.make<ast::Block>();
  Level level(this, 1, span_of(ctx));
  auto* built = too_deep_ ? arena_.make<ast::Block>() : chunk(ctx->getRuleContext<P::ChunkContext>(0));
  built->span = span_of(ctx);
  return built;
}

ast::Block* AstBuilder::loop_block(P::BlockContext* ctx) {
  ++function().loops;
  auto* built = block(ctx);
  --function().loops;
  return built;
}

std::optional<ast::Stmt> AstBuilder::stat(P::StatContext* ctx) {
  if (is_broken(ctx) || ctx->children.empty() || too_deep_) return std::nullopt;
  if (auto* c = ctx->exprStat()) return expr_stat(c);
  if (auto* c = ctx->varStat()) return var_stat(c);
  if (auto* c = ctx->functionStat()) return function_stat(c, c->funcName(), c->funcBody());
  if (auto* c = ctx->ifStat()) return if_stat(c);
  if (auto* c = ctx->whileStat()) {
    auto* node = make<ast::WhileStmt>(c);
    node->cond = cond(c->cond());
    node->block = loop_block(c->block());
    return node;
  }
  if (auto* c = ctx->forStat()) return for_stat(c);
  if (auto* c = ctx->repeatStat()) return repeat_stat(c);
  if (auto* c = ctx->doStat()) {
    Level level(this, 1, span_of(c));
    auto* node = make<ast::DoStmt>(c);
    node->block = chunk(c->chunk());
    return node;
  }
  if (auto* c = ctx->breakStat()) return break_stat(c);
  if (auto* c = ctx->returnStat()) {
    auto* node = make<ast::ReturnStmt>(c);
    if (c->exprList() != nullptr) node->values = expr_list(c->exprList());
    return node;
  }
  if (auto* c = ctx->labelStat()) return label_stat(c);
  if (auto* c = ctx->traceStat()) return trace_stat(c);
  if (auto* c = ctx->traceEndStat()) {
    auto* node = make<ast::TraceEndStmt>(c);
    node->body = handler(c, c->block());
    return node;
  }
  if (auto* c = ctx->timerStat()) return timer_stat(c);
  return std::nullopt;
}

ast::Stmt AstBuilder::var_stat(P::VarStatContext* ctx) {
  if (ctx->K_FUNCTION() != nullptr) return function_stat(ctx, ctx->funcName(), ctx->funcBody());
  auto* node = make<ast::VarStmt>(ctx);
  for (auto* leaf : ctx->NAME()) node->names.push_back(name_of(leaf));
  if (ctx->exprList() != nullptr) node->values = expr_list(ctx->exprList());
  return node;
}

ast::Stmt AstBuilder::function_stat(antlr4::ParserRuleContext* whole, P::FuncNameContext* name,
                                    P::FuncBodyContext* body) {
  auto* node = make<ast::FunctionStmt>(whole);
  auto names = name->NAME();
  if (!names.empty()) node->name = name_of(names[0]);
  if (names.size() > 1) {
    Span span = span_of(name);
    error(Code::KT1022, span, "a function is declared under one plain name",
          fmt::format("write {} = function (...) {{ ... }}", source_.text().substr(span.begin, span.end - span.begin)));
  }
  node->body = function_body(body);
  return node;
}

ast::Stmt AstBuilder::if_stat(P::IfStatContext* ctx) {
  auto* node = make<ast::IfStmt>(ctx);
  node->arms.push_back({cond(ctx->cond()), block(ctx->block())});
  for (auto* arm : ctx->elseArm()) {
    if (node->otherwise != nullptr) {
      error(Code::KT1001, token_span(arm->getStart()), "'else' must be the last part of an if");
      break;
    }
    if (arm->cond() == nullptr) {
      node->otherwise = block(arm->block());
      continue;
    }
    if (node->arms.size() > kMaxNesting && !too_deep_) {
      too_deep_ = true;
      error(Code::KT4002, token_span(arm->getStart()),
            fmt::format("nesting is too deep: at most {} parts of one if", kMaxNesting),
            "look the value up in a table");
      break;
    }
    node->arms.push_back({cond(arm->cond()), block(arm->block())});
  }
  return node;
}

ast::Expr AstBuilder::cond(P::CondContext* ctx) {
  return is_broken(ctx) ? placeholder({}) : expr(ctx->expr());
}

ast::Stmt AstBuilder::for_stat(P::ForStatContext* ctx) {
  auto* control = ctx->forControl();
  if (is_broken(control) || is_broken(control->forHead())) {
    auto* node = make<ast::WhileStmt>(ctx);
    node->cond = placeholder({});
    node->block = loop_block(ctx->block());
    return node;
  }
  auto* head = control->forHead();
  if (head->K_VAR() != nullptr && head->forRest() == nullptr) {
    error(Code::KT1001, token_span(head->K_VAR()->getSymbol()), "unexpected symbol near 'var'",
          "the loop variable is local by itself: for (i = 1, 10)");
  }
  if (head->K_IN() != nullptr) return for_in(ctx, head);
  return head->forRest() != nullptr ? for_c(ctx, head) : for_numeric(ctx, head);
}

ast::Stmt AstBuilder::for_in(P::ForStatContext* whole, P::ForHeadContext* head) {
  auto* node = make<ast::ForInStmt>(whole);
  for (auto* leaf : head->NAME()) node->vars.push_back(name_of(leaf));
  node->exprs = expr_list(head->exprList());
  node->block = loop_block(whole->block());
  return node;
}

ast::Stmt AstBuilder::for_numeric(P::ForStatContext* whole, P::ForHeadContext* head) {
  auto* node = make<ast::NumericForStmt>(whole);
  node->var = name_of(head->NAME(0));
  node->from = expr(head->expr());
  auto rest = expr_list(head->exprList());
  node->to = rest[0];
  if (rest.size() > 1) node->step = rest[1];
  if (rest.size() > 2) {
    error(Code::KT1001, ast::span_of(rest[2]), "')' expected: a numeric for has a start, a limit and a step");
  }
  node->block = loop_block(whole->block());
  return node;
}

ast::Stmt AstBuilder::for_c(P::ForStatContext* whole, P::ForHeadContext* head) {
  auto* node = make<ast::CForStmt>(whole);
  if (!head->NAME().empty()) {
    node->var = name_of(head->NAME(0));
    node->init = expr(head->expr());
  }
  auto* rest = head->forRest();
  if (rest->expr() != nullptr) node->cond = expr(rest->expr());
  if (rest->exprStat() != nullptr) {
    auto step = expr_stat(rest->exprStat());
    if (step && std::holds_alternative<ast::ContinueStmt*>(*step)) {
      error(Code::KT1008, ast::span_of(*step), "the step of a for is an assignment or a call");
    }
    node->step = step;
  }
  node->block = loop_block(whole->block());
  return node;
}

ast::Stmt AstBuilder::repeat_stat(P::RepeatStatContext* ctx) {
  Level level(this, 1, span_of(ctx));
  auto* node = make<ast::RepeatStmt>(ctx);
  ++function().loops;
  node->block = chunk(ctx->chunk());
  --function().loops;
  node->cond = cond(ctx->cond());
  return node;
}

ast::Stmt AstBuilder::break_stat(P::BreakStatContext* ctx) {
  if (function().loops == 0) error(Code::KT1010, span_of(ctx), "no loop to break");
  return make<ast::BreakStmt>(ctx);
}

ast::Stmt AstBuilder::label_stat(P::LabelStatContext* ctx) {
  auto* node = make<ast::LabelStmt>(ctx);
  node->name = name_of(ctx->NAME());
  for (const auto& scope : function().labels) {
    auto seen = scope.find(node->name.text);
    if (seen == scope.end()) continue;
    diags_.error(Code::KT1012, node->name.span, fmt::format("duplicate label '{}'", seen->first))
        .notes.push_back({seen->second, "it stands here already"});
  }
  function().labels.back().emplace(node->name.text, node->name.span);
  return node;
}

std::optional<ast::Stmt> AstBuilder::expr_stat(P::ExprStatContext* ctx) {
  std::vector<ast::Expr> targets{suffixed(ctx->target())};
  for (auto* c : ctx->suffixed()) targets.push_back(suffixed(c));
  if (ctx->assignOp() != nullptr) return assign(ctx, std::move(targets));
  return bare_stat(ctx, targets);
}

// Without an assignment: a call, or `continue`.
std::optional<ast::Stmt> AstBuilder::bare_stat(P::ExprStatContext* ctx, const std::vector<ast::Expr>& targets) {
  const ast::Expr& e = targets[0];
  bool is_call = std::holds_alternative<ast::CallExpr*>(e) || std::holds_alternative<ast::MethodCallExpr*>(e);
  if (targets.size() == 1 && is_call) {
    auto* node = make<ast::CallStmt>(ctx);
    node->call = e;
    return node;
  }
  auto* const* name = std::get_if<ast::NameExpr*>(&e);
  if (targets.size() == 1 && name != nullptr && (*name)->name == "continue") {
    if (function().loops == 0) error(Code::KT1011, span_of(ctx), "no loop to continue");
    return make<ast::ContinueStmt>(ctx);
  }
  const Token* next = visible_after(ctx->getStop());
  bool reported = next->getType() == P::BAD_OP || next->getType() == P::INVALID ||
                  (next->getType() >= P::PLUS && next->getType() <= P::OR);
  if (reported && !on_different_lines(source_, ctx->getStop(), next)) return std::nullopt;
  const Token* before = visible_before(ctx->getStart());
  bool continues = before != nullptr && !on_different_lines(source_, before, ctx->getStart()) &&
                   before->getType() != P::SEMI && before->getType() != P::LBRACE && before->getType() != P::RBRACE &&
                   before->getType() != P::K_DO && before->getType() != P::K_REPEAT && before->getType() != P::LABEL;
  if (continues) {
    error(Code::KT1001, span_of(ctx), fmt::format("unexpected symbol near '{}'", text_of(ctx->getStart())));
  } else if (targets.size() > 1) {
    error(Code::KT1008, span_of(ctx), "an expression is not a statement: '=' expected");
  } else {
    uint32_t end = span_of(ctx).end;
    bool decrement = source_.text().substr(end, 2) == "--";
    error(Code::KT1008, span_of(ctx), "an expression is not a statement",
          decrement ? "'--' starts a comment; write i -= 1" : "call a function or assign the value");
  }
  return std::nullopt;
}

ast::Stmt AstBuilder::assign(P::ExprStatContext* ctx, std::vector<ast::Expr> targets) {
  auto* node = make<ast::AssignStmt>(ctx);
  auto* op = ctx->assignOp();
  if (op->PLUS_ASSIGN() != nullptr) node->op = ast::AssignOp::kAdd;
  if (op->MINUS_ASSIGN() != nullptr) node->op = ast::AssignOp::kSub;
  node->targets = std::move(targets);
  node->values = expr_list(ctx->exprList());
  for (const auto& target : node->targets) check_target(target);
  if (node->op != ast::AssignOp::kSet && (node->targets.size() != 1 || node->values.size() != 1)) {
    error(Code::KT1016, span_of(op), fmt::format("'{}' takes one target and one value", text_of(op->getStart())),
          "write one statement for each target");
  }
  return node;
}

void AstBuilder::check_target(const ast::Expr& target) {
  Span span = ast::span_of(target);
  if (auto* const* name = std::get_if<ast::NameExpr*>(&target)) {
    if ((*name)->name == "ffi") error(Code::KT1014, span, "'ffi' is a reserved word, it cannot be assigned");
    return;
  }
  if (std::holds_alternative<ast::IndexExpr*>(target) || std::holds_alternative<ast::NilExpr*>(target)) return;
  if (std::holds_alternative<ast::EventWordExpr*>(target)) {
    error(Code::KT1023, span, "an event word cannot be assigned", "declare a variable of another name");
  } else if (std::holds_alternative<ast::ParenExpr*>(target)) {
    error(Code::KT1009, span, "cannot assign to an expression in parentheses");
  } else {
    error(Code::KT1009, span, "cannot assign to a call");
  }
}

ast::FunctionBody* AstBuilder::handler(antlr4::ParserRuleContext* whole, antlr4::ParserRuleContext* body) {
  functions_.push_back({/*is_vararg=*/false, 0, {}});
  auto* node = make<ast::FunctionBody>(whole);
  node->block = block(body);
  functions_.pop_back();
  return node;
}

ast::FunctionBody* AstBuilder::function_body(P::FuncBodyContext* ctx) {
  auto* node = make<ast::FunctionBody>(ctx);
  if (!is_broken(ctx->params())) {
    for (auto* leaf : ctx->params()->NAME()) node->params.push_back(name_of(leaf));
    node->is_vararg = ctx->params()->VARARG() != nullptr;
  }
  // After an error in the list, be kind to the body's `...`.
  functions_.push_back({node->is_vararg || is_broken(ctx->params()), 0, {}});
  node->block = block(ctx->block());
  functions_.pop_back();
  return node;
}

// ---- common ---------------------------------------------------------------------------------------------------------

AstBuilder::Level::Level(AstBuilder* builder, size_t n, Span span) : builder_(builder), n_(n) {
  builder->depth_ += n;
  if (builder->depth_ <= kMaxTreeDepth || builder->too_deep_) return;
  builder->too_deep_ = true;
  builder->error(Code::KT4002, span,
                 fmt::format("expression is too deep: at most {} operators and calls in one chain", kMaxTreeDepth),
                 "split it with a variable");
}

Span AstBuilder::span_of(antlr4::ParserRuleContext* ctx) const {
  Span span = token_span(ctx->getStart());
  const Token* stop = ctx->getStop();
  if (stop == nullptr || token_span(stop).end < span.begin) return {span.begin, span.begin};  // nothing in it
  return {span.begin, token_span(stop).end};
}

ast::Name AstBuilder::name_of(antlr4::tree::TerminalNode* leaf) const {
  return {text_of(leaf->getSymbol()), token_span(leaf->getSymbol())};
}

const Token* AstBuilder::visible_before(const Token* token) const {
  for (size_t i = token->getTokenIndex(); i-- > 0;) {
    if (tokens_[i]->getChannel() == Token::DEFAULT_CHANNEL) return tokens_[i];
  }
  return nullptr;
}

const Token* AstBuilder::visible_after(const Token* token) const {
  size_t i = token->getTokenIndex() + 1;
  while (i + 1 < tokens_.size() && tokens_[i]->getChannel() != Token::DEFAULT_CHANNEL) ++i;
  return i < tokens_.size() ? tokens_[i] : tokens_.back();
}

void AstBuilder::error(Code code, Span span, std::string message, std::string hint) {
  diags_.error(code, span, std::move(message)).hint = std::move(hint);
}

}  // namespace kt2ko
