// SPDX-License-Identifier: GPL-2.0
// Visits every statement and expression of a block in source order, those of nested functions included.
#pragma once

#include "ast/ast.h"
#include "support/overloaded.h"

namespace kt2ko::sema {

// Derived may define stmt(const ast::Stmt&) and expr(const ast::Expr&); both are called before the children.
template <typename Derived>
class Walker {
 public:
  void stmt(const ast::Stmt&) {}
  void expr(const ast::Expr&) {}
  void enter(const ast::FunctionBody&) {}
  void leave(const ast::FunctionBody&) {}

  void walk(const ast::Block& b) {
    for (const ast::Stmt& s : b.stmts) walk(s);
  }

  void walk(const ast::Stmt& s) {
    self().stmt(s);
    std::visit(Overloaded{
                   [&](const ast::VarStmt* n) { walk_all(n->values); },
                   [&](const ast::FunctionStmt* n) { walk(*n->body); },
                   [&](const ast::IfStmt* n) {
                     for (const ast::IfStmt::Arm& arm : n->arms) {
                       walk(arm.cond);
                       walk(*arm.block);
                     }
                     if (n->otherwise) walk(*n->otherwise);
                   },
                   [&](const ast::WhileStmt* n) {
                     walk(n->cond);
                     walk(*n->block);
                   },
                   [&](const ast::NumericForStmt* n) {
                     walk(n->from);
                     walk(n->to);
                     if (n->step) walk(*n->step);
                     walk(*n->block);
                   },
                   [&](const ast::CForStmt* n) {
                     if (n->init) walk(*n->init);
                     if (n->cond) walk(*n->cond);
                     walk(*n->block);
                     if (n->step) walk(*n->step);
                   },
                   [&](const ast::ForInStmt* n) {
                     walk_all(n->exprs);
                     walk(*n->block);
                   },
                   [&](const ast::RepeatStmt* n) {
                     walk(*n->block);
                     walk(n->cond);
                   },
                   [&](const ast::DoStmt* n) { walk(*n->block); },
                   [&](const ast::ReturnStmt* n) { walk_all(n->values); },
                   [&](const ast::AssignStmt* n) {
                     walk_all(n->targets);
                     walk_all(n->values);
                   },
                   [&](const ast::CallStmt* n) { walk(n->call); },
                   [&](const ast::TraceStmt* n) {
                     // The filter runs with the event, as the handler does.
                     self().enter(*n->body);
                     if (n->filter) walk(*n->filter);
                     walk(*n->body->block);
                     self().leave(*n->body);
                   },
                   [&](const ast::TraceEndStmt* n) { walk(*n->body); },
                   [&](const ast::TimerStmt* n) { walk(*n->body); },
                   [](const auto*) {},
               },
               s);
  }

  void walk(const ast::Expr& e) {
    self().expr(e);
    std::visit(Overloaded{
                   [&](const ast::TableExpr* n) {
                     for (const ast::Field& f : n->fields) {
                       walk_all(f.keys);
                       walk(f.value);
                     }
                   },
                   [&](const ast::FunctionExpr* n) { walk(*n->body); },
                   [&](const ast::IndexExpr* n) {
                     walk(n->object);
                     walk_all(n->keys);
                   },
                   [&](const ast::CallExpr* n) {
                     walk(n->callee);
                     walk_all(n->args);
                   },
                   [&](const ast::MethodCallExpr* n) {
                     walk(n->object);
                     walk_all(n->args);
                   },
                   [&](const ast::UnaryExpr* n) { walk(n->operand); },
                   [&](const ast::BinaryExpr* n) {
                     walk(n->lhs);
                     walk(n->rhs);
                   },
                   [&](const ast::ParenExpr* n) { walk(n->inner); },
                   [](const auto*) {},
               },
               e);
  }

  void walk(const ast::FunctionBody& body) {
    self().enter(body);
    walk(*body.block);
    self().leave(body);
  }

 private:
  Derived& self() { return static_cast<Derived&>(*this); }
  void walk_all(const std::vector<ast::Expr>& list) {
    for (const ast::Expr& e : list) walk(e);
  }
};

}  // namespace kt2ko::sema
