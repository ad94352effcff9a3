// SPDX-License-Identifier: GPL-2.0
// Handlers that can run without a context though they read values of the event and add to table elements: see
// ktr_leaf.h. What they add is noted on the way and added at the end, so that they can stand aside at any place before.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "catalog/format.h"
#include "lower/build.h"
#include "lower/program_builder.h"

namespace kt2ko::lower_detail {

inline const ast::Expr& inner(const ast::Expr& e) { return sema::strip_parens(e); }

class QuickLowerer {
 public:
  QuickLowerer(ProgramBuilder& program, const sema::Function& handler) : program_(program), handler_(handler) {}

  // The handler with its filter as a quick one; nullptr: it does something that these cannot, or nothing that a plain leaf
  // could not do as well. A failed try leaves nothing in the program.
  std::shared_ptr<kir::Quick> run(const std::string& c_name, const ast::TraceStmt& s);
  // Of a failed try: what it could not do.
  const kir::Reason& refusal() const { return refusal_; }

 private:
  // What is not supported ends the try: functions return false or nullptr then, and have noted why.
  bool refuse(Span where, std::string why);
  kir::ExprPtr none(Span where, std::string why) { return (void)refuse(where, std::move(why)), nullptr; }
  bool block(const ast::Block& b);
  bool statement(const ast::Stmt& s);
  bool declare(const ast::VarStmt& s);
  bool branch(const ast::IfStmt& s, size_t arm);
  bool assign(const ast::AssignStmt& s);
  bool add_sample(const sema::Variable& v, const ast::Expr& sample);
  bool add_to_variable(const ast::NameExpr& target, kir::ExprPtr d);
  bool add_to_element(const ast::AssignStmt& s, const ast::IndexExpr& target, kir::ExprPtr d);
  bool add_sample_to_element(const ast::AssignStmt& s, const ast::IndexExpr& target);
  const sema::Variable* table_of(const ast::IndexExpr& target);
  // The way of a statement to the element, a local; nullopt: it has none.
  std::optional<std::string> way_of(const ast::AssignStmt& s, const ast::IndexExpr& target, kir::Adder adder);
  bool condition_of(const ast::Expr& filter);
  bool is_certain() const { return body_ == &out_->body && !out_->jumps_to_done; }  // every run comes here
  void note_effect(const std::string& local_name, kir::Body effect);
  void note_effect(kir::Body effect);  // is done when this place was reached
  void bail_if(kir::ExprPtr cond);

  // -- quick_output.cc
  bool output(const ast::Expr& call);
  // What is written for one conversion of it.
  bool output_arg(const FormatConversion& conv, const ast::Expr& e, kir::LateArg* out);

  // -- quick_own.cc
  struct Maybe {  // locals: a number, and whether it is one; else it is nil
    std::string number, is_number;
  };
  std::optional<Maybe> maybe_of(const ast::Expr& e);
  std::optional<Maybe> read_own(const ast::IndexExpr& e);
  std::string own_local(size_t n);  // the local with the current thread's element of table n
  std::optional<size_t> own_element(const ast::IndexExpr& e) const;
  bool store_own(const ast::AssignStmt& s, size_t n);
  kir::ExprPtr number_in_maybe(const Maybe& m);

  // -- quick_values.cc
  kir::ExprPtr number_of(const ast::Expr& e);
  kir::ExprPtr arithmetic(const ast::BinaryExpr& e);
  kir::ExprPtr name_number(const ast::NameExpr& e);
  kir::ExprPtr truth_of(const ast::Expr& e);
  kir::ExprPtr comparison(const ast::BinaryExpr& e);
  kir::ExprPtr text_equal(const ast::Expr& text, const ast::Expr& literal);
  kir::ExprPtr text_of(const ast::Expr& e);  // a char[16]
  // Whether there is a way to the element, which goes into the local `way`.
  kir::ExprPtr find_parts(const ast::IndexExpr& target, const std::string& way, const std::string& slots, kir::Adder* adder);
  kir::ExprPtr find_way(const ast::Expr& key, const std::string& way, const std::string& slots, kir::AdderKind* kind);
  const sema::Variable* variable_of(const ast::NameExpr& e) const;
  const Builtin* called(const ast::Expr& e) const;  // a call of a builtin without arguments; else nullptr
  bool field_goes_first(const ast::EventWordExpr& w) const;
  bool is_value(const ast::Expr& e, int* slot) const;
  // Number of a value of the event among those that are used.
  std::optional<int> value_number(int slot, kir::QuickValue::Kind kind, Span where);
  kir::ExprPtr value(const char* function, int slot, kir::QuickValue::Kind kind, Span where);
  std::string new_local(const char* stem, kir::LocalType type);
  template <typename F>
  bool collect(kir::Body* to, F fill) {
    kir::Body* outer = body_;
    body_ = to;
    const bool good = fill();
    body_ = outer;
    return good;
  }
  template <typename T>
  void add(T node) {
    body_->push_back(stmt(std::move(node)));
  }

  ProgramBuilder& program_;
  const sema::Function& handler_;
  std::shared_ptr<kir::Quick> out_;
  kir::Reason refusal_;
  kir::Body* body_ = nullptr;
  std::unordered_map<const sema::Variable*, std::string> locals_;
  std::unordered_map<const sema::Variable*, Maybe> maybes_;
  std::unordered_set<size_t> own_stored_;  // what is stored at the end cannot be read before
  std::map<size_t, std::string> own_locals_;
  bool adds_samples_ = false;
  std::vector<std::pair<const ast::AssignStmt*, kir::Adder>> adders_;
  bool prints_ = false;
};

}  // namespace kt2ko::lower_detail
