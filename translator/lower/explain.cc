// SPDX-License-Identifier: GPL-2.0
#include "lower/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "ktr_sizes.h"

namespace kt2ko::lower_detail {

namespace {

// What a storage is called, and what it takes.
struct StorageWords {
  Storage storage;
  const char* text;
  int bytes;
  const char* unit;
};
constexpr StorageWords kStorages[] = {
    {Storage::kLocalNumber, "a number in a C variable", KTR_SIZE_NUMBER, "on the stack"},
    {Storage::kLocalBool, "a truth value in a C variable", 1, "on the stack"},
    {Storage::kSlot, "a value with its type, in the frame of its function", KTR_SIZE_VALUE, "of the frame"},
    {Storage::kStaticFunction, "nothing: calls go straight to the function", 0, ""},
    {Storage::kNumber, "one number that all CPUs share, changed as a whole", KTR_SIZE_NUMBER, ""},
    {Storage::kBool, "one truth value that all CPUs share", KTR_SIZE_NUMBER, ""},
    {Storage::kCounter, "a number in parts: every CPU adds to its own, without a lock; reading sums them up", KTR_SIZE_NUMBER,
     "per CPU"},
    {Storage::kFixedCell, "a table that all CPUs share, found without a lock", KTR_SIZE_CELL, ""},
    {Storage::kCell, "a value that all CPUs share, under a lock", KTR_SIZE_CELL, ""},
    {Storage::kSpread, "a histogram in parts: every CPU adds to its own, without a lock; reading puts them together", KTR_SIZE_SPREAD,
     "per CPU"},
    {Storage::kOwn, "an element for each thread, found without a lock, which goes when the thread ends", KTR_SIZE_OWN, "a thread"},
    {Storage::kBox, "an object of its own, under a lock, as long as a function refers to it", KTR_SIZE_BOX, "each time"},
};

const StorageWords& words(Storage s) {
  return *std::find_if(std::begin(kStorages), std::end(kStorages), [&](const StorageWords& w) { return w.storage == s; });
}

const char* words(Why why) {
  switch (why) {
    case Why::kUsedHere: return "no function inside of its own uses it";
    case Why::kSameFunction: return "it always is the same function, which captures nothing";
    case Why::kNewEachTime: return "functions capture it, and each entry of its block makes a new one";
    case Why::kOnlyAdded: return "handlers add to it and do nothing else with it";
    case Why::kNotAdded: return "no handler adds to it";
    case Why::kReadInEvent: return "a handler reads it, so the CPUs cannot have a part each";
    case Why::kStoredInEvent: return "a handler assigns to it, so the CPUs cannot have a part each";
    case Why::kManyCounters: return "only the first 64 numbers that handlers add to have parts per CPU";
    case Why::kTruthValue: return "it always is a truth value";
    case Why::kSetOnce: return "it always is the same table";
    case Why::kSetAgain: return "it is assigned again";
    case Why::kOtherValues: return "it may hold other things than numbers";
    case Why::kOfThreads: return "nothing but t[tid] is used of it";
    case Why::kOfTapset: return "each script that uses the tapset has its own";
    case Why::kAggregated: return "it keeps an aggregation, which is added to in place";
  }
  return "";
}

std::string memory_of(const StorageWords& w) {
  if (!w.bytes) return "";
  return fmt::format("{} {}{}{}", w.bytes, w.bytes == 1 ? "byte" : "bytes", *w.unit ? " " : "", w.unit);
}

kir::Reason reason(const ProgramBuilder& b, const char* text, const std::optional<Span>& where) {
  return {text, where ? b.line(*where) : 0};
}

std::optional<int64_t> literal(const sema::Model& model, const ast::CallExpr& call, size_t i) {
  if (i >= call.args.size()) return std::nullopt;
  const auto* n = std::get_if<ast::NumberExpr*>(&sema::strip_parens(call.args[i]));
  return n && model.builtin_of(call.callee) ? std::optional<int64_t>((*n)->value) : std::nullopt;
}

// What a table is made with, when all that is assigned to the variable is one table.new().
void explain_size(const sema::Model& model, const sema::Variable& v, Explanation::Variable* out) {
  const auto* call = v.values.size() == 1 && v.values[0] ? std::get_if<ast::CallExpr*>(v.values[0]) : nullptr;
  const Builtin* b = call ? model.builtin_of((*call)->callee) : nullptr;
  if (!b || b->id != "table_new") return;
  const auto for_numbers = literal(model, **call, 0), for_others = literal(model, **call, 1);
  if (for_numbers || for_others)
    out->room = std::max<int64_t>(for_numbers.value_or(0), 0) + std::max<int64_t>(for_others.value_or(0), 0);
  out->limit = literal(model, **call, 2);
}

void explain_elements(const ProgramBuilder& b, const sema::Variable& v, Explanation::Variable* out) {
  explain_size(b.model(), v, out);
  out->elements = b.elements_of(v);
  out->cells = std::any_of(out->elements.begin(), out->elements.end(), [](const auto& e) { return e.cells != kir::Cells::kNone; });
  if (out->cells)
    out->why_cells = {"handlers add to its elements and do nothing else with them", 0};
  else if (b.plan().of(v) != Storage::kFixedCell)
    out->why_cells = {"it need not always be the same table", 0};
  else if (const auto other = b.plan().other_use(v))
    out->why_cells = reason(b, "a handler does something else with it than adding to elements", other);
  else
    out->why_cells = {"no quick handler adds to its elements", 0};
}

Explanation::Variable variable(const ProgramBuilder& b, const sema::Variable& v) {
  const Choice choice = b.plan().choose(v);
  Explanation::Variable out;
  out.name = v.name;
  out.line = b.line(v.decl);
  if (v.owner && v.owner->kind != sema::FunctionKind::kMain) out.function = v.owner->name;
  out.shared = v.captured;
  out.is_table = (v.types & type::kTable) && !(v.types & ~(type::kTable | type::kNil)) && choice.storage != Storage::kOwn;
  out.storage = words(choice.storage).text;
  out.why = reason(b, words(choice.why), choice.where);
  out.memory = memory_of(words(choice.storage));
  if (out.is_table) explain_elements(b, v, &out);
  return out;
}

constexpr char kWithContext[] = "with a context of its CPU";

Explanation::Handler handler(const kir::Trace& t) {
  Explanation::Handler out;
  for (const kir::Probe& p : t.probes) out.title += (out.title.empty() ? "" : ", ") + p.text;
  out.line = t.line;
  const bool tick = t.probes.size() == 1 && t.probes[0].kind == "KTR_PROBE_TICK";
  if (!t.leaf.empty()) {
    out.how = "straight from the event: without a context, without a lock";
    return out;
  }
  if (tick) {
    out.how = "in the script's own thread";
    return out;
  }
  if (t.quick) {
    out.how = "quick: without a context and without a lock, where the event's values are at hand and the elements are there";
    out.why_not.push_back(t.no_leaf);
    return out;
  }
  out.how = kWithContext;
  for (const kir::Reason* r : {&t.no_leaf, &t.no_quick})
    if (out.why_not.empty() || out.why_not[0].text != r->text) out.why_not.push_back(*r);
  return out;
}

}  // namespace

Explanation explain(const ProgramBuilder& builder, const kir::Program& program) {
  Explanation e;
  e.lines = kir::LineNames(program);
  e.limits = program.limits;
  e.user_stacks = program.user_stacks;
  for (const sema::Variable& v : builder.model().variables)
    if (!v.is_library) e.variables.push_back(variable(builder, v));
  for (const kir::Trace& t : program.traces) e.handlers.push_back(handler(t));
  for (const auto& [line, call] : builder.registrations())
    e.handlers.push_back({call + "()", line, kWithContext, {{"it is registered by a call, which takes any function", line}}});
  std::stable_sort(e.handlers.begin(), e.handlers.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
  for (const kir::Variable& v : program.variables) {
    e.counters += v.kind == kir::Variable::Kind::kCounter;
    e.spreads += v.kind == kir::Variable::Kind::kSpread;
  }
  for (const kir::Adder& a : program.adders) {
    e.adders.push_back(a.cells);
    e.adders_by_key += a.kind == kir::AdderKind::kWords || a.kind == kir::AdderKind::kParts;
  }
  return e;
}

}  // namespace kt2ko::lower_detail
