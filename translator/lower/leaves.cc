// SPDX-License-Identifier: GPL-2.0
#include "lower/leaves.h"

#include <algorithm>
#include <string>
#include <vector>

#include "support/overloaded.h"

namespace kt2ko::lower_detail {

namespace {

// Looks through a function: what it needs.
class Needs {
 public:
  bool frame = false;
  bool context = false;

  void body(const kir::Body& b) {
    for (const kir::Stmt& s : b) statement(s);
  }

 private:
  void statement(const kir::Stmt& s) {
    std::visit(Overloaded{
                   [](const kir::Line&) {},
                   [&](const kir::SetLocal& n) { expr(n.value); },
                   [&](const kir::Call& n) {
                     context = context || n.function != "ktr_counter_add";
                     args(n.args);
                   },
                   [&](const kir::Print& n) {
                     context = true;
                     frame = frame || n.fails;
                     args(n.values);
                   },
                   [&](const kir::If& n) {
                     expr(n.cond);
                     body(n.then);
                     body(n.otherwise);
                   },
                   [&](const kir::ReturnVals& n) { frame = frame || !is_zero(n.count); },
                   [&](const kir::ReturnCode& n) {
                     frame = frame || !n.value;
                     if (n.value) expr(n.value);
                   },
                   [&](const auto&) { frame = true; },
               },
               s.node);
  }

  static bool is_zero(const kir::Arg& a) {
    const auto* e = std::get_if<kir::ExprPtr>(&a);
    const auto* n = e ? std::get_if<kir::IntLiteral>(&(*e)->node) : nullptr;
    return n && n->value == 0;
  }

  void args(const std::vector<kir::Arg>& list) {
    for (const kir::Arg& a : list)
      if (const auto* e = std::get_if<kir::ExprPtr>(&a)) expr(*e);
  }

  void expr(const kir::ExprPtr& e) {
    std::visit(Overloaded{
                   [&](const kir::Negate& n) { expr(n.operand); },
                   [&](const kir::Not& n) { expr(n.operand); },
                   [&](const kir::Binary& n) {
                     expr(n.lhs);
                     expr(n.rhs);
                   },
                   [&](const kir::PureCall& n) {
                     // what the current task alone tells
                     context = context || !(n.function == "ktr_pid" || n.function == "ktr_tid" ||
                                            n.function == "ktr_uid");
                     args(n.args);
                   },
                   [&](const kir::NumberIn&) { context = true; },
                   [&](const kir::Member&) { context = true; },
                   [](const auto&) {},
               },
               e->node);
  }
};

void mark(kir::Function* f) {
  Needs needs;
  needs.body(f->body);
  f->frameless = f->n_slots == 0 && f->n_params == 0 && !needs.frame;
  f->leaf = f->frameless && !needs.context;
}

bool is_function_entry(const kir::Probe& p) {
  return p.kind == "KTR_PROBE_KPROBE" || (p.system == "ftrace" && p.event == "function");
}

}  // namespace

void find_leaves(kir::Program* program, bool traces) {
  for (kir::Function& f : program->functions) mark(&f);
  if (!traces) return;
  const auto is_leaf = [&](const std::string& name) {
    return std::any_of(program->functions.begin(), program->functions.end(),
                       [&](const kir::Function& f) { return f.leaf && f.c_name == name; });
  };
  for (kir::Trace& t : program->traces) {
    if (!is_leaf(t.handler) || (!t.filter.empty() && !is_leaf(t.filter))) continue;
    const std::string number = t.c_name.substr(t.c_name.rfind('_') + 1);
    t.leaf = "ktg_leaf_" + number;
    if (std::any_of(t.probes.begin(), t.probes.end(), is_function_entry))
      t.leaf_fn = "ktg_leaf_fn_" + number;
  }
}

}  // namespace kt2ko::lower_detail
