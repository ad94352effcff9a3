// SPDX-License-Identifier: GPL-2.0
#include "lower/function_lowerer.h"

#include <fmt/format.h>

#include <algorithm>

namespace kt2ko::lower_detail {

FunctionLowerer::FunctionLowerer(ProgramBuilder& program, const sema::Function& f) : program_(program), f_(f) {
  int index = 0;
  for (const sema::Variable* v : program_.plan().boxes_of(f)) upvalues_[v] = index++;
}

kir::Function FunctionLowerer::run(const std::string& c_name) {
  out_.c_name = c_name;
  out_.title = f_.name;
  out_.cold = !f_.may_run_in_event && f_.kind != sema::FunctionKind::kTick;
  out_.line = f_.kind == sema::FunctionKind::kMain ? 1 : program_.line(f_.span);
  line_ = out_.line;
  body_ = &out_.body;
  prologue();
  statements(*f_.block);
  if (out_.body.empty() || !std::holds_alternative<kir::ReturnVals>(out_.body.back().node))
    add(kir::ReturnVals{text("c->top"), count(0)});
  return std::move(out_);
}

kir::Function FunctionLowerer::run_filter(const std::string& c_name, const ast::Expr& filter) {
  out_.c_name = c_name;
  out_.title = "filter of " + f_.name;
  out_.role = kir::FunctionRole::kFilter;
  out_.line = program_.line(ast::span_of(filter));
  line_ = out_.line;
  body_ = &out_.body;
  in_filter_ = true;
  add(kir::Line{line_});
  kir::ExprPtr pass = cond(filter);
  add(kir::ReturnCode{"", {}, std::move(pass), line_});
  return std::move(out_);
}

void FunctionLowerer::prologue() {
  // Parameters come first, so that one copy brings them all to their slots.
  out_.n_params = static_cast<int>(f_.params.size());
  const int first = new_slots(out_.n_params);
  for (int i = 0; i < out_.n_params; ++i) bind_param(*f_.params[i], first + i);
  if (f_.kind == sema::FunctionKind::kMain) {
    for (const sema::Variable& v : program_.model().variables)
      if (v.is_implicit && !v.captured) declare(v);
    init_library_tables();
    init_arg();
  }
}

void FunctionLowerer::bind_param(const sema::Variable& v, int index) {
  switch (storage(v)) {
    case Storage::kLocalNumber: {
      const std::string name = new_local("v_" + squeeze(v.name), kir::LocalType::kNumber);
      locals_[&v] = name;
      add(kir::SetLocal{name, number_in(slot(index))});
      break;
    }
    case Storage::kLocalBool: {
      const std::string name = new_local("v_" + squeeze(v.name), kir::LocalType::kBool);
      locals_[&v] = name;
      add(kir::SetLocal{name, number_in(slot(index))});
      break;
    }
    case Storage::kBox: {
      slots_[&v] = new_slot();
      try_call("ktr_box_new", {slot(slots_[&v])});
      try_call("ktr_box_store", {slot(slots_[&v]), slot(index)});
      break;
    }
    default: slots_[&v] = index;
  }
}

void FunctionLowerer::init_library_tables() {
  for (const sema::Variable& v : program_.model().variables) {
    if (!v.is_library) continue;
    const int t = new_slot();
    try_call("ktr_tab_new", {slot(t), count(0), count(8)});
    for (const Builtin& b : builtins()) {
      if (b.name.substr(0, v.name.size() + 1) != v.name + ".") continue;
      const std::string member(b.name.substr(v.name.size() + 1));
      try_call("ktr_set", {slot(t), program_.string(member), program_.library(b)});
    }
    if (v.captured)
      try_call("ktr_cell_store", {cell_arg(v), slot(t)});
    else
      slots_[&v] = t;
  }
}

void FunctionLowerer::init_arg() {
  for (const auto& [name, ref] : program_.model().names) {
    (void)name;
    if (ref.kind != sema::NameRef::Kind::kArg) continue;
    const int t = new_slot();
    program_.arg_cell();
    try_call("ktr_args", {slot(t)});
    try_call("ktr_cell_store", {text("&ktg_arg"), slot(t)});
    return;
  }
}

void FunctionLowerer::try_call(std::string function, std::vector<kir::Arg> args) {
  args.insert(args.begin(), text("c"));
  add(kir::Try{std::move(function), std::move(args), line_});
}

int FunctionLowerer::new_slots(int n) {
  const int first = next_slot_;
  next_slot_ += n;
  out_.n_slots = std::max(out_.n_slots, next_slot_);
  return first;
}

std::string FunctionLowerer::new_local(const std::string& base, kir::LocalType type) {
  std::string name = base;
  for (int n = 2; !local_names_.insert(name).second; ++n) name = fmt::format("{}_{}", base, n);
  out_.locals.push_back({name, type, false});
  return name;
}

std::string FunctionLowerer::temp(kir::LocalType type) {
  const auto it = std::find_if(temps_free_.begin(), temps_free_.end(), [&](const auto& t) { return t.second == type; });
  std::string name;
  if (it != temps_free_.end()) {
    name = it->first;
    temps_free_.erase(it);
  } else {
    name = new_local(fmt::format("t{}", ++n_temps_), type);
  }
  temps_in_use_.emplace_back(name, type);
  return name;
}

void FunctionLowerer::release_temps(size_t down_to) {
  temps_free_.insert(temps_free_.end(), temps_in_use_.begin() + static_cast<long>(down_to), temps_in_use_.end());
  temps_in_use_.resize(down_to);
}

kir::ExprPtr FunctionLowerer::read_local(const std::string& name) {
  for (kir::LocalDecl& d : out_.locals)
    if (d.name == name) d.read = true;
  return local(name);
}

kir::Val FunctionLowerer::box(const sema::Variable& v) const {
  const auto own = slots_.find(&v);
  if (own != slots_.end()) return slot(own->second);
  return kir::Val{kir::Val::Kind::kUpvalue, upvalues_.at(&v)};
}

}  // namespace kt2ko::lower_detail
