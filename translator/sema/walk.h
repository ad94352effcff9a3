// SPDX-License-Identifier: GPL-2.0
// Visits every statement and expression of a block in source order, those of nested functions included.
#pragma once

#include <type_traits>

#include "ast/ast.h"
#include "support/overloaded.h"

namespace kt2ko::sema {

// Derived may define stmt(const ast::Stmt&) and expr(const ast::Expr&); both are called before the children.
// kMayChange: it gets nodes that it can replace, and defines them without const.
template <typename Derived, bool kMayChange = false>
class Walker {
  template <typename T>
  using Ref = std::conditional_t<kMayChange, T&, const T&>;

 public:
  void stmt(const ast::Stmt&) {}
  void expr(const ast::Expr&) {}
  void enter(const ast::FunctionBody&) {}
  void leave(const ast::FunctionBody&) {}

  void walk(Ref<ast::Block> b) {
    for (Ref<ast::Stmt> s : b.stmts) walk(s);
  }

  void walk(Ref<ast::Stmt> s) {
    self().stmt(s);
    std::visit(Overloaded{
                   [&](ast::VarStmt* n) { walk_all(n->values); },
                   [&](ast::FunctionStmt* n) { walk(*n->body); },
                   [&](ast::IfStmt* n) {
                     for (Ref<ast::IfStmt::Arm> arm : n->arms) {
                       walk(arm.cond);
                       walk(*arm.block);
                     }
                     if (n->otherwise) walk(*n->otherwise);
                   },
                   [&](ast::WhileStmt* n) {
                     walk(n->cond);
                     walk(*n->block);
                   },
                   [&](ast::NumericForStmt* n) {
                     walk(n->from);
                     walk(n->to);
                     if (n->step) walk(*n->step);
                     walk(*n->block);
                   },
                   [&](ast::CForStmt* n) {
                     if (n->init) walk(*n->init);
                     if (n->cond) walk(*n->cond);
                     walk(*n->block);
                     if (n->step) walk(*n->step);
                   },
                   [&](ast::ForInStmt* n) {
                     walk_all(n->exprs);
                     walk(*n->block);
                   },
                   [&](ast::RepeatStmt* n) {
                     walk(*n->block);
                     walk(n->cond);
                   },
                   [&](ast::DoStmt* n) { walk(*n->block); },
                   [&](ast::ReturnStmt* n) { walk_all(n->values); },
                   [&](ast::AssignStmt* n) {
                     walk_all(n->targets);
                     walk_all(n->values);
                   },
                   [&](ast::CallStmt* n) { walk(n->call); },
                   [&](ast::TraceStmt* n) {
                     // The filter runs with the event, as the handler does.
                     self().enter(*n->body);
                     if (n->filter) walk(*n->filter);
                     walk(*n->body->block);
                     self().leave(*n->body);
                   },
                   [&](ast::TraceEndStmt* n) { walk(*n->body); },
                   [&](ast::TimerStmt* n) { walk(*n->body); },
                   [](const auto*) {},
               },
               s);
  }

  void walk(Ref<ast::Expr> e) {
    self().expr(e);
    std::visit(Overloaded{
                   [&](ast::TableExpr* n) {
                     for (Ref<ast::Field> f : n->fields) {
                       walk_all(f.keys);
                       walk(f.value);
                     }
                   },
                   [&](ast::FunctionExpr* n) { walk(*n->body); },
                   [&](ast::IndexExpr* n) {
                     walk(n->object);
                     walk_all(n->keys);
                   },
                   [&](ast::CallExpr* n) {
                     walk(n->callee);
                     walk_all(n->args);
                   },
                   [&](ast::MethodCallExpr* n) {
                     walk(n->object);
                     walk_all(n->args);
                   },
                   [&](ast::UnaryExpr* n) { walk(n->operand); },
                   [&](ast::BinaryExpr* n) {
                     walk(n->lhs);
                     walk(n->rhs);
                   },
                   [&](ast::ParenExpr* n) { walk(n->inner); },
                   [](const auto*) {},
               },
               e);
  }

  void walk(Ref<ast::FunctionBody> body) {
    self().enter(body);
    walk(*body.block);
    self().leave(body);
  }

 private:
  Derived& self() { return static_cast<Derived&>(*this); }
  void walk_all(Ref<std::vector<ast::Expr>> list) {
    for (Ref<ast::Expr> e : list) walk(e);
  }
};

}  // namespace kt2ko::sema
