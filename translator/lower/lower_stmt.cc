// SPDX-License-Identifier: GPL-2.0
// Statements but assignments.
#include <fmt/format.h>

#include <algorithm>

#include "lower/function_lowerer.h"
#include "support/overloaded.h"

namespace kt2ko::lower_detail {

using namespace ast;

void FunctionLowerer::block(const Block& b) {
  const int outer = next_slot_;
  statements(b);
  next_slot_ = outer;
}

void FunctionLowerer::statements(const Block& b) {
  for (const Stmt& s : b.stmts) {
    if (program_.is_linked(span_of(s))) continue;
    const uint32_t line = program_.line(span_of(s));
    line_ = line;
    if (!std::holds_alternative<EmptyStmt*>(s)) add(kir::Line{line});
    statement(s);
  }
}

void FunctionLowerer::statement(const Stmt& s) {
  const int outer = next_slot_;
  const size_t temps = temps_in_use_.size();
  bool keeps_slots = false;  // declarations: their slots live as long as the block
  std::visit(Overloaded{
                 [](const EmptyStmt*) {},
                 [](const LabelStmt*) {},
                 [&](const VarStmt* n) { var_stmt(*n), keeps_slots = true; },
                 [&](const FunctionStmt* n) { function_stmt(*n), keeps_slots = true; },
                 [&](const IfStmt* n) { if_stmt(*n, 0); },
                 [&](const WhileStmt* n) { while_stmt(*n); },
                 [&](const NumericForStmt* n) { numeric_for(*n); },
                 [&](const CForStmt* n) { c_for(*n); },
                 [&](const ForInStmt* n) { for_in(*n); },
                 [&](const RepeatStmt* n) { repeat_stmt(*n); },
                 [&](const DoStmt* n) { block(*n->block); },
                 [&](const BreakStmt*) { add(kir::Break{}); },
                 [&](const ContinueStmt*) {
                   next_used_.back() = true;
                   add(kir::Goto{next_labels_.back()});
                 },
                 [&](const ReturnStmt* n) { return_stmt(*n); },
                 [&](const AssignStmt* n) { assign(*n); },
                 [&](const CallStmt* n) { call(n->call, text("c->top"), 0); },
                 [&](const TraceStmt* n) {
                   const sema::Function& f = *program_.model().bodies.at(n->body);
                   register_handler(program_.trace(*n, f), f);
                 },
                 [&](const TimerStmt* n) {
                   const sema::Function& f = *program_.model().bodies.at(n->body);
                   register_handler(program_.timer(*n, f), f);
                 },
                 [&](const TraceEndStmt* n) { register_handler("", *program_.model().bodies.at(n->body)); },
             },
             s);
  if (!keeps_slots) next_slot_ = outer;
  release_temps(temps);
}

void FunctionLowerer::register_handler(const std::string& trace, const sema::Function& handler) {
  kir::Val f;
  if (program_.plan().is_static(handler)) {
    f = program_.function_value(handler);
  } else {
    const int t = new_slot();
    closure_into(handler, t);
    f = slot(t);
  }
  if (trace.empty())
    try_call("ktr_register_end", {f});
  else
    try_call("ktr_register", {text("&" + trace), f, text("(struct ktr_val *)0")});
}

void FunctionLowerer::function_stmt(const FunctionStmt& s) {
  const sema::Variable& v = *program_.model().declared.at(&s.name);
  const Storage where = storage(v);
  if (where == Storage::kStaticFunction) return;
  const sema::Function& f = *program_.model().bodies.at(s.body);
  declare(v);  // first, so that the closure can capture its own name
  const int t = new_slot();
  if (program_.plan().is_static(f))
    add(kir::Copy{t, program_.function_value(f)});
  else
    closure_into(f, t);
  store_val(v, slot(t));
}

void FunctionLowerer::if_stmt(const IfStmt& s, size_t arm) {
  if (arm == s.arms.size()) {
    if (s.otherwise) block(*s.otherwise);
    return;
  }
  const int outer = next_slot_;
  line_ = program_.line(span_of(s.arms[arm].cond));
  kir::ExprPtr test = cond(s.arms[arm].cond);
  next_slot_ = outer;
  kir::Body then = collect([&] { block(*s.arms[arm].block); });
  kir::Body otherwise = collect([&] { if_stmt(s, arm + 1); });
  add(kir::If{std::move(test), std::move(then), std::move(otherwise)});
}

// One C loop; `continue` jumps to the end of the body, before `step`.
void FunctionLowerer::loop(const std::function<void()>& fill, const std::function<void()>& step) {
  next_labels_.push_back(fmt::format("next_{}", ++n_labels_));
  next_used_.push_back(false);
  kir::Loop out;
  out.body = collect(fill);
  out.step = collect(step);
  if (next_used_.back()) out.next_label = next_labels_.back();
  next_labels_.pop_back();
  next_used_.pop_back();
  add(std::move(out));
}

void FunctionLowerer::count_round() { try_call("ktr_loop", {}); }

void FunctionLowerer::while_stmt(const WhileStmt& s) {
  const uint32_t line = line_;
  loop(
      [&] {
        const int outer = next_slot_;
        line_ = line;
        kir::ExprPtr test = cond(s.cond);
        next_slot_ = outer;
        add(kir::If{negated(std::move(test)), {kir::Stmt{kir::Break{}}}, {}});
        count_round();
        block(*s.block);
      },
      [] {});
}

void FunctionLowerer::repeat_stmt(const RepeatStmt& s) {
  const int outer = next_slot_;
  loop(
      [&] {
        count_round();
        statements(*s.block);
      },
      [&] {
        line_ = program_.line(span_of(s.cond));
        kir::ExprPtr test = cond(s.cond);
        add(kir::If{std::move(test), {kir::Stmt{kir::Break{}}}, {}});
      });
  next_slot_ = outer;
}

void FunctionLowerer::numeric_for(const NumericForStmt& s) {
  const std::string i = temp(kir::LocalType::kNumber);
  const std::string to = temp(kir::LocalType::kNumber);
  const std::string step = temp(kir::LocalType::kNumber);
  add(kir::SetLocal{i, num(s.from, "KTR_NEED_FOR")});
  add(kir::SetLocal{to, num(s.to, "KTR_NEED_FOR")});
  add(kir::SetLocal{step, s.step ? num(*s.step, "KTR_NEED_FOR") : number(1)});
  const bool step_known = !s.step || std::holds_alternative<NumberExpr*>(*s.step);
  if (!step_known) try_call("ktr_for_step", {read_local(step)});
  const sema::Variable& v = *program_.model().declared.at(&s.var);
  const uint32_t line = line_;
  loop(
      [&] {
        line_ = line;
        kir::ExprPtr done = pure_call("ktr_for_done", {read_local(i), read_local(to), read_local(step)});
        add(kir::If{std::move(done), {kir::Stmt{kir::Break{}}}, {}});
        count_round();
        const int outer = next_slot_;
        declare(v);
        if (storage(v) == Storage::kLocalNumber) {
          add(kir::SetLocal{locals_.at(&v), read_local(i)});
        } else {
          const int t = new_slot();
          add(kir::SetInt{t, read_local(i)});
          store_val(v, slot(t));
        }
        block(*s.block);
        next_slot_ = outer;
      },
      [&] {
        kir::ExprPtr overflow = pure_call("ktr_for_next", {kir::AddressOf{i}, read_local(step)});
        add(kir::If{std::move(overflow), {kir::Stmt{kir::Break{}}}, {}});
      });
}

void FunctionLowerer::c_for(const CForStmt& s) {
  const int outer = next_slot_;
  // The loop's variable is one for all rounds; captured, it is one box.
  if (s.var) declare_with(*program_.model().declared.at(&*s.var), *s.init);
  const uint32_t line = line_;
  loop(
      [&] {
        line_ = line;
        if (s.cond) {
          const int before = next_slot_;
          kir::ExprPtr test = cond(*s.cond);
          next_slot_ = before;
          add(kir::If{negated(std::move(test)), {kir::Stmt{kir::Break{}}}, {}});
        }
        count_round();
        block(*s.block);
      },
      [&] {
        line_ = line;
        if (s.step) statement(*s.step);
      });
  next_slot_ = outer;
}

void FunctionLowerer::for_in(const ForInStmt& s) {
  const auto& iteration = *std::get<CallExpr*>(sema::strip_parens(s.exprs[0]));
  const bool sorted = program_.model().builtin_of(iteration.callee)->id == "sort_pairs";
  const int outer = next_slot_;
  const int n_args = std::min(3, static_cast<int>(iteration.args.size()));
  const int table = new_slots(std::max(2, n_args));
  for (int i = 0; i < n_args; ++i) value_into(iteration.args[static_cast<size_t>(i)], table + i);
  const kir::Arg order = n_args > 1 ? kir::Arg{slot(table + 1)} : kir::Arg{text("(struct ktr_val *)0")};
  const std::string it = temp(kir::LocalType::kIterator);
  const kir::AddressOf iterator{it};
  if (sorted && n_args > 2)
    try_call("ktr_iter_top", {iterator, slot(table), order, slot(table + 2)});
  else if (sorted)
    try_call("ktr_iter_sorted", {iterator, slot(table), order});
  else
    try_call("ktr_iter_begin", {iterator, slot(table)});
  const bool parts = s.vars.size() > 2;
  const int key = new_slots(2);
  const uint32_t line = line_;
  loop(
      [&] {
        line_ = line;
        const bool wants_value = s.vars.size() > 1;
        const kir::Arg value = wants_value ? kir::Arg{slot(key + 1)} : kir::Arg{text("(struct ktr_val *)0")};
        add(kir::TryNext{"ktr_iter_next", {text("c"), iterator, slot(key), value}, line_});
        count_round();
        const int before = next_slot_;
        if (parts) {
          bind_key_parts(s, key);
        } else {
          for (size_t i = 0; i < s.vars.size(); ++i) {
            const sema::Variable& v = *program_.model().declared.at(&s.vars[i]);
            declare(v);
            store_val(v, slot(key + static_cast<int>(i)));
          }
        }
        block(*s.block);
        next_slot_ = before;
      },
      [] {});
  add(kir::Call{"ktr_iter_end", {text("c"), iterator}});
  next_slot_ = outer;
}

// for (a, b, v in pairs(t)): a and b are the parts of a composite key.
void FunctionLowerer::bind_key_parts(const ForInStmt& s, int key) {
  const size_t n = s.vars.size();
  for (size_t i = 0; i < n; ++i) {
    const sema::Variable& v = *program_.model().declared.at(&s.vars[i]);
    declare(v);
    if (i + 1 == n) {
      store_val(v, slot(key + 1));
      continue;
    }
    const int t = new_slot();
    try_call("ktr_tuple_get", {slot(t), slot(key), count(i + 1)});
    store_val(v, slot(t));
  }
}

bool FunctionLowerer::tail_call(const Expr& e) {
  if (const auto* m = std::get_if<MethodCallExpr*>(&e)) {
    const int object = method_of(**m);
    const kir::Val self = slot(object);
    const Args args = arguments((*m)->args, &self);
    add(kir::ReturnCode{"ktr_tail", {text("c"), slot(object + 1), args.first, args.count}, nullptr, line_});
    return true;
  }
  const auto* n = std::get_if<CallExpr*>(&e);
  if (!n || program_.model().ffi_form(e) || program_.model().builtin_of((*n)->callee)) return false;
  const sema::Function* known = program_.model().function_of((*n)->callee);
  const bool direct = known && program_.plan().is_static(*known);
  kir::Val callee;
  if (!direct) {
    const int t = new_slot();
    value_into((*n)->callee, t);
    callee = slot(t);
  }
  const Args args = arguments((*n)->args);
  if (direct)
    add(kir::ReturnCode{
        "ktr_tail_func", {text("c"), text("&" + program_.object_of(*known)), args.first, args.count}, nullptr, line_});
  else
    add(kir::ReturnCode{"ktr_tail", {text("c"), callee, args.first, args.count}, nullptr, line_});
  return true;
}

void FunctionLowerer::return_stmt(const ReturnStmt& s) {
  if (s.values.size() == 1 && tail_call(s.values[0])) return;
  if (s.values.size() == 1 && !program_.model().is_open_ended(s.values[0])) {
    add(kir::ReturnVals{value(s.values[0]), count(1)});
    return;
  }
  if (s.values.empty()) {
    add(kir::ReturnVals{text("c->top"), count(0)});
    return;
  }
  const Args args = arguments(s.values);
  add(kir::ReturnVals{args.first, args.count});
}

}  // namespace kt2ko::lower_detail
