// SPDX-License-Identifier: GPL-2.0
// KIR expressions and arguments as C text.
#pragma once

#include <string>
#include <vector>

#include "lower/kir.h"

namespace kt2ko::emit_detail {

class ExprPrinter {
 public:
  explicit ExprPrinter(const kir::Program& program) : program_(program) {}

  std::string val(const kir::Val& v) const;          // its address
  std::string val_member(const kir::Val& v) const;   // the value as an lvalue, for .i
  std::string expr(const kir::ExprPtr& e) const { return expr(*e, 0); }
  std::string arg(const kir::Arg& a) const;
  std::string args(const std::vector<kir::Arg>& list) const;

 private:
  std::string expr(const kir::Expr& e, int outer) const;
  std::string binary(const kir::Binary& b, int outer) const;

  const kir::Program& program_;
};

std::string int_literal(int64_t v);

}  // namespace kt2ko::emit_detail
