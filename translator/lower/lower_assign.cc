// SPDX-License-Identifier: GPL-2.0
// Declarations, assignments, increments: everything that stores.
#include "lower/function_lowerer.h"
#include "sema/resolver.h"

namespace kt2ko::lower_detail {

using namespace ast;

// Makes room for a variable of this function. A captured one of an inner scope gets a new box each time.
void FunctionLowerer::declare(const sema::Variable& v) {
  switch (storage(v)) {
    case Storage::kLocalNumber: locals_[&v] = new_local("v_" + squeeze(v.name), kir::LocalType::kNumber); break;
    case Storage::kLocalBool: locals_[&v] = new_local("v_" + squeeze(v.name), kir::LocalType::kBool); break;
    case Storage::kSlot: slots_[&v] = new_slot(); break;
    case Storage::kBox:
      slots_[&v] = new_slot();
      try_call("ktr_box_new", {slot(slots_[&v])});
      break;
    default: break;
  }
}

void FunctionLowerer::declare_with(const sema::Variable& v, const Expr& e) {
  if (storage(v) == Storage::kBox) {
    // The value may capture an older variable of the same name: evaluate first.
    const int home = new_slot();
    const int t = new_slot();
    value_into(e, t);
    slots_[&v] = home;
    try_call("ktr_box_new", {slot(home)});
    store_val(v, slot(t));
    return;
  }
  declare(v);
  if (storage(v) == Storage::kSlot)
    value_into(e, slots_.at(&v));
  else
    store_expr(v, e);
}

void FunctionLowerer::var_stmt(const VarStmt& s) {
  const auto variable = [&](size_t i) -> const sema::Variable& { return *program_.model().declared.at(&s.names[i]); };
  if (s.names.size() == 1 && s.values.size() == 1) {
    declare_with(variable(0), s.values[0]);
    return;
  }
  // Values first, all of them, then the names.
  const int n_names = static_cast<int>(s.names.size());
  const int homes = new_slots(n_names);  // keeps the variables' slots below the temporaries
  const int values = new_slots(n_names);
  for (size_t i = 0; i < s.values.size(); ++i) {
    const bool last = i + 1 == s.values.size();
    if (last && n_names > static_cast<int>(i) + 1 && sema::is_multi(s.values[i])) {
      const int want = n_names - static_cast<int>(i);
      if (std::holds_alternative<VarargExpr*>(s.values[i])) {
        const Args rest = arguments({s.values[i]});
        add(kir::Call{"ktr_take", {text("c"), slot(values + static_cast<int>(i)), count(want), rest.first, rest.count}});
        finish_args(rest, 0);
      } else {
        call(s.values[i], slot(values + static_cast<int>(i)), want);
      }
    } else if (static_cast<int>(i) < n_names) {
      value_into(s.values[i], values + static_cast<int>(i));
    } else {
      value(s.values[i]);  // surplus: evaluated and dropped
    }
  }
  const bool filled = !s.values.empty() && sema::is_multi(s.values.back());
  for (int i = 0; i < n_names; ++i) {
    const sema::Variable& v = variable(static_cast<size_t>(i));
    const bool has_value = i < static_cast<int>(s.values.size()) || filled;
    if (!has_value) add(kir::SetNil{values + i});
    if (storage(v) == Storage::kSlot) {
      slots_[&v] = homes + i;
    } else if (storage(v) == Storage::kBox) {
      slots_[&v] = homes + i;
      try_call("ktr_box_new", {slot(homes + i)});
    } else {
      declare(v);
    }
    store_val(v, slot(values + i));
  }
  next_slot_ = homes + n_names;
}

void FunctionLowerer::store_expr(const sema::Variable& v, const Expr& e) {
  switch (storage(v)) {
    case Storage::kStaticFunction:
    case Storage::kOwn: break;
    case Storage::kLocalNumber: add(kir::SetLocal{locals_.at(&v), num(e, "KTR_NEED_ARITH")}); break;
    case Storage::kLocalBool: add(kir::SetLocal{locals_.at(&v), cond(e)}); break;
    case Storage::kNumber: add(kir::Call{"ktr_ivar_set", {word_arg(v), num(e, "KTR_NEED_ARITH")}}); break;
    case Storage::kBool: add(kir::Call{"ktr_ivar_set", {word_arg(v), cond(e)}}); break;
    case Storage::kCounter:
      add(kir::Call{"ktr_counter_set", {text("c"), counter_arg(v), num(e, "KTR_NEED_ARITH")}});
      break;
    default: store_val(v, value(e));
  }
}

void FunctionLowerer::store_val(const sema::Variable& v, kir::Val val) {
  switch (storage(v)) {
    case Storage::kStaticFunction:
    case Storage::kOwn: break;
    case Storage::kLocalNumber:
    case Storage::kLocalBool: add(kir::SetLocal{locals_.at(&v), number_in(val)}); break;
    case Storage::kSlot: add(kir::Copy{slots_.at(&v), val}); break;
    case Storage::kNumber:
    case Storage::kBool: add(kir::Call{"ktr_ivar_set", {word_arg(v), number_in(val)}}); break;
    case Storage::kCounter: add(kir::Call{"ktr_counter_set", {text("c"), counter_arg(v), number_in(val)}}); break;
    case Storage::kFixedCell:
    case Storage::kCell: try_call("ktr_cell_store", {cell_arg(v), val}); break;
    case Storage::kBox: try_call("ktr_box_store", {box(v), val}); break;
    case Storage::kSpread: try_call("ktr_spread_store", {cell_arg(v), val}); break;
  }
}

void FunctionLowerer::assign(const AssignStmt& s) {
  if (s.op != AssignOp::kSet) {
    increment(s.targets[0], s.values[0], s.op == AssignOp::kSub, "KTR_NEED_INCR", program_.adder_of(s));
    return;
  }
  if (s.targets.size() != 1 || s.values.size() != 1) {
    assign_many(s);
    return;
  }
  if (const auto* n = std::get_if<NameExpr*>(&s.targets[0])) {
    const sema::Variable& v = *program_.model().ref(*n).variable;
    bool negative = false;
    const Expr* added = sema::self_increment(s, &negative);
    if (added && v.types == type::kInt)  // n = n + e is n += e: exact when several CPUs do it
      increment(s.targets[0], *added, negative, "KTR_NEED_ARITH");
    else
      store_expr(v, s.values[0]);
    return;
  }
  const auto& e = *std::get<IndexExpr*>(s.targets[0]);
  if (is_ffi_step(e)) {
    ffi_assign(e, s.values[0]);
    return;
  }
  note_element(e, "stored");
  if (const auto own = own_element(e)) {
    try_call("ktr_own_store", {count(*own), value(s.values[0])});
    return;
  }
  const kir::Val table = value(e.object);
  if (by_number(e.keys)) {
    kir::ExprPtr k = settled(num(e.keys[0], "KTR_NEED_ARITH"), s.values[0]);
    const kir::Val val = value(s.values[0]);
    try_call("ktr_set_at", {table, std::move(k), val});
    return;
  }
  const kir::Val k = key(e.keys);
  try_call("ktr_set", {table, k, value(s.values[0])});
}

FunctionLowerer::Place FunctionLowerer::place(const Expr& target) {
  Place p;
  if (const auto* n = std::get_if<NameExpr*>(&target)) {
    p.variable = program_.model().ref(*n).variable;
    return p;
  }
  const auto& e = *std::get<IndexExpr*>(target);
  if (is_ffi_step(e)) {
    const int t = new_slots(2);
    p.ffi = &e;
    value_into(e.object, t);
    if (!is_ffi_member(e)) value_into(e.keys[0], t + 1);
    p.table = slot(t);
    p.key = slot(t + 1);
    return p;
  }
  p.own = own_element(e);
  if (p.own) return p;
  note_element(e, "stored");
  const int t = new_slots(2);  // copies: an earlier target may be the variable that holds the table or the key
  value_into(e.object, t);
  add(kir::Copy{t + 1, key(e.keys)});
  p.table = slot(t);
  p.key = slot(t + 1);
  return p;
}

void FunctionLowerer::store_place(const Place& p, kir::Val val) {
  if (p.variable)
    store_val(*p.variable, val);
  else if (p.ffi)
    ffi_store(*p.ffi, p.table, p.key, val, -1);
  else if (p.own)
    try_call("ktr_own_store", {count(*p.own), val});
  else
    try_call("ktr_set", {p.table, p.key, val});
}

void FunctionLowerer::assign_many(const AssignStmt& s) {
  std::vector<Place> places;
  for (const Expr& t : s.targets) places.push_back(place(t));
  const int n = static_cast<int>(places.size());
  const int values = new_slots(n);
  int done = 0;
  for (size_t i = 0; i < s.values.size(); ++i) {
    const int at = static_cast<int>(i);
    const bool last = i + 1 == s.values.size();
    if (last && n > at + 1 && std::holds_alternative<VarargExpr*>(s.values[i])) {
      const Args rest = arguments({s.values[i]});
      add(kir::Call{"ktr_take", {text("c"), slot(values + at), count(n - at), rest.first, rest.count}});
      finish_args(rest, 0);
      done = n;
    } else if (last && n > at + 1 && sema::is_multi(s.values[i])) {
      call(s.values[i], slot(values + at), n - at);
      done = n;
    } else if (at < n) {
      value_into(s.values[i], values + at);
      done = at + 1;
    } else {
      value(s.values[i]);
    }
  }
  for (int i = done; i < n; ++i) add(kir::SetNil{values + i});
  for (int i = 0; i < n; ++i) store_place(places[i], slot(values + i));
}

void FunctionLowerer::increment(const Expr& target, const Expr& value_expr, bool negative, Need need,
                                const std::string& adder) {
  if (const auto* e = std::get_if<IndexExpr*>(&target)) {
    increment_element(**e, value_expr, negative, adder);
    return;
  }
  const sema::Variable& v = *program_.model().ref(std::get<NameExpr*>(target)).variable;
  if (negative || !aggregate(v, value_expr)) add_number(v, target, value_expr, negative, need);
}

void FunctionLowerer::add_number(const sema::Variable& v, const Expr& target, const Expr& value_expr, bool negative,
                                 Need need) {
  kir::ExprPtr d = tally(value_expr, true);
  if (!d) d = num(value_expr, need);
  const kir::Op op = negative ? kir::Op::kSub : kir::Op::kAdd;
  const auto signed_d = [&] { return negative ? minus(d) : d; };
  switch (storage(v)) {
    case Storage::kLocalNumber:
      add(kir::SetLocal{locals_.at(&v), binary(op, read_local(locals_.at(&v)), d)});
      break;
    case Storage::kNumber: add(kir::Call{"ktr_ivar_add", {word_arg(v), signed_d()}}); break;
    case Storage::kCounter: add(kir::Call{"ktr_counter_add", {text("c"), counter_arg(v), signed_d()}}); break;
    case Storage::kCell:
    case Storage::kFixedCell: try_call("ktr_cell_add", {cell_arg(v), signed_d()}); break;
    case Storage::kBox: try_call("ktr_box_add", {box(v), signed_d()}); break;
    default: {
      const int t = new_slot();
      name_into(*std::get<NameExpr*>(target), t);
      const std::string old = temp(kir::LocalType::kNumber);
      try_call("ktr_num", {slot(t), kir::AddressOf{old}, text(need)});
      add(kir::SetInt{t, binary(op, read_local(old), d)});
      store_val(v, slot(t));
    }
  }
}

// adder: of the quick handler that does the same; empty: there is none.
void FunctionLowerer::increment_element(const IndexExpr& e, const Expr& value_expr, bool negative, const std::string& adder) {
  if (is_ffi_step(e)) {
    ffi_increment(e, value_expr, negative);
    return;
  }
  if (const auto own = own_element(e)) {
    kir::ExprPtr d = num(value_expr, "KTR_NEED_INCR_TAB");
    try_call("ktr_own_add", {count(*own), negative ? minus(std::move(d)) : std::move(d)});
    return;
  }
  if (!negative && aggregate_element(e, value_expr, adder)) return;
  note_element(e, "added to", adder);
  const kir::Val table = value(e.object);
  const bool number_key = by_number(e.keys);
  kir::Arg k;
  if (number_key)
    k = settled(num(e.keys[0], "KTR_NEED_ARITH"), value_expr);
  else
    k = key(e.keys);
  kir::ExprPtr d = num(value_expr, "KTR_NEED_INCR_TAB");
  if (negative) d = minus(std::move(d));
  if (adder.empty())
    try_call(number_key ? "ktr_incr_int" : "ktr_incr", {table, std::move(k), std::move(d)});
  else
    try_call(number_key ? "ktr_incr_int_at" : "ktr_incr_at", {table, std::move(k), std::move(d), text("&" + adder)});
}

}  // namespace kt2ko::lower_detail
