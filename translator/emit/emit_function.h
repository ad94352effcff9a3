// SPDX-License-Identifier: GPL-2.0
// One KIR function as C text.
#pragma once

#include <string>

#include "emit/c_writer.h"
#include "emit/linkage.h"
#include "emit/print_expr.h"
#include "lower/kir.h"

namespace kt2ko::emit_detail {

std::string function_prototype(const kir::Function& f, const Linkage& linkage);
std::string leaf_prototype(const kir::Trace& t);
std::string leaf_fn_prototype(const kir::Trace& t);
std::string quick_prototype(const kir::Quick& q);

class FunctionEmitter {
 public:
  FunctionEmitter(const kir::Program& program, const Linkage& linkage, CWriter& out)
      : program_(program), linkage_(linkage), print_(program), out_(out) {}
  void emit(const kir::Function& f);
  void emit_quick(const kir::Trace& t);
  void emit_leaf(const kir::Trace& t);  // handler and filter, for back ends that can run them without a context

 private:
  void locals(const kir::Function& f);
  void local_variables(const std::vector<kir::LocalDecl>& list);
  void epilogue(const kir::Function& f);
  void body(const kir::Body& list);
  void statement(const kir::Stmt& s);
  void try_call(const kir::Try& n);
  void closure(const kir::Try& n);
  void print(const kir::Print& n);
  void quick_print(const kir::QuickPrint& n);
  void branch(const kir::If& n);
  void loop(const kir::Loop& n);
  void leave_on(const char* test, uint32_t line);

  bool frameless_ = false;   // the function has no slots
  bool fails_ = false;       // the function so far jumps to the label failed
  bool jumps_out_ = false;   // the function so far jumps to the label out, done
  bool jumps_done_ = false;
  const kir::Program& program_;
  const Linkage& linkage_;
  ExprPrinter print_;
  CWriter& out_;
};

}  // namespace kt2ko::emit_detail
