// SPDX-License-Identifier: GPL-2.0
#include "lower/quick_lowerer.h"

#include <fmt/format.h>

#include "catalog/event_values.h"
#include "lower/output.h"
#include "lower/own_tables.h"

namespace kt2ko::lower_detail {

using namespace ast;

namespace {

constexpr size_t kMaxValues = 6;    // KTR_QUICK_VALUES
constexpr size_t kTextBytes = 16;   // of a task's name with its NUL
constexpr char kNoNumber[] = "it needs a value that is no plain number";
constexpr char kNoCondition[] = "it has a condition that is no comparison";
constexpr char kMayBeField[] = "the word means a field of the event where there is one";
constexpr char kBail[] = "bail";
constexpr char kDone[] = "done";

const Expr& inner(const Expr& e) { return sema::strip_parens(e); }

// The word of a text that begins at `at`, as the machine loads it, and the mask of what belongs to the text and its NUL.
void text_word(const std::string& bytes, size_t at, uint64_t* word, uint64_t* mask) {
  *word = *mask = 0;
  for (size_t i = 0; i < 8 && at + i <= bytes.size(); ++i) {
    const uint64_t byte = at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0;
    *word |= byte << (8 * i);
    *mask |= uint64_t{0xff} << (8 * i);
  }
}

kir::Arg hex(uint64_t v) { return text(fmt::format("{:#x}ull", v)); }

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

bool QuickLowerer::add_to_element(const AssignStmt& s, const IndexExpr& target, kir::ExprPtr d) {
  const auto* table = std::get_if<NameExpr*>(&inner(target.object));
  if (!table) return refuse(target.span, "the table is no variable");
  if (target.keys.size() != 1) return refuse(target.span, "the key has several parts");
  if (target.is_member) return refuse(target.span, "the element is a member");
  const sema::Variable* v = variable_of(**table);
  if (!v || !program_.plan().is_only_added(*v))
    return refuse(target.span, fmt::format("handlers do other things with {} than adding to its elements", (*table)->name));
  kir::Adder adder;
  adder.c_name = fmt::format("{}_adder{}", out_->c_name, adders_.size());
  const std::string w = new_local("w", kir::LocalType::kWay);
  kir::ExprPtr found = find_way(target.keys[0], w, adder.c_name + "_slots", &adder.kind);
  if (!found) return false;
  const std::string sum = new_local("d", kir::LocalType::kNumber);
  add(kir::SetLocal{sum, std::move(d)});
  bail_if(negated(std::move(found)));
  kir::Body effect;
  effect.push_back(stmt(kir::Call{"ktr_way_add", {local(w), local(sum)}}));
  note_effect(w, std::move(effect));
  adders_.emplace_back(&s, adder);
  return true;
}

// ---- output --------------------------------------------------------------------------------------------------------

bool QuickLowerer::output(const Expr& outer) {
  const auto* call = std::get_if<CallExpr*>(&outer);
  const std::optional<Output> output =
      call && program_.defers_output() ? output_of(**call, program_.model()) : std::nullopt;
  const std::optional<kir::Format> format = output ? late_format(output->pieces) : std::nullopt;
  const bool is_printf = format && program_.model().builtin_of((*call)->callee)->id == "printf";
  if (!format || (is_printf && (*call)->args.size() > output->args.size() + 1)) return false;
  kir::QuickPrint print;
  for (const FormatPiece& p : output->pieces)
    if (const auto* conv = std::get_if<FormatConversion>(&p)) {
      kir::LateArg arg;
      if (!output_arg(*conv, *output->args[print.args.size()], &arg)) return false;
      print.args.push_back(std::move(arg));
    }
  print.format = program_.format(*format);
  kir::Body effect;
  effect.push_back(stmt(std::move(print)));
  note_effect(std::move(effect));
  prints_ = true;
  return true;
}

bool QuickLowerer::output_arg(const FormatConversion& conv, const Expr& e, kir::LateArg* out) {
  int slot = 0;
  const auto* w = std::get_if<EventWordExpr*>(&inner(e));
  if (conv.conv == 'p') return false;
  if (conv.conv == 's' && is_value(e, &slot)) {
    const std::optional<int> n = value_number(slot, kir::QuickValue::Kind::kEither, span_of(e));
    *out = {kir::LateArg::Kind::kEventValue, nullptr, n.value_or(0)};
    return n.has_value();
  }
  if (conv.conv == 's' && w && (*w)->word == EventWord::kExecname) {
    *out = {kir::LateArg::Kind::kTaskName, nullptr, 0};
    return true;
  }
  if (conv.conv == 's' && w && (*w)->word == EventWord::kProbename) {
    *out = {kir::LateArg::Kind::kEventName, nullptr, 0};
    const bool first = !out_->prints_name;  // the handler has room for one
    out_->prints_name = true;
    return first;
  }
  // The value is what it is here, though it is written at the end.
  kir::ExprPtr value = number_of(e);
  if (!value) return false;
  const std::string name = new_local("a", kir::LocalType::kNumber);
  add(kir::SetLocal{name, std::move(value)});
  *out = {kir::LateArg::Kind::kNumber, local(name), 0};
  return true;
}

// The variable that a name stands for, or nullptr: it is something else.
const sema::Variable* QuickLowerer::variable_of(const NameExpr& e) const {
  const auto it = program_.model().names.find(&e);
  return it == program_.model().names.end() || it->second.kind != sema::NameRef::Kind::kVariable ? nullptr : it->second.variable;
}

// ---- elements that belong to the current thread ----------------------------------------------------------------------

std::optional<size_t> QuickLowerer::own_element(const IndexExpr& e) const {
  const sema::Variable* table = nullptr;
  if (!is_own_element(program_.model(), e, &table) || program_.plan().of(*table) != Storage::kOwn) return std::nullopt;
  return static_cast<size_t>(program_.plan().own_number(*table));
}

void QuickLowerer::bail_if(kir::ExprPtr cond) {
  kir::Body bail;
  bail.push_back(stmt(kir::Goto{kBail}));
  add(kir::If{std::move(cond), std::move(bail), {}});
}

std::string QuickLowerer::own_local(size_t n) {
  std::string& name = own_locals_[n];
  if (name.empty()) name = new_local("o", kir::LocalType::kOwn);
  return name;
}

// A number or nil: what else there may be is the ordinary handler's.
std::optional<QuickLowerer::Maybe> QuickLowerer::read_own(const IndexExpr& e) {
  const auto n = own_element(e);
  if (!n || own_stored_.count(*n)) return std::nullopt;
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
  if (!value || own_stored_.count(n)) return false;
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

const Builtin* QuickLowerer::called(const Expr& e) const {
  const auto* call = std::get_if<CallExpr*>(&inner(e));
  return call && (*call)->args.empty() ? program_.model().builtin_of((*call)->callee) : nullptr;
}

// ---- values of the event -------------------------------------------------------------------------------------------

// In a filter: if the event has a field of that name, that is meant.
bool QuickLowerer::field_goes_first(const EventWordExpr& w) const { return program_.model().word_fields.count(&w) != 0; }

bool QuickLowerer::is_value(const Expr& e, int* slot) const {
  if (const auto* w = std::get_if<EventWordExpr*>(&inner(e))) {
    *slot = (*w)->arg;
    return (*w)->word == EventWord::kArg && (*w)->arg < kArgSlots;
  }
  const auto* n = std::get_if<NameExpr*>(&inner(e));
  const auto ref = n ? program_.model().names.find(*n) : program_.model().names.end();
  if (ref == program_.model().names.end() || ref->second.kind != sema::NameRef::Kind::kField) return false;
  *slot = kArgSlots + ref->second.field;
  return *slot < kValueSlots;
}

std::optional<int> QuickLowerer::value_number(int slot, kir::QuickValue::Kind kind, Span where) {
  for (size_t i = 0; i < out_->values.size(); ++i)
    if (out_->values[i].slot == slot && out_->values[i].kind == kind) return static_cast<int>(i);
  if (out_->values.size() == kMaxValues) {
    refuse(where, fmt::format("it uses more than {} values of the event", kMaxValues));
    return std::nullopt;
  }
  out_->values.push_back({slot, kind});
  return static_cast<int>(out_->values.size()) - 1;
}

kir::ExprPtr QuickLowerer::value(const char* function, int slot, kir::QuickValue::Kind kind, Span where) {
  const std::optional<int> n = value_number(slot, kind, where);
  return n ? pure_call(function, {text("p"), text("ev"), count(static_cast<size_t>(*n))}) : nullptr;
}

// ---- numbers -------------------------------------------------------------------------------------------------------

kir::ExprPtr QuickLowerer::number_of(const Expr& outer) {
  const Expr& e = inner(outer);
  int slot = 0;
  if (const auto* n = std::get_if<NumberExpr*>(&e)) return number((*n)->value);
  if (is_value(e, &slot)) return value("ktr_quick_value", slot, kir::QuickValue::Kind::kInt, span_of(e));
  if (const auto m = maybe_of(e)) return number_in_maybe(*m);
  if (const Builtin* b = called(e); b && b->id == "gettimeofday_ns") return pure_call("ktr_quick_now", {});
  if (const auto* n = std::get_if<NameExpr*>(&e)) return name_number(**n);
  if (const auto* b = std::get_if<BinaryExpr*>(&e)) return arithmetic(**b);
  if (const auto* u = std::get_if<UnaryExpr*>(&e)) {
    if ((*u)->op != UnaryOp::kNeg) return none(span_of(e), kNoNumber);
    kir::ExprPtr operand = number_of((*u)->operand);
    return operand ? minus(std::move(operand)) : nullptr;
  }
  if (const auto* w = std::get_if<EventWordExpr*>(&e)) {
    if (field_goes_first(**w)) return none(span_of(e), kMayBeField);
    switch ((*w)->word) {
      case EventWord::kPid: return pure_call("ktr_pid", {text("(struct ktr_ctx *)0")});
      case EventWord::kTid: return pure_call("ktr_tid", {text("(struct ktr_ctx *)0")});
      case EventWord::kUid: return pure_call("ktr_uid", {text("(struct ktr_ctx *)0")});
      case EventWord::kCpu: return pure_call("ktr_quick_cpu", {});
      default: break;
    }
  }
  if (std::holds_alternative<IndexExpr*>(e)) return none(span_of(e), "it reads an element of a table");
  if (sema::is_multi(e)) return none(span_of(e), "it calls a function");
  return none(span_of(e), kNoNumber);
}

kir::ExprPtr QuickLowerer::name_number(const NameExpr& e) {
  const sema::Variable* v = variable_of(e);
  if (!v) return none(e.span, fmt::format("{} has no fixed place in the event", e.name));
  if (const auto it = locals_.find(v); it != locals_.end()) return local(it->second);
  if (program_.plan().of(*v) != Storage::kNumber)
    return none(e.span, fmt::format("it reads {}, which is no plain shared number", e.name));
  return pure_call("ktr_ivar_get", {text("&" + program_.shared_name(*v))});
}

kir::ExprPtr QuickLowerer::arithmetic(const BinaryExpr& e) {
  const bool divides = e.op == BinaryOp::kDiv || e.op == BinaryOp::kMod;
  if (!divides && e.op != BinaryOp::kAdd && e.op != BinaryOp::kSub && e.op != BinaryOp::kMul)
    return none(e.span, kNoNumber);
  kir::ExprPtr lhs = number_of(e.lhs);
  kir::ExprPtr rhs = lhs ? number_of(e.rhs) : nullptr;
  if (!rhs) return nullptr;
  const auto* by = std::get_if<kir::IntLiteral>(&rhs->node);
  // a division that can fail is the ordinary handler's, and so is arithmetic of constants, which C must not see overflow
  if (by && std::holds_alternative<kir::IntLiteral>(lhs->node)) return none(e.span, "it computes with constants only");
  if (divides && (!by || by->value == 0 || by->value == -1)) return none(e.span, "it divides by what may be 0");
  return binary(op_of(e.op), std::move(lhs), std::move(rhs));
}

// ---- conditions ----------------------------------------------------------------------------------------------------

kir::ExprPtr QuickLowerer::truth_of(const Expr& outer) {
  const Expr& e = inner(outer);
  if (const auto* b = std::get_if<BoolExpr*>(&e)) return boolean((*b)->value);
  if (const auto m = maybe_of(e)) return local(m->is_number);
  if (const auto* u = std::get_if<UnaryExpr*>(&e)) {
    if ((*u)->op != UnaryOp::kNot) return none(span_of(e), kNoCondition);
    kir::ExprPtr operand = truth_of((*u)->operand);
    return operand ? negated(std::move(operand)) : nullptr;
  }
  const auto* b = std::get_if<BinaryExpr*>(&e);
  if (!b) return none(span_of(e), kNoCondition);
  if ((*b)->op != BinaryOp::kAnd && (*b)->op != BinaryOp::kOr) return comparison(**b);
  kir::ExprPtr lhs = truth_of((*b)->lhs);
  kir::ExprPtr rhs = lhs ? truth_of((*b)->rhs) : nullptr;
  return rhs ? binary(op_of((*b)->op), std::move(lhs), std::move(rhs)) : nullptr;
}

kir::ExprPtr QuickLowerer::comparison(const BinaryExpr& e) {
  const bool equality = e.op == BinaryOp::kEq || e.op == BinaryOp::kNe;
  if (equality && (std::holds_alternative<NilExpr*>(inner(e.lhs)) || std::holds_alternative<NilExpr*>(inner(e.rhs)))) {
    const auto m = maybe_of(std::holds_alternative<NilExpr*>(inner(e.lhs)) ? e.rhs : e.lhs);
    if (!m) return nullptr;
    return e.op == BinaryOp::kNe ? local(m->is_number) : negated(local(m->is_number));
  }
  if (equality && (std::holds_alternative<StringExpr*>(inner(e.lhs)) || std::holds_alternative<StringExpr*>(inner(e.rhs)))) {
    const bool left = std::holds_alternative<StringExpr*>(inner(e.lhs));
    kir::ExprPtr same = text_equal(left ? e.rhs : e.lhs, left ? e.lhs : e.rhs);
    return same && e.op == BinaryOp::kNe ? negated(std::move(same)) : same;
  }
  if (!equality && e.op != BinaryOp::kLt && e.op != BinaryOp::kLe && e.op != BinaryOp::kGt && e.op != BinaryOp::kGe)
    return none(e.span, kNoCondition);
  kir::ExprPtr lhs = number_of(e.lhs);
  kir::ExprPtr rhs = lhs ? number_of(e.rhs) : nullptr;
  return rhs ? binary(op_of(e.op), std::move(lhs), std::move(rhs)) : nullptr;
}

kir::ExprPtr QuickLowerer::text_of(const Expr& e) {
  int slot = 0;
  if (is_value(e, &slot)) return value("ktr_quick_text", slot, kir::QuickValue::Kind::kText, span_of(e));
  const auto* w = std::get_if<EventWordExpr*>(&inner(e));
  if (w && field_goes_first(**w)) return none(span_of(e), kMayBeField);
  if (w && (*w)->word == EventWord::kExecname) return pure_call("ktr_quick_comm", {});
  return none(span_of(e), "it compares a text that is neither the task's name nor a value of the event");
}

kir::ExprPtr QuickLowerer::text_equal(const Expr& e, const Expr& literal) {
  const auto* s = std::get_if<StringExpr*>(&inner(literal));
  if (!s || (*s)->bytes.size() >= kTextBytes || (*s)->bytes.find('\0') != std::string::npos)
    return none(span_of(literal), fmt::format("it compares with other than a constant text of at most {} bytes", kTextBytes - 1));
  kir::ExprPtr name = text_of(e);
  if (!name) return nullptr;
  uint64_t a = 0, m = 0, b = 0, n = 0;
  text_word((*s)->bytes, 0, &a, &m);
  text_word((*s)->bytes, 8, &b, &n);
  return pure_call("ktr_quick_is", {std::move(name), hex(a), hex(m), hex(b), hex(n)});
}

// ---- elements ------------------------------------------------------------------------------------------------------

kir::ExprPtr QuickLowerer::find_way(const Expr& outer, const std::string& way, const std::string& slots, kir::AdderKind* kind) {
  const Expr& key = inner(outer);
  int slot = 0;
  *kind = kir::AdderKind::kOne;
  if (std::holds_alternative<StringExpr*>(key) || std::holds_alternative<NumberExpr*>(key))
    return pure_call("ktr_way_one", {kir::AddressOf{way}, text(slots)});
  *kind = kir::AdderKind::kWords;
  if (is_value(key, &slot)) {
    const std::optional<int> n = value_number(slot, kir::QuickValue::Kind::kEither, span_of(key));
    if (!n) return nullptr;
    return pure_call("ktr_way_value", {kir::AddressOf{way}, text(slots), text("p"), text("ev"), count(static_cast<size_t>(*n))});
  }
  if (const auto* w = std::get_if<EventWordExpr*>(&key)) {
    if ((*w)->word == EventWord::kProbename) {
      *kind = kir::AdderKind::kName;
      return pure_call("ktr_way_name", {kir::AddressOf{way}, text("p")});
    }
    if ((*w)->word == EventWord::kExecname)
      return pure_call("ktr_way_text", {kir::AddressOf{way}, text(slots), pure_call("ktr_quick_comm", {})});
  }
  kir::ExprPtr k = number_of(key);
  return k ? pure_call("ktr_way_int", {kir::AddressOf{way}, text(slots), std::move(k)}) : nullptr;
}

}  // namespace kt2ko::lower_detail
