// SPDX-License-Identifier: GPL-2.0
// Statements and effects of quick handlers; quick_values.cc has their expressions, quick_own.cc what threads have of their
// own, quick_output.cc what they print.
#include "lower/quick_lowerer.h"

#include <fmt/format.h>

#include "lower/aggregates.h"

namespace kt2ko::lower_detail {

using namespace ast;

namespace {

constexpr char kBail[] = "bail";
constexpr char kDone[] = "done";

}  // namespace

std::shared_ptr<kir::Quick> QuickLowerer::run(const std::string& c_name, const TraceStmt& s) {
  out_ = std::make_shared<kir::Quick>();
  out_->c_name = c_name;
  body_ = &out_->body;
  if (s.filter && !condition_of(*s.filter)) return nullptr;
  if (!block(*handler_.block)) return nullptr;
  if (adders_.empty() && out_->values.empty() && own_locals_.empty() && !adds_samples_ && !prints_) {
    refuse(s.span, "it neither adds to elements nor prints, nor looks at values of the event");
    return nullptr;
  }
  kir::Body first;
  for (const auto& [n, name] : own_locals_) first.push_back(stmt(kir::SetLocal{name, pure_call("ktr_quick_own", {count(n)})}));
  out_->body.insert(out_->body.begin(), first.begin(), first.end());
  for (auto& [statement, adder] : adders_) program_.add_adder(*statement, adder);
  return out_;
}

// The first reason counts: it is the innermost.
bool QuickLowerer::refuse(Span where, std::string why) {
  if (refusal_.text.empty()) refusal_ = {std::move(why), program_.line(where)};
  return false;
}

bool QuickLowerer::condition_of(const Expr& filter) {
  kir::ExprPtr passes = truth_of(filter);
  if (!passes) return false;
  kir::Body out;
  out.push_back(stmt(kir::Goto{kDone}));
  out_->jumps_to_done = true;
  add(kir::If{negated(std::move(passes)), std::move(out), {}});
  return true;
}

std::string QuickLowerer::new_local(const char* stem, kir::LocalType type) {
  std::string name = fmt::format("{}{}", stem, out_->locals.size());
  out_->locals.push_back({name, type, true});
  return name;
}

// ---- statements ----------------------------------------------------------------------------------------------------

bool QuickLowerer::block(const Block& b) {
  for (const Stmt& s : b.stmts)
    if (!statement(s)) return false;
  return true;
}

bool QuickLowerer::statement(const Stmt& s) {
  if (std::holds_alternative<EmptyStmt*>(s)) return true;
  if (const auto* n = std::get_if<VarStmt*>(&s)) return declare(**n);
  if (const auto* n = std::get_if<IfStmt*>(&s)) return branch(**n, 0);
  if (const auto* n = std::get_if<DoStmt*>(&s)) return block(*(*n)->block);
  if (const auto* n = std::get_if<AssignStmt*>(&s)) return assign(**n);
  if (const auto* n = std::get_if<CallStmt*>(&s)) return output((*n)->call) || refuse((*n)->span, "it calls a function");
  if (const auto* n = std::get_if<ReturnStmt*>(&s)) {
    if (!(*n)->values.empty()) return refuse((*n)->span, "it returns a value");
    out_->jumps_to_done = true;
    add(kir::Goto{kDone});
    return true;
  }
  return refuse(span_of(s), "it has a statement other than var, if, do, return, = and +=");
}

bool QuickLowerer::declare(const VarStmt& s) {
  if (s.names.size() != 1 || s.values.size() != 1) return refuse(s.span, "it declares other than one variable with one value");
  const sema::Variable& v = *program_.model().declared.at(&s.names[0]);
  if (v.captured) return refuse(s.span, fmt::format("functions capture its variable {}", v.name));
  if (const auto m = maybe_of(s.values[0])) {
    const Maybe copy{new_local("v", kir::LocalType::kNumber), new_local("b", kir::LocalType::kBool)};
    add(kir::SetLocal{copy.number, local(m->number)});
    add(kir::SetLocal{copy.is_number, local(m->is_number)});
    maybes_[&v] = copy;
    return true;
  }
  kir::ExprPtr start = number_of(s.values[0]);
  if (!start) return false;
  const std::string name = new_local("v", kir::LocalType::kNumber);
  locals_[&v] = name;
  add(kir::SetLocal{name, std::move(start)});
  return true;
}

bool QuickLowerer::branch(const IfStmt& s, size_t arm) {
  if (arm == s.arms.size()) return !s.otherwise || block(*s.otherwise);
  kir::If n;
  n.cond = truth_of(s.arms[arm].cond);
  if (!n.cond || !collect(&n.then, [&] { return block(*s.arms[arm].block); }) ||
      !collect(&n.otherwise, [&] { return branch(s, arm + 1); }))
    return false;
  add(std::move(n));
  return true;
}

bool QuickLowerer::assign(const AssignStmt& s) {
  if (s.targets.size() != 1 || s.values.size() != 1) return refuse(s.span, "it assigns several values at once");
  if (const auto* e = std::get_if<IndexExpr*>(&s.targets[0]))
    if (const auto own = own_element(**e)) return store_own(s, *own);
  if (const auto* n = std::get_if<NameExpr*>(&s.targets[0]); n && s.op == AssignOp::kAdd) {
    const sema::Variable* v = variable_of(**n);
    if (v && program_.plan().of(*v) == Storage::kSpread) return add_sample(*v, s.values[0]);
  }
  if (const auto* e = std::get_if<IndexExpr*>(&s.targets[0]); e && s.op == AssignOp::kAdd)
    if (program_.model().aggregate_of(s.values[0])) return add_sample_to_element(s, **e);
  kir::ExprPtr value = number_of(s.values[0]);
  if (!value) return false;
  if (s.op == AssignOp::kSub) value = minus(std::move(value));
  if (const auto* n = std::get_if<NameExpr*>(&s.targets[0])) {
    if (s.op != AssignOp::kSet) return add_to_variable(**n, std::move(value));
    const auto it = locals_.find(variable_of(**n));
    if (it == locals_.end()) return refuse(s.span, fmt::format("it assigns to the shared variable {}", (*n)->name));
    add(kir::SetLocal{it->second, std::move(value)});
    return true;
  }
  if (s.op == AssignOp::kSet) return refuse(s.span, "it stores an element of a table");
  return add_to_element(s, *std::get<IndexExpr*>(s.targets[0]), std::move(value));
}

bool QuickLowerer::add_sample(const sema::Variable& v, const Expr& sample) {
  kir::ExprPtr x = number_of(std::get<CallExpr*>(inner(sample))->args[0]);
  if (!x) return false;
  const std::string number = new_local("d", kir::LocalType::kNumber);
  add(kir::SetLocal{number, std::move(x)});
  kir::Body effect;
  effect.push_back(stmt(kir::Call{"ktr_spread_add", {text("&" + program_.shared_name(v)), local(number)}}));
  note_effect(std::move(effect));
  adds_samples_ = true;
  return true;
}

bool QuickLowerer::add_to_variable(const NameExpr& target, kir::ExprPtr d) {
  const sema::Variable* v = variable_of(target);
  if (const auto it = locals_.find(v); it != locals_.end()) {
    add(kir::SetLocal{it->second, binary(kir::Op::kAdd, local(it->second), std::move(d))});
    return true;
  }
  if (!v || program_.plan().of(*v) != Storage::kCounter)
    return refuse(target.span, fmt::format("it adds to {}, which has no parts per CPU", target.name));
  const std::string sum = new_local("d", kir::LocalType::kNumber);
  add(kir::SetLocal{sum, std::move(d)});
  kir::Body effect;
  effect.push_back(stmt(kir::Call{"ktr_counter_add", {text("(struct ktr_ctx *)0"), text(program_.shared_name(*v)), local(sum)}}));
  note_effect(sum, std::move(effect));
  return true;
}

// What is done at the end, if the local is not zero then. What is certain to be reached needs no test.
void QuickLowerer::note_effect(const std::string& local_name, kir::Body effect) {
  if (is_certain())
    for (kir::Stmt& s : effect) out_->effects.push_back(std::move(s));
  else
    out_->effects.push_back(stmt(kir::If{local(local_name), std::move(effect), {}}));
}

void QuickLowerer::note_effect(kir::Body effect) {
  const std::string reached = is_certain() ? "" : new_local("b", kir::LocalType::kBool);
  if (!reached.empty()) add(kir::SetLocal{reached, boolean(true)});
  note_effect(reached, std::move(effect));
}

void QuickLowerer::bail_if(kir::ExprPtr cond) {
  kir::Body bail;
  bail.push_back(stmt(kir::Goto{kBail}));
  add(kir::If{std::move(cond), std::move(bail), {}});
}

std::optional<std::string> QuickLowerer::way_of(const AssignStmt& s, const IndexExpr& target, kir::Adder adder) {
  adder.c_name = fmt::format("{}_adder{}", out_->c_name, adders_.size());
  const std::string w = new_local("w", kir::LocalType::kWay);
  const std::string slots = adder.c_name + "_slots";
  kir::ExprPtr found = target.keys.size() == 1 ? find_way(target.keys[0], w, slots, &adder.kind) : find_parts(target, w, slots, &adder);
  if (!found) return std::nullopt;
  adders_.emplace_back(&s, adder);
  bail_if(negated(std::move(found)));
  return w;
}

bool QuickLowerer::add_to_element(const AssignStmt& s, const IndexExpr& target, kir::ExprPtr d) {
  const sema::Variable* v = table_of(target);
  if (!v) return false;
  if (!program_.plan().is_only_added(*v))
    return refuse(target.span, fmt::format("handlers do other things with {} than adding to its elements", v->name));
  const std::string sum = new_local("d", kir::LocalType::kNumber);
  add(kir::SetLocal{sum, std::move(d)});
  const auto way = way_of(s, target, {});
  if (!way) return false;
  kir::Body effect;
  effect.push_back(stmt(kir::Call{"ktr_way_add", {local(*way), local(sum)}}));
  note_effect(*way, std::move(effect));
  return true;
}

bool QuickLowerer::add_sample_to_element(const AssignStmt& s, const IndexExpr& target) {
  const sema::Variable* v = table_of(target);
  if (!v) return false;
  const Builtin& b = *program_.model().aggregate_of(s.values[0]);
  const std::string kind = aggregate_kind(b);
  const bool one_cell = b.id == "count" || b.id == "sum" || b.id == "min" || b.id == "max";
  if (one_cell ? !program_.plan().is_only_added(*v) : !program_.plan().is_read_by_thread_only(*v))
    return refuse(target.span, fmt::format("handlers may do other things with {} than adding to its elements", v->name));
  if (!is_direct_sample(program_.model(), s.values[0])) return refuse(s.span, fmt::format("its {}() has no arguments of its own", b.id));
  if (b.id == "qhist" || b.id == "lhist") return refuse(s.span, fmt::format("{}() has too many buckets for each CPU", b.id));
  const auto& args = std::get<CallExpr*>(inner(s.values[0]))->args;
  kir::ExprPtr x = args.empty() ? number(1) : number_of(args[0]);
  if (!x) return false;
  const std::string sample = new_local("d", kir::LocalType::kNumber);
  add(kir::SetLocal{sample, std::move(x)});
  kir::Adder adder;
  adder.agg = kind;
  adder.cells = one_cell ? kir::Cells::kNumber : b.id == "hist" ? kir::Cells::kHist : kir::Cells::kStats;
  const auto way = way_of(s, target, adder);
  if (!way) return false;
  kir::Body effect;
  if (b.id == "count" || b.id == "sum")
    effect.push_back(stmt(kir::Call{"ktr_way_add", {local(*way), local(sample)}}));
  else
    effect.push_back(stmt(kir::Call{"ktr_way_sample", {local(*way), text(kind), local(sample)}}));
  note_effect(*way, std::move(effect));
  return true;
}

// The variable whose element it is; nullptr: refused.
const sema::Variable* QuickLowerer::table_of(const IndexExpr& target) {
  const auto* table = std::get_if<NameExpr*>(&inner(target.object));
  const sema::Variable* v = table ? variable_of(**table) : nullptr;
  if (!v) refuse(target.span, "the table is no variable");
  if (v && target.is_member) v = nullptr, refuse(target.span, "the element is a member");
  return v;
}

}  // namespace kt2ko::lower_detail
