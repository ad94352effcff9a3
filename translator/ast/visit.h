// SPDX-License-Identifier: GPL-2.0
// Walks a tree in source order.
#pragma once

#include "ast/ast.h"

namespace kt2ko::ast {

// class Mine : public Visitor<Mine> { public: void visit_call_expr(CallExpr* n); };
// A member that a derived class defines replaces the one here; to go on into the children it calls the replaced one,
// Visitor::visit_call_expr(n).
// Recursion is bounded: see parse/limits.h.
template <typename Derived>
class Visitor {
 public:
  void visit(Expr e) {
    std::visit([this](auto* n) { dispatch(n); }, e);
  }
  void visit(Stmt s) {
    std::visit([this](auto* n) { dispatch(n); }, s);
  }
  void visit_script(Script* n) { self().visit_block(n->block); }
  void visit_block(Block* n) {
    for (auto& s : n->stmts) self().visit(s);
  }
  void visit_body(FunctionBody* n) { self().visit_block(n->block); }
  void visit_field(Field& f) {
    visit_all(f.keys);
    self().visit(f.value);
  }
  void visit_event(EventSpec*) {}

  void visit_nil_expr(NilExpr*) {}
  void visit_bool_expr(BoolExpr*) {}
  void visit_number_expr(NumberExpr*) {}
  void visit_string_expr(StringExpr*) {}
  void visit_vararg_expr(VarargExpr*) {}
  void visit_table_expr(TableExpr* n) {
    for (auto& f : n->fields) self().visit_field(f);
  }
  void visit_function_expr(FunctionExpr* n) { self().visit_body(n->body); }
  void visit_event_word_expr(EventWordExpr*) {}
  void visit_name_expr(NameExpr*) {}
  void visit_symbol_expr(SymbolExpr*) {}
  void visit_index_expr(IndexExpr* n) {
    self().visit(n->object);
    visit_all(n->keys);
  }
  void visit_call_expr(CallExpr* n) {
    self().visit(n->callee);
    visit_all(n->args);
  }
  void visit_method_call_expr(MethodCallExpr* n) {
    self().visit(n->object);
    visit_all(n->args);
  }
  void visit_unary_expr(UnaryExpr* n) { self().visit(n->operand); }
  void visit_binary_expr(BinaryExpr* n) {
    self().visit(n->lhs);
    self().visit(n->rhs);
  }
  void visit_paren_expr(ParenExpr* n) { self().visit(n->inner); }

  void visit_empty_stmt(EmptyStmt*) {}
  void visit_var_stmt(VarStmt* n) { visit_all(n->values); }
  void visit_function_stmt(FunctionStmt* n) { self().visit_body(n->body); }
  void visit_if_stmt(IfStmt* n) {
    for (auto& arm : n->arms) {
      self().visit(arm.cond);
      self().visit_block(arm.block);
    }
    if (n->otherwise != nullptr) self().visit_block(n->otherwise);
  }
  void visit_while_stmt(WhileStmt* n) {
    self().visit(n->cond);
    self().visit_block(n->block);
  }
  void visit_numeric_for_stmt(NumericForStmt* n) {
    self().visit(n->from);
    self().visit(n->to);
    if (n->step) self().visit(*n->step);
    self().visit_block(n->block);
  }
  void visit_c_for_stmt(CForStmt* n) {
    if (n->init) self().visit(*n->init);
    if (n->cond) self().visit(*n->cond);
    self().visit_block(n->block);
    if (n->step) self().visit(*n->step);
  }
  void visit_for_in_stmt(ForInStmt* n) {
    visit_all(n->exprs);
    self().visit_block(n->block);
  }
  void visit_repeat_stmt(RepeatStmt* n) {
    self().visit_block(n->block);
    self().visit(n->cond);
  }
  void visit_do_stmt(DoStmt* n) { self().visit_block(n->block); }
  void visit_break_stmt(BreakStmt*) {}
  void visit_continue_stmt(ContinueStmt*) {}
  void visit_return_stmt(ReturnStmt* n) { visit_all(n->values); }
  void visit_label_stmt(LabelStmt*) {}
  void visit_assign_stmt(AssignStmt* n) {
    visit_all(n->targets);
    visit_all(n->values);
  }
  void visit_call_stmt(CallStmt* n) { self().visit(n->call); }
  void visit_trace_stmt(TraceStmt* n) {
    for (auto* e : n->events) self().visit_event(e);
    if (n->filter) self().visit(*n->filter);
    self().visit_body(n->body);
  }
  void visit_trace_end_stmt(TraceEndStmt* n) { self().visit_body(n->body); }
  void visit_timer_stmt(TimerStmt* n) { self().visit_body(n->body); }

 protected:
  Derived& self() { return static_cast<Derived&>(*this); }
  void visit_all(std::vector<Expr>& list) {
    for (auto& e : list) self().visit(e);
  }

 private:
  void dispatch(NilExpr* n) { self().visit_nil_expr(n); }
  void dispatch(BoolExpr* n) { self().visit_bool_expr(n); }
  void dispatch(NumberExpr* n) { self().visit_number_expr(n); }
  void dispatch(StringExpr* n) { self().visit_string_expr(n); }
  void dispatch(VarargExpr* n) { self().visit_vararg_expr(n); }
  void dispatch(TableExpr* n) { self().visit_table_expr(n); }
  void dispatch(FunctionExpr* n) { self().visit_function_expr(n); }
  void dispatch(EventWordExpr* n) { self().visit_event_word_expr(n); }
  void dispatch(NameExpr* n) { self().visit_name_expr(n); }
  void dispatch(SymbolExpr* n) { self().visit_symbol_expr(n); }
  void dispatch(IndexExpr* n) { self().visit_index_expr(n); }
  void dispatch(CallExpr* n) { self().visit_call_expr(n); }
  void dispatch(MethodCallExpr* n) { self().visit_method_call_expr(n); }
  void dispatch(UnaryExpr* n) { self().visit_unary_expr(n); }
  void dispatch(BinaryExpr* n) { self().visit_binary_expr(n); }
  void dispatch(ParenExpr* n) { self().visit_paren_expr(n); }
  void dispatch(EmptyStmt* n) { self().visit_empty_stmt(n); }
  void dispatch(VarStmt* n) { self().visit_var_stmt(n); }
  void dispatch(FunctionStmt* n) { self().visit_function_stmt(n); }
  void dispatch(IfStmt* n) { self().visit_if_stmt(n); }
  void dispatch(WhileStmt* n) { self().visit_while_stmt(n); }
  void dispatch(NumericForStmt* n) { self().visit_numeric_for_stmt(n); }
  void dispatch(CForStmt* n) { self().visit_c_for_stmt(n); }
  void dispatch(ForInStmt* n) { self().visit_for_in_stmt(n); }
  void dispatch(RepeatStmt* n) { self().visit_repeat_stmt(n); }
  void dispatch(DoStmt* n) { self().visit_do_stmt(n); }
  void dispatch(BreakStmt* n) { self().visit_break_stmt(n); }
  void dispatch(ContinueStmt* n) { self().visit_continue_stmt(n); }
  void dispatch(ReturnStmt* n) { self().visit_return_stmt(n); }
  void dispatch(LabelStmt* n) { self().visit_label_stmt(n); }
  void dispatch(AssignStmt* n) { self().visit_assign_stmt(n); }
  void dispatch(CallStmt* n) { self().visit_call_stmt(n); }
  void dispatch(TraceStmt* n) { self().visit_trace_stmt(n); }
  void dispatch(TraceEndStmt* n) { self().visit_trace_end_stmt(n); }
  void dispatch(TimerStmt* n) { self().visit_timer_stmt(n); }
};

}  // namespace kt2ko::ast
