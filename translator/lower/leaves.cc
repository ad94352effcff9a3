// SPDX-License-Identifier: GPL-2.0
#include "lower/leaves.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "support/overloaded.h"

namespace kt2ko::lower_detail {

namespace {

// What calls of the runtime are in the script's terms, by the beginning of their names; the first row that fits.
struct Meaning {
  std::string_view prefix;
  const char* text;
};
constexpr Meaning kMeanings[] = {
    {"ktr_out_", "it prints"},
    {"ktr_print_argstr", "it prints"},
    {"ktr_incr", "it adds to an element of a table"},
    {"ktr_agg_add", "it adds a sample to an element of a table"},
    {"ktr_lin_add", "it adds a sample to an element of a table"},
    {"ktr_set", "it stores an element of a table"},
    {"ktr_get", "it reads an element of a table"},
    {"ktr_tab_", "it makes a table"},
    {"ktr_iter_", "it walks a table"},
    {"ktr_arg", "it looks at a value of the event"},
    {"ktr_field", "it looks at a value of the event"},
    {"ktr_has_field", "it looks at a value of the event"},
    {"ktr_probename", "it looks at the event's name"},
    {"ktr_execname", "it looks at the task's name"},
    {"ktr_cpu", "it looks at the CPU's number"},
    {"ktr_counter_", "it reads or assigns a number that has parts per CPU"},
    {"ktr_ivar_", "it uses a number that all CPUs share"},
    {"ktr_cell_", "it uses a variable that all CPUs share under a lock"},
    {"ktr_box_", "it uses a captured variable"},
    {"ktr_loop", "it has a loop"},
    {"ktr_call", "it calls a function"},
    {"ktr_tail", "it calls a function"},
    {"ktr_lib_", "it calls a library function"},
    {"ktr_num", "it must look whether a value is a number"},
    {"ktr_div", "it divides by what may be 0"},
    {"ktr_mod", "it divides by what may be 0"},
    {"ktr_concat", "it makes a text"},
    {"ktr_tuple", "it makes a key of several parts"},
    {"ktr_", "it needs values other than numbers"},
};

std::string meaning(std::string_view function) {
  for (const Meaning& m : kMeanings)
    if (function.substr(0, m.prefix.size()) == m.prefix) return m.text;
  return "it calls a function";
}

// Looks through a function: what it needs, and the first thing that needs it.
class Needs {
 public:
  bool frame = false;
  bool context = false;
  kir::Reason why;

  void body(const kir::Body& b) {
    for (const kir::Stmt& s : b) statement(s);
  }

 private:
  void statement(const kir::Stmt& s) {
    std::visit(Overloaded{
                   [&](const kir::Line& n) { line_ = n.line; },
                   [&](const kir::SetLocal& n) { expr(n.value); },
                   [&](const kir::Call& n) {
                     if (n.function != "ktr_counter_add") need(&context, meaning(n.function));
                     args(n.args);
                   },
                   [&](const kir::Print& n) {
                     need(&context, "it prints");
                     frame = frame || n.fails;
                     args(n.values);
                   },
                   [&](const kir::If& n) {
                     expr(n.cond);
                     body(n.then);
                     body(n.otherwise);
                   },
                   [&](const kir::ReturnVals& n) {
                     if (!is_zero(n.count)) need(&frame, "it returns a value");
                   },
                   [&](const kir::ReturnCode& n) {
                     if (!n.value) need(&frame, meaning(n.function));
                     if (n.value) expr(n.value);
                   },
                   [&](const kir::Try& n) { need(&frame, meaning(n.function)); },
                   [&](const kir::TryNext& n) { need(&frame, meaning(n.function)); },
                   [&](const kir::Loop&) { need(&frame, "it has a loop"); },
                   [&](const auto&) { need(&frame, "it needs values other than numbers"); },
               },
               s.node);
  }

  void need(bool* what, std::string text) {
    *what = true;
    if (why.text.empty()) why = {std::move(text), line_};
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
                     // what the current task alone tells needs none
                     if (n.function != "ktr_pid" && n.function != "ktr_tid" && n.function != "ktr_uid")
                       need(&context, meaning(n.function));
                     args(n.args);
                   },
                   [&](const kir::NumberIn&) { need(&context, "it needs values other than numbers"); },
                   [&](const kir::Member&) { need(&context, "it needs values other than numbers"); },
                   [](const auto&) {},
               },
               e->node);
  }

  uint32_t line_ = 0;
};

void mark(kir::Function* f) {
  Needs needs;
  needs.body(f->body);
  f->frameless = f->n_slots == 0 && f->n_params == 0 && !needs.frame;
  f->leaf = f->frameless && !needs.context;
  if (f->leaf) return;
  f->no_leaf = std::move(needs.why);
  if (f->no_leaf.text.empty()) f->no_leaf = {"it needs values other than numbers", f->line};
}

bool is_function_entry(const kir::Probe& p) {
  return p.kind == "KTR_PROBE_KPROBE" || (p.system == "ftrace" && p.event == "function");
}

}  // namespace

void find_leaves(kir::Program* program, bool traces) {
  for (kir::Function& f : program->functions) mark(&f);
  if (!traces) return;
  const auto why_none = [&](const std::string& name) {
    const auto f = std::find_if(program->functions.begin(), program->functions.end(),
                                [&](const kir::Function& g) { return g.c_name == name; });
    return f->no_leaf;
  };
  for (kir::Trace& t : program->traces) {
    if (!t.no_leaf.text.empty()) continue;
    if (!t.filter.empty()) t.no_leaf = why_none(t.filter);
    if (t.no_leaf.text.empty()) t.no_leaf = why_none(t.handler);
    if (!t.no_leaf.text.empty()) continue;
    const std::string number = t.c_name.substr(t.c_name.rfind('_') + 1);
    t.leaf = "ktg_leaf_" + number;
    if (std::any_of(t.probes.begin(), t.probes.end(), is_function_entry))
      t.leaf_fn = "ktg_leaf_fn_" + number;
  }
}

}  // namespace kt2ko::lower_detail
