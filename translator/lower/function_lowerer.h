// SPDX-License-Identifier: GPL-2.0
// Lowers one function: evaluation order becomes a sequence of statements over slots and C locals.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "lower/build.h"
#include "lower/program_builder.h"

namespace kt2ko::lower_detail {

class FunctionLowerer {
 public:
  FunctionLowerer(ProgramBuilder& program, const sema::Function& f);

  kir::Function run(const std::string& c_name);
  // The filter of a trace statement, as a function of its own that shares the handler's captured variables.
  kir::Function run_filter(const std::string& c_name, const ast::Expr& filter);

 private:
  // Evaluated arguments: a run of slots, or, when the list ends in a call or `...`, what lies above `mark`.
  struct Args {
    kir::Arg first;
    kir::Arg count;
    std::string mark;  // empty: slots
  };
  using Need = const char*;  // KTR_NEED_...

  // -- function_lowerer.cc: frame, names, statements' plumbing
  void prologue();
  void bind_param(const sema::Variable& v, int index);
  void init_library_tables();
  void init_arg();
  void emit(kir::Stmt s) { body_->push_back(std::move(s)); }
  template <typename T>
  void add(T node) {
    emit(stmt(std::move(node)));
  }
  void try_call(std::string function, std::vector<kir::Arg> args);
  int new_slot() { return new_slots(1); }
  int new_slots(int n);
  std::string new_local(const std::string& base, kir::LocalType type);
  std::string temp(kir::LocalType type);
  void release_temps(size_t down_to);
  kir::ExprPtr read_local(const std::string& name);
  // Runs `fill` with the statements it emits going to a body of their own.
  template <typename F>
  kir::Body collect(F fill) {
    kir::Body inner;
    kir::Body* outer = body_;
    body_ = &inner;
    fill();
    body_ = outer;
    return inner;
  }

  // -- lower_stmt.cc
  void block(const ast::Block& b);
  void statements(const ast::Block& b);
  void statement(const ast::Stmt& s);
  void var_stmt(const ast::VarStmt& s);
  void function_stmt(const ast::FunctionStmt& s);
  void if_stmt(const ast::IfStmt& s, size_t arm);
  void while_stmt(const ast::WhileStmt& s);
  void repeat_stmt(const ast::RepeatStmt& s);
  void numeric_for(const ast::NumericForStmt& s);
  void c_for(const ast::CForStmt& s);
  void for_in(const ast::ForInStmt& s);
  void bind_key_parts(const ast::ForInStmt& s, int key);
  void loop(const std::function<void()>& fill, const std::function<void()>& step);
  void count_round();
  void return_stmt(const ast::ReturnStmt& s);
  bool tail_call(const ast::Expr& e);
  void register_handler(const std::string& trace, const sema::Function& handler);

  // -- lower_assign.cc
  void assign(const ast::AssignStmt& s);
  void assign_many(const ast::AssignStmt& s);
  void increment(const ast::Expr& target, const ast::Expr& value, bool negative, Need need,
                 const std::string& adder = "");
  void increment_element(const ast::IndexExpr& e, const ast::Expr& value, bool negative, const std::string& adder);
  void add_number(const sema::Variable& v, const ast::Expr& target, const ast::Expr& value, bool negative, Need need);
  // -- lower_aggregate.cc: += with aggregations; false: it is plain arithmetic
  bool aggregate(const sema::Variable& v, const ast::Expr& value);
  bool aggregate_element(const ast::IndexExpr& e, const ast::Expr& value, const std::string& adder);
  // The arguments of a sample that goes into its place without becoming a value first.
  struct Sample {
    bool linear = false;
    std::vector<kir::Arg> args;  // kind and x, or x and the bounds
  };
  // count() and sum(x) as numbers: what a variable starts with, what += adds. nullptr: `e` is neither.
  kir::ExprPtr tally(const ast::Expr& e, bool adds);
  Sample sample(const ast::CallExpr& e);
  void store_expr(const sema::Variable& v, const ast::Expr& e);
  void store_val(const sema::Variable& v, kir::Val val);
  void declare(const sema::Variable& v);
  void declare_with(const sema::Variable& v, const ast::Expr& e);
  struct Place {  // an evaluated assignment target
    const sema::Variable* variable = nullptr;
    std::optional<size_t> own;
    const ast::IndexExpr* ffi = nullptr;  // a member or element of a C value
    kir::Val table;
    kir::Val key;
  };
  Place place(const ast::Expr& target);
  void store_place(const Place& p, kir::Val val);

  // -- lower_expr.cc
  kir::Val value(const ast::Expr& e);
  void value_into(const ast::Expr& e, int dst);
  void name_into(const ast::NameExpr& e, int dst);
  kir::Val name_value(const ast::NameExpr& e);
  kir::ExprPtr num(const ast::Expr& e, Need need);
  kir::ExprPtr pure_num(const ast::Expr& e);
  kir::ExprPtr arithmetic(const ast::BinaryExpr& e);
  kir::ExprPtr cond(const ast::Expr& e);
  kir::ExprPtr logic(const ast::BinaryExpr& e);
  kir::ExprPtr comparison(const ast::BinaryExpr& e);
  kir::ExprPtr equality(const ast::BinaryExpr& e);
  kir::ExprPtr order(const ast::BinaryExpr& e);
  void logic_into(const ast::BinaryExpr& e, int dst);
  void concat_into(const ast::BinaryExpr& e, int dst);
  void table_into(const ast::TableExpr& e, int dst);
  void closure_into(const sema::Function& f, int dst);
  void word_into(const ast::EventWordExpr& e, int dst);
  void index_into(const ast::IndexExpr& e, int dst);
  kir::Val key(const std::vector<ast::Expr>& keys);
  // True when the key goes to the runtime as a C number.
  bool by_number(const std::vector<ast::Expr>& keys) const { return keys.size() == 1 && is_int(keys[0]); }
  Explanation::Key key_kind(const std::vector<ast::Expr>& keys) const;
  // For --explain: what is done with an element here.
  // adder: of a quick handler that does the same; empty: there is none.
  void note_element(const ast::IndexExpr& e, const char* access, const std::string& adder = "");
  kir::ExprPtr variable_num(const sema::Variable& v);
  // Keeps an operand's value from changing while `later` is evaluated.
  kir::ExprPtr settled(kir::ExprPtr e, const ast::Expr& later);
  kir::ExprPtr checked_num(kir::Val v, Need need);
  std::pair<kir::ExprPtr, kir::ExprPtr> operands(const ast::BinaryExpr& e, Need need);

  // -- lower_ffi.cc
  void ffi_into(const ast::CallExpr& e, const sema::FfiForm& form, int dst);
  void ffi_call(const ast::CallExpr& e, const sema::FfiForm& form, const kir::Arg& ret, int want);
  bool is_ffi_step(const ast::IndexExpr& e) const { return program_.model().ffi_steps.count(&e) != 0; }
  bool is_ffi_member(const ast::IndexExpr& e) const;
  void ffi_get_into(const ast::IndexExpr& e, int dst);
  void ffi_store(const ast::IndexExpr& e, kir::Val base, kir::Val index, kir::Val val, int value_ctype);
  void ffi_assign(const ast::IndexExpr& e, const ast::Expr& val);
  void ffi_increment(const ast::IndexExpr& e, const ast::Expr& val, bool negative);

  // -- lower_call.cc
  void call(const ast::Expr& e, kir::Arg ret, int want);
  void call_plain(const ast::CallExpr& e, kir::Arg ret, int want);
  int method_of(const ast::MethodCallExpr& e);
  void call_method(const ast::MethodCallExpr& e, kir::Arg ret, int want);
  void finish_args(const Args& args, int want);
  Args arguments(const std::vector<ast::Expr>& list, const kir::Val* first = nullptr);
  Args pushed_arguments(const std::vector<ast::Expr>& list, const kir::Val* first);
  bool output_call(const ast::CallExpr& e);

  bool is_int(const ast::Expr& e) const { return program_.model().types_of(e) == type::kInt; }
  bool is_bool(const ast::Expr& e) const { return program_.model().types_of(e) == type::kBool; }
  Storage storage(const sema::Variable& v) const { return program_.plan().of(v); }
  kir::Arg cell_arg(const sema::Variable& v) { return text("&" + program_.shared_name(v)); }
  kir::Arg word_arg(const sema::Variable& v) { return text("&" + program_.shared_name(v)); }
  kir::Arg counter_arg(const sema::Variable& v) { return text(program_.shared_name(v)); }
  kir::Val box(const sema::Variable& v) const;
  // The number of the table when `e` is an element that belongs to the current thread.
  std::optional<size_t> own_element(const ast::IndexExpr& e) const;

  ProgramBuilder& program_;
  const sema::Function& f_;
  kir::Function out_;
  kir::Body* body_ = nullptr;
  uint32_t line_ = 0;
  int next_slot_ = 0;
  bool in_filter_ = false;
  std::unordered_map<const sema::Variable*, int> slots_;          // kSlot, and kBox of its own
  std::unordered_map<const sema::Variable*, std::string> locals_;  // kLocalNumber, kLocalBool
  std::unordered_map<const sema::Variable*, int> upvalues_;
  std::unordered_set<std::string> local_names_;
  std::vector<std::string> next_labels_;  // one per loop around; what continue jumps to
  std::vector<bool> next_used_;
  int n_labels_ = 0;
  int n_temps_ = 0;
  // Temporaries are used again when the statement that took them is through: frames stay small.
  std::vector<std::pair<std::string, kir::LocalType>> temps_in_use_;
  std::vector<std::pair<std::string, kir::LocalType>> temps_free_;
};

}  // namespace kt2ko::lower_detail
