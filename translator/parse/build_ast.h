// SPDX-License-Identifier: GPL-2.0
// From the generated parser's tree to ours. Split over build_stmt.cc, build_expr.cc, build_table.cc and build_event.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "KtapParser.h"
#include "ast/ast.h"
#include "parse/limits.h"
#include "parse/token_source.h"
#include "support/arena.h"
#include "support/diag.h"

namespace kt2ko {

// Requires: a tree in which a context has `exception` set exactly where the parser has reported an error.
// Ensures: complete if nothing was reported; else some nodes are placeholders and the tree must not be used.
// Reports: the part of the syntax that the grammar leaves to code (KT1007..KT1016, KT1023, KT3001..KT3006, KT4002).
class AstBuilder {
 public:
  using P = antlr::KtapParser;

  AstBuilder(const Source& source, const std::vector<antlr4::Token*>& tokens, Arena& arena, Diags& diags)
      : source_(source), tokens_(tokens), arena_(arena), diags_(diags) {}

  ast::Script* script(P::ScriptContext* ctx);

 private:
  // What `break`, `...` and labels refer to: a function, a handler or the main chunk.
  struct Function {
    bool is_vararg = false;
    int loops = 0;
    std::vector<std::unordered_map<std::string, Span>> labels;  // by open block
  };
  // A level of the tree: counts while it lives.
  class Level {
   public:
    Level(AstBuilder* builder, size_t n, Span span);
    ~Level() { builder_->depth_ -= n_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    AstBuilder* builder_;
    size_t n_;
  };

  // build_stmt.cc
  ast::Block* chunk(P::ChunkContext* ctx);
  ast::Block* block(antlr4::ParserRuleContext* ctx);  // a BlockContext or HandlerContext
  ast::Block* loop_block(P::BlockContext* ctx);
  std::optional<ast::Stmt> stat(P::StatContext* ctx);
  ast::Stmt var_stat(P::VarStatContext* ctx);
  ast::Stmt function_stat(antlr4::ParserRuleContext* whole, P::FuncNameContext* name, P::FuncBodyContext* body);
  ast::Stmt if_stat(P::IfStatContext* ctx);
  ast::Stmt for_stat(P::ForStatContext* ctx);
  ast::Stmt for_in(P::ForStatContext* whole, P::ForHeadContext* head);
  ast::Stmt for_numeric(P::ForStatContext* whole, P::ForHeadContext* head);
  ast::Stmt for_c(P::ForStatContext* whole, P::ForHeadContext* head);
  ast::Stmt repeat_stat(P::RepeatStatContext* ctx);
  ast::Stmt label_stat(P::LabelStatContext* ctx);
  ast::Stmt break_stat(P::BreakStatContext* ctx);
  std::optional<ast::Stmt> expr_stat(P::ExprStatContext* ctx);
  std::optional<ast::Stmt> bare_stat(P::ExprStatContext* ctx, const std::vector<ast::Expr>& targets);
  ast::Stmt assign(P::ExprStatContext* ctx, std::vector<ast::Expr> targets);
  void check_target(const ast::Expr& target);
  void check_return_is_last(const ast::Block& block);
  ast::Expr cond(P::CondContext* ctx);
  ast::FunctionBody* handler(antlr4::ParserRuleContext* whole, antlr4::ParserRuleContext* body);
  ast::FunctionBody* function_body(P::FuncBodyContext* ctx);

  // build_expr.cc
  ast::Expr expr(P::ExprContext* ctx);
  ast::Expr operand(P::OperandContext* ctx);
  ast::Expr primary(P::PrimaryContext* ctx);
  ast::Expr literal(P::LiteralContext* ctx);
  ast::Expr event_word(const antlr4::Token* token);
  ast::Expr suffixed(antlr4::ParserRuleContext* ctx);
  ast::Expr suffix(ast::Expr object, P::SuffixContext* ctx);
  std::vector<ast::Expr> args(P::ArgsContext* ctx);
  void check_call_line(P::ArgsContext* ctx);
  void check_called_word(const antlr4::Token* word, const std::vector<P::SuffixContext*>& suffixes);
  std::vector<ast::Expr> expr_list(P::ExprListContext* ctx);
  ast::StringExpr* string_expr(Span span, std::string bytes);
  ast::Expr string(P::StringContext* ctx);
  ast::Expr bare_text(const antlr4::Token* token, ast::BinaryOp* op, Span* op_span);
  ast::Expr placeholder(Span span);

  // build_table.cc
  ast::Expr table(P::TableContext* ctx);
  ast::Field field(P::FieldContext* ctx);
  std::optional<ast::Name> field_name(P::ExprContext* ctx);

  // build_event.cc
  ast::Stmt trace_stat(P::TraceStatContext* ctx);
  ast::Stmt timer_stat(P::TimerStatContext* ctx);
  int64_t timer_interval(P::TimerHeadContext* ctx, int64_t shortest);
  ast::EventSpec* event_spec(P::EventSpecContext* ctx);
  void symbol_and_offset(const antlr4::Token* token, ast::EventSpec* spec);
  ast::FetchArg fetch_arg(P::FetchArgContext* ctx);
  void fetch(P::FetchContext* ctx, std::vector<ast::FetchStep>* steps);
  ast::FetchStep fetch_dollar(const antlr4::Token* token);
  ast::FetchStep fetch_at(const antlr4::Token* token);
  int64_t event_number(std::string_view text, Code code, const antlr4::Token* token);

  // Common.
  template <typename T>
  T* make(antlr4::ParserRuleContext* ctx) {
    T* node = arena_.make<T>();
    node->span = span_of(ctx);
    return node;
  }
  template <typename T>
  T* make(Span span) {
    T* node = arena_.make<T>();
    node->span = span;
    return node;
  }
  Span span_of(antlr4::ParserRuleContext* ctx) const;
  std::string text_of(const antlr4::Token* token) const { return std::string(token_text(source_, token)); }
  ast::Name name_of(antlr4::tree::TerminalNode* leaf) const;
  const antlr4::Token* visible_before(const antlr4::Token* token) const;
  const antlr4::Token* visible_after(const antlr4::Token* token) const;
  void error(Code code, Span span, std::string message, std::string hint = "");
  Function& function() { return functions_.back(); }
  // An error was reported in this part, or it is not there at all.
  static bool is_broken(const antlr4::ParserRuleContext* ctx) { return ctx == nullptr || ctx->exception != nullptr; }

  const Source& source_;
  const std::vector<antlr4::Token*>& tokens_;
  Arena& arena_;
  Diags& diags_;
  std::vector<Function> functions_;
  size_t depth_ = 0;
  bool too_deep_ = false;
};

}  // namespace kt2ko
