// SPDX-License-Identifier: GPL-2.0
// What functions of one program share while they are lowered: constants, names, shared variables, the work list.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "lower/explanation.h"
#include "lower/kir.h"
#include "lower/lower.h"
#include "lower/storage.h"
#include "sema/model.h"

namespace kt2ko::lower_detail {

class ProgramBuilder {
 public:
  ProgramBuilder(const sema::Model& model, const Source& source, const LowerOptions& options);

  // Lowers the main chunk and everything that is reachable from it. explanation: nullptr, or receives what was decided.
  std::unique_ptr<kir::Program> run(Explanation* explanation);

  const sema::Model& model() const { return model_; }
  const StoragePlan& plan() const { return plan_; }
  const Source& source() const { return source_; }
  uint32_t line(Span span) const { return source_.line(span.begin); }

  kir::Val nil() { return intern({kir::Const::Kind::kNil, 0, ""}); }
  kir::Val truth(bool v) { return intern({v ? kir::Const::Kind::kTrue : kir::Const::Kind::kFalse, 0, ""}); }
  kir::Val number(int64_t v) { return intern({kir::Const::Kind::kInt, v, ""}); }
  kir::Val string(const std::string& bytes) { return intern({kir::Const::Kind::kStr, 0, bytes}); }
  kir::Val library(const Builtin& b) {
    note_use(b);
    return intern({kir::Const::Kind::kLib, 0, std::string(b.id)});
  }
  // The script calls a function of the library, or may.
  void note_use(const Builtin& b) { program_->user_stacks |= b.id == "ustack"; }
  kir::Val function_value(const sema::Function& f);

  // The code of a script function; it is lowered when first asked for.
  std::string code_of(const sema::Function& f);
  // Whether a place of the text belongs to a tapset that is a module of its own; nothing there is lowered.
  bool is_linked(Span span) const { return !linked_.empty() && !tapset_of(span).empty(); }
  // The static object of a function without captured variables.
  std::string object_of(const sema::Function& f);
  // C name of a shared variable (cell, word or counter).
  std::string shared_name(const sema::Variable& v);
  // The cell of a shared variable, as the address of its value.
  kir::Val cell_of(const sema::Variable& v);
  // The cell of the table `arg`.
  kir::Val arg_cell();
  bool uses_arg() const { return arg_cell_ >= 0; }

  // A trace, tick or profile statement; the C name of its description.
  std::string trace(const ast::TraceStmt& s, const sema::Function& handler);
  std::string timer(const ast::TimerStmt& s, const sema::Function& handler);

  // Statements of quick handlers that add to table elements; the C name, empty: it is none.
  void add_adder(const ast::AssignStmt& s, const kir::Adder& adder);
  std::string adder_of(const ast::AssignStmt& s) const;
  kir::Cells cells_of(const std::string& adder) const;  // of the adder with that C name

  // Uses of a variable's elements, as they were lowered; each once, in the order of their lines.
  void note_element(const sema::Variable& v, Explanation::Element element);
  std::vector<Explanation::Element> elements_of(const sema::Variable& v) const;

  // Calls that register event handlers: line and name.
  void note_registration(uint32_t line, const Builtin& b) { registrations_.emplace_back(line, b.name); }
  const std::vector<std::pair<uint32_t, std::string>>& registrations() const { return registrations_; }

  // Number of a format whose text the readers make. Without deferred output there are none.
  bool defers_output() const { return deferred_output_; }
  int format(const kir::Format& f);

  // The C name of the glue's function for a use of ffi. (program_ffi.cc)
  std::string ffi_function(kir::FfiFunction::Kind kind, int ctype, int value_ctype, Span span);
  std::string ffi_call(const ast::CallExpr& e);

  std::string claim(const std::string& wanted);  // a C name that nothing else has

 private:
  kir::FfiPlace place_of(Span span) const { return {span, line(span)}; }
  void init_ffi(bool unsafe);
  kir::Val intern(kir::Const c);
  int new_cell(const std::string& c_name, const std::string& title);
  std::string tapset_of(Span span) const;  // name of the tapset whose text it is in; empty: it is in the script's own
  bool is_exported(const sema::Function& f) const;
  std::string link(const sema::Function& f);
  void link_tapsets();
  uint32_t uses_of(const sema::Function& f) const;
  uint64_t values_of(const sema::Function& f) const;
  std::string filter(const ast::TraceStmt& s, const sema::Function& handler, kir::Trace& trace, size_t number);

  const sema::Model& model_;
  const Source& source_;
  StoragePlan plan_;
  std::unique_ptr<kir::Program> program_;
  std::map<std::tuple<int, int64_t, std::string>, int> const_ids_;
  std::unordered_map<const sema::Function*, std::string> code_names_;
  std::unordered_map<const sema::Function*, std::string> object_names_;
  std::unordered_map<const sema::Variable*, std::string> shared_names_;
  std::unordered_map<const sema::Variable*, int> cells_;
  std::unordered_set<std::string> claimed_;
  std::deque<const sema::Function*> work_;
  std::unordered_map<const ast::AssignStmt*, std::string> adders_;
  std::unordered_map<const sema::Variable*, std::vector<Explanation::Element>> elements_;
  std::vector<std::pair<uint32_t, std::string>> registrations_;
  std::unordered_map<std::string, int> format_ids_;
  std::map<std::string, std::string> linked_;
  std::string prebuilt_;
  bool deferred_output_ = true;
  bool removes_ = false;  // registrations may be taken back while tracing
  int arg_cell_ = -1;
};

// Letters, digits and underscores only: everything else becomes one underscore.
std::string squeeze(const std::string& name);

}  // namespace kt2ko::lower_detail
