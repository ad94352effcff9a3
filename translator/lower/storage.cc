// SPDX-License-Identifier: GPL-2.0
#include "lower/storage.h"

#include <algorithm>

#include "lower/own_tables.h"
#include "sema/walk.h"

namespace kt2ko::lower_detail {

namespace {

// The variables that a piece of script uses, except those whose elements it adds to.
class OtherUses : public sema::Walker<OtherUses> {
 public:
  OtherUses(const sema::Model& model, std::unordered_map<const sema::Variable*, Span>* found)
      : model_(model), found_(*found) {}

  void stmt(const ast::Stmt& s) {
    const auto* a = std::get_if<ast::AssignStmt*>(&s);
    if (!a || (*a)->op == ast::AssignOp::kSet) return;
    const auto* target = std::get_if<ast::IndexExpr*>(&(*a)->targets[0]);
    const auto* table = target ? std::get_if<ast::NameExpr*>(&sema::strip_parens((*target)->object)) : nullptr;
    if (table) adds_to_.insert(*table);
  }

  void expr(const ast::Expr& e) {
    const auto* n = std::get_if<ast::NameExpr*>(&e);
    const auto ref = n && !adds_to_.count(*n) ? model_.names.find(*n) : model_.names.end();
    if (ref == model_.names.end() || !ref->second.variable) return;
    const auto [place, is_new] = found_.emplace(ref->second.variable, (*n)->span);
    if (!is_new && (*n)->span.begin < place->second.begin) place->second = (*n)->span;
  }

 private:
  const sema::Model& model_;
  std::unordered_map<const sema::Variable*, Span>& found_;
  std::unordered_set<const ast::NameExpr*> adds_to_;
};

// The variables whose values get other names.
class Escapes : public sema::Walker<Escapes> {
 public:
  Escapes(const sema::Model& model, std::unordered_set<const sema::Variable*>* found) : model_(model), found_(*found) {}

  void stmt(const ast::Stmt& s) {
    const auto* a = std::get_if<ast::AssignStmt*>(&s);
    if (!a || (*a)->op != ast::AssignOp::kSet) return;
    for (const ast::Expr& t : (*a)->targets) allow(t);
  }

  void expr(const ast::Expr& e) {
    if (const auto* i = std::get_if<ast::IndexExpr*>(&e)) allow((*i)->object);
    if (const auto* call = std::get_if<ast::CallExpr*>(&e); call && model_.builtin_of((*call)->callee))
      for (const ast::Expr& arg : (*call)->args) allow(arg);
    const auto* n = std::get_if<ast::NameExpr*>(&e);
    const auto ref = n && !allowed_.count(*n) ? model_.names.find(*n) : model_.names.end();
    if (ref != model_.names.end() && ref->second.variable) found_.insert(ref->second.variable);
  }

 private:
  void allow(const ast::Expr& e) {
    if (const auto* n = std::get_if<ast::NameExpr*>(&sema::strip_parens(e))) allowed_.insert(*n);
  }

  const sema::Model& model_;
  std::unordered_set<const sema::Variable*>& found_;
  std::unordered_set<const ast::NameExpr*> allowed_;
};

}  // namespace

StoragePlan::StoragePlan(const sema::Model& model, bool prebuilt) : model_(model), prebuilt_(prebuilt) {
  for (const sema::Variable* v : find_own_tables(model_))
    if (!prebuilt && own_.size() < kMaxOwnTables) own_.emplace(v, static_cast<int>(own_.size()));
  for (const sema::Variable& v : model_.variables)
    if (only_takes_samples(v) && spread_.size() < kMaxSpreads) spread_.insert(&v);
  // Whether a function is static depends on its variables, whose storage may depend on functions being static: start
  // with "all are" and take back until nothing changes.
  bool changed = true;
  while (changed) {
    changed = false;
    for (const sema::Function& f : model_.functions) {
      if (needs_closure_.count(&f) || boxes_of(f).empty()) continue;
      needs_closure_.insert(&f);
      changed = true;
    }
  }
  for (const sema::Function& f : model_.functions) {
    OtherUses uses(model_, &used_in_event_);
    if (f.may_run_in_event) uses.walk(*f.block);
    if (f.may_run_in_event && f.trace && f.trace->filter) uses.walk(*f.trace->filter);
  }
  Escapes(model_, &escapes_).walk(*model_.main().block);
  size_t n_counters = 0;
  for (const sema::Variable& v : model_.variables)
    if (of(v) == Storage::kCounter && ++n_counters > kMaxCounters) no_counters_.insert(&v);
}

bool StoragePlan::is_only_added(const sema::Variable& v) const {
  return of(v) == Storage::kFixedCell && !used_in_event_.count(&v);
}

// A hist(), to which event handlers only add samples.
bool StoragePlan::only_takes_samples(const sema::Variable& v) const {
  if (!v.captured || v.value_unknown || !v.added_in_event || v.read_in_event || v.stored_in_event) return false;
  const auto is_hist = [&](const ast::Expr* e, size_t n_args) {
    if (!e) return false;  // a number, of -=
    const Builtin* b = model_.aggregate_of(*e);
    const auto* call = std::get_if<ast::CallExpr*>(&sema::strip_parens(*e));
    return b && b->id == "hist" && (*call)->args.size() == n_args && (!n_args || !model_.is_open_ended((*call)->args.back()));
  };
  return std::all_of(v.values.begin(), v.values.end(), [&](const ast::Expr* e) { return is_hist(e, 0); }) &&
         std::all_of(v.added.begin(), v.added.end(), [&](const ast::Expr* e) { return is_hist(e, 1); });
}

std::optional<Span> StoragePlan::other_use(const sema::Variable& v) const {
  const auto it = used_in_event_.find(&v);
  return it == used_in_event_.end() ? std::nullopt : std::optional<Span>(it->second);
}

std::vector<sema::Variable*> StoragePlan::boxes_of(const sema::Function& f) const {
  std::vector<sema::Variable*> boxes;
  for (sema::Variable* v : f.captures)
    if (of(*v) == Storage::kBox) boxes.push_back(v);
  return boxes;
}

Choice StoragePlan::of_number(const sema::Variable& v) const {
  if (!v.added_in_event) return {Storage::kNumber, Why::kNotAdded, {}};
  if (v.read_in_event) return {Storage::kNumber, Why::kReadInEvent, v.read_in_event};
  if (v.stored_in_event) return {Storage::kNumber, Why::kStoredInEvent, v.stored_in_event};
  if (no_counters_.count(&v)) return {Storage::kNumber, Why::kManyCounters, {}};
  return {Storage::kCounter, Why::kOnlyAdded, v.added_in_event};
}

Choice StoragePlan::choose(const sema::Variable& v) const {
  if (own_.count(&v)) return {Storage::kOwn, Why::kOfThreads, {}};
  const sema::Function* f = v.known_function();
  if (f && is_static(*f)) return {Storage::kStaticFunction, Why::kSameFunction, {}};
  // Aggregations need a home of their own, where += changes them in place and reading gives their value.
  const bool whole = v.types & (type::kHist | type::kStats) && !(v.types & type::kTable);  // not just anything
  const bool aggregated = (v.aggregated && !v.is_number()) || (whole && !v.added.empty());
  if (!v.captured && !aggregated) {
    if (v.is_number()) return {Storage::kLocalNumber, Why::kUsedHere, {}};
    return {v.types == type::kBool ? Storage::kLocalBool : Storage::kSlot, Why::kUsedHere, {}};
  }
  const bool lives_once = v.owner == &model_.main() && !v.in_loop;
  if (!lives_once) return {Storage::kBox, aggregated ? Why::kAggregated : Why::kNewEachTime, {}};
  if (prebuilt_ && v.types != type::kTable) return {Storage::kCell, Why::kOfTapset, {}};
  if (v.is_number()) return of_number(v);
  if (v.types == type::kBool) return {Storage::kBool, Why::kTruthValue, {}};
  if (spread_.count(&v)) return {Storage::kSpread, Why::kOnlyAdded, v.added_in_event};
  const bool set_once = v.n_stores == 0 || (v.is_implicit && v.n_stores == 1 && !v.stored_by_inner);
  if (v.types == type::kTable && set_once) return {Storage::kFixedCell, Why::kSetOnce, {}};
  if (aggregated) return {Storage::kCell, Why::kAggregated, {}};
  return {Storage::kCell, v.types == type::kTable ? Why::kSetAgain : Why::kOtherValues, {}};
}

}  // namespace kt2ko::lower_detail
