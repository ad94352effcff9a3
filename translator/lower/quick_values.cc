// SPDX-License-Identifier: GPL-2.0
// Expressions of quick handlers: values of the event, numbers, conditions, keys.
#include <fmt/format.h>

#include <map>

#include "catalog/event_values.h"
#include "lower/quick_lowerer.h"

namespace kt2ko::lower_detail {

using namespace ast;

namespace {

constexpr size_t kMaxValues = 6;    // KTR_QUICK_VALUES
constexpr size_t kTextBytes = 16;   // of a task's name with its NUL
constexpr char kNoNumber[] = "it needs a value that is no plain number";
constexpr char kNoCondition[] = "it has a condition that is no comparison";
constexpr char kMayBeField[] = "the word means a field of the event where there is one";

// The word of a text that begins at `at`, as the machine loads it, and the mask of what belongs to the text and its NUL.
void text_word(const std::string& bytes, size_t at, uint64_t* word, uint64_t* mask) {
  *word = *mask = 0;
  for (size_t i = 0; i < 8 && at + i <= bytes.size(); ++i) {
    const uint64_t byte = at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0;
    *word |= byte << (8 * i);
    *mask |= uint64_t{0xff} << (8 * i);
  }
}

// Fields of this name are texts of 16 bytes wherever the kernel has them. Where one is not, the handler is an ordinary one.
bool names_a_task(const Expr& e) {
  const auto* n = std::get_if<NameExpr*>(&inner(e));
  constexpr std::string_view kEnd = "comm";
  return n && (*n)->name.size() >= kEnd.size() &&
         (*n)->name.compare((*n)->name.size() - kEnd.size(), kEnd.size(), kEnd) == 0;
}

kir::Arg hex(uint64_t v) { return text(fmt::format("{:#x}ull", v)); }

}  // namespace

// The variable that a name stands for, or nullptr: it is something else.
const sema::Variable* QuickLowerer::variable_of(const NameExpr& e) const {
  const auto it = program_.model().names.find(&e);
  return it == program_.model().names.end() || it->second.kind != sema::NameRef::Kind::kVariable ? nullptr : it->second.variable;
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
      case EventWord::kPid: return pure_call("ktr_quick_pid", {});
      case EventWord::kTid: return pure_call("ktr_quick_tid", {});
      case EventWord::kUid: return pure_call("ktr_quick_uid", {});
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
    if (!m) return none(e.span, "it compares with nil what is no element of the thread");
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
    if (names_a_task(key)) {
      kir::ExprPtr name = text_of(key);
      return name ? pure_call("ktr_way_text", {kir::AddressOf{way}, text(slots), std::move(name)}) : nullptr;
    }
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

// Keys of several parts: the words that the runtime has functions for (ktr_leaf.h).
kir::ExprPtr QuickLowerer::find_parts(const IndexExpr& target, const std::string& way, const std::string& slots, kir::Adder* adder) {
  std::vector<kir::Arg> args = {kir::AddressOf{way}, text(slots)};
  std::string shape;
  adder->kind = kir::AdderKind::kParts;
  for (const Expr& part : target.keys) {
    int slot = 0;
    const auto* w = std::get_if<EventWordExpr*>(&inner(part));
    const bool is_text = (w && (*w)->word == EventWord::kExecname) || (is_value(part, &slot) && names_a_task(part));
    kir::ExprPtr e = is_text ? text_of(part) : number_of(part);
    if (!e) return nullptr;
    shape += is_text ? 't' : 'i';
    adder->text_parts.push_back(is_text);
    args.push_back(std::move(e));
  }
  static const std::map<std::string, const char*> kFunctions = {
      {"ii", "ktr_way_pair"}, {"iii", "ktr_way_triple"}, {"it", "ktr_way_int_text"}, {"ti", "ktr_way_text_int"}};
  const auto found = kFunctions.find(shape);
  if (found == kFunctions.end()) return none(target.span, "the key has more parts than two, or three numbers");
  return pure_call(found->second, std::move(args));
}

}  // namespace kt2ko::lower_detail
