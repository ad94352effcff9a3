// SPDX-License-Identifier: GPL-2.0
// Quick handlers: elements that belong to the current thread (own_tables.h).
#include "lower/own_tables.h"
#include "lower/quick_lowerer.h"

namespace kt2ko::lower_detail {

using namespace ast;

std::optional<size_t> QuickLowerer::own_element(const IndexExpr& e) const {
  const sema::Variable* table = nullptr;
  if (!is_own_element(program_.model(), e, &table) || program_.plan().of(*table) != Storage::kOwn) return std::nullopt;
  return static_cast<size_t>(program_.plan().own_number(*table));
}

std::string QuickLowerer::own_local(size_t n) {
  std::string& name = own_locals_[n];
  if (name.empty()) name = new_local("o", kir::LocalType::kOwn);
  return name;
}

// A number or nil: what else there may be is the ordinary handler's.
std::optional<QuickLowerer::Maybe> QuickLowerer::read_own(const IndexExpr& e) {
  const auto n = own_element(e);
  if (!n) return std::nullopt;
  if (own_stored_.count(*n)) {
    refuse(e.span, "it uses an element of its thread that it has stored");
    return std::nullopt;
  }
  const std::string own = own_local(*n);
  const Maybe m{new_local("v", kir::LocalType::kNumber), new_local("b", kir::LocalType::kBool)};
  bail_if(pure_call("ktr_own_is", {local(own), text("KTR_OWN_OTHER")}));
  add(kir::SetLocal{m.is_number, pure_call("ktr_own_is", {local(own), text("KTR_OWN_INT")})});
  add(kir::SetLocal{m.number, pure_call("ktr_own_number", {local(own)})});
  return m;
}

// What may be nil: an element of the thread, or a variable that was made from one.
std::optional<QuickLowerer::Maybe> QuickLowerer::maybe_of(const Expr& e) {
  if (const auto* i = std::get_if<IndexExpr*>(&inner(e))) return read_own(**i);
  const auto* n = std::get_if<NameExpr*>(&inner(e));
  const auto it = n ? maybes_.find(variable_of(**n)) : maybes_.end();
  return it == maybes_.end() ? std::nullopt : std::optional<Maybe>(it->second);
}

kir::ExprPtr QuickLowerer::number_in_maybe(const Maybe& m) {
  bail_if(negated(local(m.is_number)));
  return local(m.number);
}

bool QuickLowerer::store_own(const AssignStmt& s, size_t n) {
  const bool clears = s.op == AssignOp::kSet && std::holds_alternative<NilExpr*>(inner(s.values[0]));
  kir::ExprPtr value = clears ? number(0) : number_of(s.values[0]);
  if (!value) return false;
  if (own_stored_.count(n)) return refuse(s.span, "it stores an element of its thread twice");
  if (s.op == AssignOp::kSub) value = minus(std::move(value));
  const std::string d = clears ? "" : new_local("d", kir::LocalType::kNumber);
  const std::string own = own_local(n);
  kir::Body effect;
  if (clears) {
    const std::string reached = new_local("b", kir::LocalType::kBool);
    add(kir::SetLocal{reached, local(own)});
    effect.push_back(stmt(kir::Call{"ktr_own_clear", {local(own)}}));
    out_->effects.push_back(stmt(kir::If{local(reached), std::move(effect), {}}));
  } else {
    const bool sets = s.op == AssignOp::kSet;
    add(kir::SetLocal{d, std::move(value)});
    bail_if(negated(sets ? local(own) : pure_call("ktr_own_is", {local(own), text("KTR_OWN_INT")})));
    effect.push_back(stmt(kir::Call{sets ? "ktr_own_set" : "ktr_own_bump", {local(own), local(d)}}));
    note_effect(std::move(effect));
  }
  own_stored_.insert(n);
  return true;
}

}  // namespace kt2ko::lower_detail
