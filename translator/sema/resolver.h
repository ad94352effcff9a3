// SPDX-License-Identifier: GPL-2.0
// Binds every name of a script to what it stands for, and records who uses what from where.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sema/analyze.h"
#include "sema/model.h"

namespace kt2ko::sema {

class Resolver {
 public:
  Resolver(const Source& source, Model& model, Diags& diags) : source_(source), model_(model), diags_(diags) {}
  void run(const ast::Script& script);

 private:
  enum class AccessKind { kRead, kStore, kAdd };
  struct Access {
    Variable* variable;
    Function* function;
    AccessKind kind;
    Span span;
  };
  struct Call {
    Function* caller;
    const ast::Expr* callee;
  };
  // A name that no declaration above it explains; judged when the whole script is known.
  struct Pending {
    const ast::NameExpr* expr;
    Function* function;
    AccessKind kind;
    bool as_callee;
    bool in_tapset;
  };
  struct LibraryTableUse {
    const ast::NameExpr* expr;
    Function* function;
  };

  void tapsets(const ast::Script& script);

  // -- statements
  void block(const ast::Block& b);
  void stmts(const ast::Block& b);
  void stmt(const ast::Stmt& s);
  void var_stmt(const ast::VarStmt& s);
  void function_stmt(const ast::FunctionStmt& s);
  void loop_block(const ast::Block& b);
  void numeric_for(const ast::NumericForStmt& s);
  void c_for(const ast::CForStmt& s);
  void for_in(const ast::ForInStmt& s);
  void repeat(const ast::RepeatStmt& s);
  void assign(const ast::AssignStmt& s);
  void assign_name(const ast::NameExpr* target, const ast::AssignStmt& s, size_t i);
  void trace(const ast::TraceStmt& s);

  // -- expressions
  void expr(const ast::Expr& e, bool as_callee = false);
  void exprs(const std::vector<ast::Expr>& list);
  void name(const ast::NameExpr* e, AccessKind kind, bool as_callee);
  void index(const ast::IndexExpr* e, bool as_target, bool as_callee);
  void call(const ast::CallExpr* e);
  // A form of ffi: true when the call is one, good or bad. (ffi_forms.cc)
  bool ffi_call(const ast::CallExpr* e);
  void ffi_misuse(Span span);
  void binary(const ast::BinaryExpr* e);
  void event_word(const ast::EventWordExpr* e);
  void library_name(const ast::NameExpr* e, AccessKind kind);

  // -- functions, scopes, variables
  Function* function(const ast::FunctionBody* body, FunctionKind kind, std::string name, bool in_handler);
  void enter_handler(const ast::Expr& e, FunctionKind kind, std::string name);
  Variable* declare(const ast::Name& name, bool with_nil);
  Variable* new_variable(const std::string& name, Span span, Function* owner);
  Variable* lookup(const std::string& name) const;
  void use(Variable* v, AccessKind kind, Span span);
  void need_field(int id);
  Variable* implicit_global(const ast::NameExpr* e, AccessKind kind);

  // -- afterwards
  void settle_pending();
  void settle_name(const Pending& p);
  void settle_library_tables();
  void settle_calls();
  void settle_event_context();
  void settle_accesses();

  const Source& source_;
  Model& model_;
  Diags& diags_;
  Function* current_ = nullptr;
  std::vector<std::unordered_map<std::string, Variable*>> scopes_;
  std::string tapset_;    // whose statements these are; empty: the script's
  std::unordered_map<std::string, Variable*> tapset_names_;  // "tcp.saddr"
  int loop_depth_ = 0;    // loops around, within the current function
  int block_depth_ = 0;   // blocks around, within the current function
  std::unordered_map<const Variable*, Span> skipped_;  // in a condition of repeat: variables whose declarations a continue skips
  bool in_filter_ = false;
  bool bare_word_is_string_ = false;
  std::unordered_map<std::string, Variable*> implicit_;
  std::unordered_map<std::string, int> first_seen_;  // undeclared names in the order of their first use
  std::vector<Pending> pending_;
  std::vector<Access> accesses_;
  std::vector<Call> calls_;
  std::vector<LibraryTableUse> library_tables_;
  std::unordered_set<std::string> dynamic_tables_;
  std::vector<const ast::IndexExpr*> members_;
};

// n = n + e, n = e + n and n = n - e add to n: e, or nullptr when `s` is not of that form. *negative: it is taken off.
const ast::Expr* self_increment(const ast::AssignStmt& s, bool* negative);

}  // namespace kt2ko::sema
