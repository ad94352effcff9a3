// SPDX-License-Identifier: GPL-2.0
// What can be told to be wrong without running the script: certain type mismatches, arity, contexts, formats.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>

#include "catalog/format.h"
#include "sema/analyze.h"
#include "sema/walk.h"

namespace kt2ko::sema {

using namespace ast;

namespace {

std::string type_names(TypeSet set) {
  static const std::pair<TypeSet, const char*> kNames[] = {
      {type::kNil, "nil"},     {type::kBool, "a boolean"},  {type::kInt, "a number"},
      {type::kStr, "a string"}, {type::kKip, "a code address"}, {type::kStack, "a stack"},
      {type::kTuple, "a composite key"}, {type::kTable, "a table"}, {type::kFunc, "a function"},
      {type::kHist, "a histogram"}, {type::kStats, "stats"}, {type::kScalars, "a sample"}};
  std::string out;
  for (const auto& [bit, name] : kNames)
    if (set & bit) out += (out.empty() ? "" : " or ") + std::string(name);
  return out;
}

// The types that library functions take; functions and arguments that are not here take any.
struct Needs {
  std::string_view id;
  TypeSet args[3];
};
constexpr TypeSet kOptInt = type::kInt | type::kNil;
constexpr TypeSet kAnything = type::kAny;
constexpr Needs kNeeds[] = {
    {"printf", {type::kStr, kAnything, kAnything}},
    {"print_hist", {type::kTable | type::kHist | type::kStats, kOptInt | type::kStr, kOptInt | type::kStr}},
    {"print_folded", {type::kTable, kAnything, kAnything}},
    {"sum", {type::kInt, kAnything, kAnything}},
    {"min", {type::kInt, kAnything, kAnything}},
    {"max", {type::kInt, kAnything, kAnything}},
    {"avg", {type::kInt, kAnything, kAnything}},
    {"stddev", {type::kInt, kAnything, kAnything}},
    {"stats", {type::kInt, kAnything, kAnything}},
    {"hist", {type::kInt, kAnything, kAnything}},
    {"qhist", {type::kInt, kAnything, kAnything}},
    {"lhist", {type::kInt, type::kInt, type::kInt}},
    {"percentile", {type::kHist, type::kInt, kOptInt}},
    {"len", {type::kStr | type::kTable | type::kStack | type::kTuple, kAnything, kAnything}},
    {"delete", {type::kTable, kAnything, kAnything}},
    {"pairs", {type::kTable, kAnything, kAnything}},
    {"sort_pairs", {type::kTable, type::kFunc | type::kStr | type::kNil, kOptInt}},
    {"stack", {kOptInt, kOptInt, kAnything}},
    {"ustack", {kOptInt, kOptInt, kAnything}},
    {"user_string", {type::kInt, kOptInt, kAnything}},
    {"kernel_string", {type::kInt, kOptInt, kAnything}},
    {"kdebug_remove", {type::kInt, kAnything, kAnything}},
    {"kread_u8", {type::kInt, kAnything, kAnything}},
    {"kread_u16", {type::kInt, kAnything, kAnything}},
    {"kread_u32", {type::kInt, kAnything, kAnything}},
    {"kread_u64", {type::kInt, kAnything, kAnything}},
    {"ipof", {type::kInt, kAnything, kAnything}},
    {"curr_taskinfo", {type::kInt, kOptInt, kAnything}},
    {"string_len", {type::kStr, kAnything, kAnything}},
    {"string_sub", {type::kStr, type::kInt, kOptInt}},
    {"string_find", {type::kStr, type::kStr, kOptInt}},
    {"string_upper", {type::kStr, kAnything, kAnything}},
    {"string_lower", {type::kStr, kAnything, kAnything}},
    {"string_rep", {type::kStr, type::kInt, type::kStr | type::kNil}},
    {"string_byte", {type::kStr, kOptInt, kAnything}},
    {"string_char", {type::kInt, type::kInt, type::kInt}},
    {"string_format", {type::kStr, kAnything, kAnything}},
    {"string_split", {type::kStr, type::kStr | type::kNil, kAnything}},
    {"string_starts", {type::kStr, type::kStr, kAnything}},
    {"string_ends", {type::kStr, type::kStr, kAnything}},
    {"string_glob", {type::kStr, type::kStr, kAnything}},
    {"string_basename", {type::kStr, kAnything, kAnything}},
    {"string_trim", {type::kStr, kAnything, kAnything}},
    {"tonumber", {kAnything, kOptInt, kAnything}},
    {"table_new", {kOptInt, kOptInt, kOptInt}},
    {"ansi_set_color", {type::kInt, kAnything, kAnything}},
    {"ansi_set_color2", {type::kInt, type::kInt, kAnything}},
    {"ansi_set_color3", {type::kInt, type::kInt, type::kInt}},
    {"net_format_ip_addr", {type::kInt, kAnything, kAnything}},
    {"kdebug_symbol", {type::kStr, kAnything, kAnything}},
};

class Checker : public Walker<Checker> {
 public:
  Checker(const Model& model, const Architecture& target, Diags& diags)
      : model_(model), target_(target), diags_(diags), stack_{&model.main()} {
    know_variables();
  }

  void enter(const FunctionBody& body) { stack_.push_back(model_.bodies.at(&body)); }
  void leave(const FunctionBody&) { stack_.pop_back(); }

  void stmt(const Stmt& s) {
    std::visit(Overloaded{
                   [&](const NumericForStmt* n) { numeric_for(*n); },
                   [&](const ForInStmt* n) { for_in(*n); },
                   [&](const AssignStmt* n) { assign(*n); },
                   [&](const TraceStmt* n) { trace(*n); },
                   [&](const TraceEndStmt* n) { registration(n->span, "trace_end"); },
                   [&](const TimerStmt* n) { registration(n->span, n->is_profile ? "timer.profile" : "timer.tick"); },
                   [](const auto*) {},
               },
               s);
  }

  void expr(const Expr& e) {
    std::visit(Overloaded{
                   [&](const EventWordExpr* n) { event_word(*n); },
                   [&](const TableExpr* n) { table(*n); },
                   [&](const IndexExpr* n) { index(*n); },
                   [&](const CallExpr* n) { call(*n); },
                   [&](const MethodCallExpr* n) { need_table(n->object); },
                   [&](const UnaryExpr* n) {
                     if (n->op == UnaryOp::kNeg) need_number(n->operand, "use '-' operator on non-number");
                   },
                   [&](const BinaryExpr* n) { binary(*n); },
                   [](const auto*) {},
               },
               e);
  }

 private:
  // The types that an expression has whatever the callers of the function around it do; parameters can be anything.
  TypeSet certain(const Expr& e, int depth = 0) const {
    if (depth > 8) return type::kAny;
    if (const auto* p = std::get_if<ParenExpr*>(&e)) return certain((*p)->inner, depth + 1);
    if (const auto* n = std::get_if<NameExpr*>(&e)) {
      const auto it = model_.names.find(*n);
      if (it == model_.names.end()) return type::kAny;
      if (it->second.kind != NameRef::Kind::kVariable) return model_.types_of(e);
      return certain_.at(it->second.variable);
    }
    if (const auto* c = std::get_if<CallExpr*>(&e)) {
      if (model_.ffi_form(e)) return model_.types_of(e);
      const Builtin* b = model_.builtin_of((*c)->callee);
      // Samples in the wrong place are check_aggregates()'s: here they count as what they read as.
      return b ? (b->result ? read_types(b->result) : type::kNil) : type::kAny;
    }
    if (const auto* b = std::get_if<BinaryExpr*>(&e)) {
      if ((*b)->op == BinaryOp::kAnd)
        return (certain((*b)->lhs, depth + 1) & (type::kNil | type::kBool)) | certain((*b)->rhs, depth + 1);
      if ((*b)->op == BinaryOp::kOr)
        return (certain((*b)->lhs, depth + 1) & ~type::kNil) | certain((*b)->rhs, depth + 1);
    }
    return model_.types_of(e);
  }

  // Of all variables at once: they may be assigned from each other in any order, and in circles.
  void know_variables() {
    for (const Variable& v : model_.variables) certain_[&v] = 0;
    for (bool changed = true; changed;) {
      changed = false;
      for (const Variable& v : model_.variables) {
        TypeSet& known = certain_[&v];
        const TypeSet now = known | certain_variable(v);
        changed |= now != known;
        known = now;
      }
    }
  }

  TypeSet certain_variable(const Variable& v) const {
    if (v.is_param || v.value_unknown) return type::kAny;
    if ((v.values.empty() && v.added.empty()) || v.function) return v.n_stores ? type::kAny : v.types;
    TypeSet set = v.types & type::kNil;
    for (const Expr* value : v.values) set |= value ? certain(*value) : type::kInt;
    for (const Expr* value : v.added) set |= added_types(certain(*value));
    return read_types(set);
  }

  bool never(const Expr& e, TypeSet wanted, TypeSet* is) const {
    *is = certain(e);
    return *is && !(*is & wanted);
  }

  void need_number(const Expr& e, const char* message) {
    TypeSet is;
    if (never(e, type::kInt, &is))
      diags_.error(Code::KT2001, span_of(e), fmt::format("{}: this is {}", message, type_names(is)));
  }

  void binary(const BinaryExpr& e) {
    switch (e.op) {
      case BinaryOp::kAdd:
      case BinaryOp::kSub:
      case BinaryOp::kMul:
      case BinaryOp::kDiv:
      case BinaryOp::kMod: arithmetic(e); break;
      case BinaryOp::kLt:
      case BinaryOp::kLe:
      case BinaryOp::kGt:
      case BinaryOp::kGe: order(e); break;
      case BinaryOp::kConcat:
        concat(e.lhs);
        concat(e.rhs);
        break;
      default: break;
    }
  }

  void arithmetic(const BinaryExpr& e) {
    need_number(e.lhs, "cannot make arith operation");
    need_number(e.rhs, "cannot make arith operation");
    if (e.op != BinaryOp::kDiv && e.op != BinaryOp::kMod) return;
    const Expr& divisor = strip_parens(e.rhs);
    const auto* n = std::get_if<NumberExpr*>(&divisor);
    if (n && (*n)->value == 0)
      diags_.error(Code::KT2009, e.op_span,
                   e.op == BinaryOp::kDiv ? "divide 0 arith operation" : "mod 0 arith operation");
  }

  void order(const BinaryExpr& e) {
    constexpr TypeSet kOrdered = type::kInt | type::kStr;
    TypeSet lhs, rhs;
    const bool bad_lhs = never(e.lhs, kOrdered, &lhs);
    const bool bad_rhs = never(e.rhs, kOrdered, &rhs);
    if (bad_lhs || bad_rhs) {
      diags_.error(Code::KT2008, span_of(bad_lhs ? e.lhs : e.rhs),
                   fmt::format("compare with non-number: this is {}", type_names(bad_lhs ? lhs : rhs)));
    } else if (lhs && rhs && !(lhs & rhs & kOrdered)) {
      diags_.error(Code::KT2008, e.op_span,
                   fmt::format("compare with non-number: {} against {}", type_names(lhs), type_names(rhs)));
    }
  }

  void concat(const Expr& e) {
    TypeSet is;
    if (!never(e, type::kStr | type::kInt, &is)) return;
    diags_.error(Code::KT2007, span_of(e), fmt::format("cannot concat non-string: this is {}", type_names(is))).hint =
        "tostring() turns any value into text";
  }

  void need_table(const Expr& e) {
    TypeSet is;
    if (never(e, type::kTable | type::kTuple | type::kHist | type::kStats, &is))
      diags_.error(Code::KT2003, span_of(e), fmt::format("this is no table, it is {}", type_names(is)));
  }

  void index(const IndexExpr& e) {
    if (!model_.members.count(&e) && !model_.ffi_steps.count(&e)) need_table(e.object);
  }

  void stored_key(const std::vector<Expr>& keys) {
    for (const Expr& k : keys) {
      TypeSet is;
      if (never(k, type::kAny & ~type::kNil, &is)) diags_.error(Code::KT2004, span_of(k), "table nil index");
    }
  }

  void table(const TableExpr& e) {
    for (const Field& f : e.fields) stored_key(f.keys);
  }

  void assign(const AssignStmt& s) {
    for (const Expr& t : s.targets)
      if (const auto* i = std::get_if<IndexExpr*>(&t)) stored_key((*i)->keys);
    if (s.op == AssignOp::kSet) return;
    TypeSet added;
    if (s.op == AssignOp::kAdd && !never(s.values[0], type::kAggregates, &added) && added && !(added & type::kInt))
      return;  // check_aggregates() looks at it
    need_number(s.values[0], s.op == AssignOp::kAdd ? "use '+=' on non-number" : "use '-=' on non-number");
    TypeSet is;
    if (std::holds_alternative<NameExpr*>(s.targets[0]) && never(s.targets[0], type::kInt, &is))
      diags_.error(Code::KT2001, span_of(s.targets[0]), fmt::format("use '+=' on non-number: this is {}", type_names(is)));
  }

  void numeric_for(const NumericForStmt& s) {
    for (const Expr* e : {&s.from, &s.to, s.step ? &*s.step : nullptr}) {
      TypeSet is;
      if (e && never(*e, type::kInt, &is))
        diags_.error(Code::KT2010, span_of(*e),
                     fmt::format("'for' init/limit/step value must be a number: this is {}", type_names(is)));
    }
    if (!s.step) return;
    const auto* n = std::get_if<NumberExpr*>(&strip_parens(*s.step));
    if (n && (*n)->value == 0) diags_.error(Code::KT2013, span_of(*s.step), "the step of 'for' is zero");
  }

  void for_in(const ForInStmt& s) {
    const Expr* iterated = nullptr;
    if (s.exprs.size() == 1)
      if (const auto* c = std::get_if<CallExpr*>(&strip_parens(s.exprs[0]))) {
        const Builtin* b = model_.builtin_of((*c)->callee);
        if (b && (b->id == "pairs" || b->id == "sort_pairs")) iterated = &s.exprs[0];
      }
    if (!iterated)
      diags_.error(Code::KT2011, s.exprs.empty() ? s.span : span_of(s.exprs[0]), "only pairs and sort_pairs drive a for loop")
          .hint = "write: for (k, v in pairs(t)) { ... }";
  }

  // ---- calls ----

  void call(const CallExpr& e) {
    if (model_.ffi_forms.count(&e)) return;  // check_ffi() looks at it
    const Builtin* b = model_.builtin_of(e.callee);
    if (b) {
      builtin_call(e, *b);
      return;
    }
    TypeSet is;
    if (never(e.callee, type::kFunc, &is))
      diags_.error(Code::KT2002, span_of(e.callee), fmt::format("attempt to call a non-function: this is {}", type_names(is)));
  }

  void builtin_call(const CallExpr& e, const Builtin& b) {
    const bool open_ended = !e.args.empty() && is_multi(e.args.back());
    const size_t given = e.args.size();
    if (given < static_cast<size_t>(b.min_args) && !open_ended) {
      Diag& d = diags_.error(Code::KT2005, e.span, fmt::format("bad argument #{}: (no value)", given + 1));
      d.hint = fmt::format("{} takes at least {} argument{}", b.name, b.min_args, b.min_args == 1 ? "" : "s");
      return;
    }
    if (b.flags & kRegistration) registration(e.span, std::string(b.name));
    if ((b.flags & kProcess) && stack_.back()->kind == FunctionKind::kEvent)
      diags_.error(Code::KT3016, e.span, fmt::format("{} cannot be used in an event handler", b.name)).hint =
          "call it in the main chunk and keep what it gives in a variable";
    argument_types(e, b);
    argument_texts(e, b);
    if (b.id == "printf" || b.id == "string_format") printf_call(e, open_ended);
  }

  void argument(const CallExpr& e, size_t i, TypeSet wanted) {
    TypeSet is;
    if (i < e.args.size() && never(e.args[i], wanted, &is))
      diags_.error(Code::KT2006, span_of(e.args[i]),
                   fmt::format("wrong type of argument {}: this is {}, not {}", i + 1, type_names(is), type_names(wanted)));
  }

  void argument_types(const CallExpr& e, const Builtin& b) {
    for (const Needs& row : kNeeds) {
      if (row.id != b.id) continue;
      for (size_t i = 0; i < std::size(row.args); ++i) argument(e, i, row.args[i]);
    }
    if (b.flags & kRegistersEnd) {
      argument(e, 0, type::kFunc);
    } else if (b.flags & kRegistration) {
      argument(e, 0, type::kStr);
      argument(e, 1, type::kFunc);
    }
  }

  // Arguments that are words: the order of sort_pairs, the unit of print_hist.
  void argument_texts(const CallExpr& e, const Builtin& b) {
    static const char* const kOrders[] = {"key", "-key", "value", "-value"};
    static const char* const kUnits[] = {"", "ns", "us", "ms", "s", "bytes"};
    const auto one_of = [&](size_t i, const char* const* begin, const char* const* end, const char* what) {
      const auto* text = i < e.args.size() ? std::get_if<StringExpr*>(&strip_parens(e.args[i])) : nullptr;
      if (!text || std::find(begin, end, (*text)->bytes) != end) return;
      diags_.error(Code::KT2006, span_of(e.args[i]), fmt::format("unknown {} '{}'", what, (*text)->bytes)).hint =
          std::string("use ") + (begin == kOrders ? "key, -key, value or -value" : "ns, us, ms, s or bytes");
    };
    if (b.id == "sort_pairs") one_of(1, std::begin(kOrders), std::end(kOrders), "order");
    if (b.id == "print_hist")
      for (size_t i = 1; i < 3; ++i) one_of(i, std::begin(kUnits), std::end(kUnits), "unit");
  }

  void printf_call(const CallExpr& e, bool open_ended) {
    const auto* text = std::get_if<StringExpr*>(&strip_parens(e.args[0]));
    if (!text) return;
    const Format format = parse_format((*text)->bytes);
    if (!format.error.empty()) {
      Diag& d = diags_.error(Code::KT2012, span_of(e.args[0]), format.error);
      d.hint = "conversions are d i u o x X c s p; a percent sign is written %%";
      return;
    }
    if (format.n_args + 1 > e.args.size() && !open_ended)
      diags_.error(Code::KT2012, e.span, fmt::format("bad argument #{}: (no value)", e.args.size() + 1)).hint =
          fmt::format("the format has {} conversions", format.n_args);
    size_t arg = 1;
    for (const FormatPiece& piece : format.pieces) {
      const auto* conv = std::get_if<FormatConversion>(&piece);
      if (!conv) continue;
      if (conv->numeric()) argument(e, arg, type::kInt);
      ++arg;
    }
  }

  // ---- events ----

  void event_word(const EventWordExpr& e) {
    const bool of_event = e.word == EventWord::kArg || e.word == EventWord::kArgstr || e.word == EventWord::kProbename;
    const FunctionKind kind = stack_.back()->kind;
    if (!of_event || kind == FunctionKind::kPlain || kind == FunctionKind::kEvent) return;
    static const char* const kWhere[] = {"the main chunk", "", "", "a tick handler", "trace_end"};
    diags_.error(Code::KT3007, e.span, "invalid event context").hint =
        fmt::format("there is no event in {}; use this word in a trace handler", kWhere[static_cast<int>(kind)]);
  }

  void registration(Span span, const std::string& what) {
    const FunctionKind kind = stack_.back()->kind;
    if (kind == FunctionKind::kMain || kind == FunctionKind::kPlain) return;
    const char* where = kind == FunctionKind::kEnd ? "trace_end" : "a handler";
    diags_.error(Code::KT3008, span, fmt::format("{} cannot be used in {}: events are registered by the main chunk", what, where));
  }

  void trace(const TraceStmt& s) {
    registration(s.span, "trace");
    for (const EventSpec* e : s.events) event(*e);
  }

  void event(const EventSpec& e) {
    const bool fetches = e.system == "probe" || e.system == "sdt";
    for (const FetchArg& arg : e.fetch) {
      if (!fetches)
        diags_.error(Code::KT3004, arg.span, "only probe: and sdt: events take fetch arguments").hint =
            "the fields of a tracepoint are arg0, arg1, ... and their own names";
      for (const FetchStep& step : arg.steps) {
        if (step.kind == FetchStep::Kind::kReg && !target_.has_register(step.name))
          diags_.error(Code::KT3005, arg.span, fmt::format("unknown register '%{}'", step.name)).hint =
              target_.registers_text;
        if (step.kind == FetchStep::Kind::kSym && !e.path.empty())
          diags_.error(Code::KT3004, arg.span, fmt::format("@{} is a symbol of the kernel, not of the program", step.name));
        if (step.kind == FetchStep::Kind::kRetval && !e.is_return)
          diags_.error(Code::KT3004, arg.span, "$retval is for return probes").hint =
              fmt::format("write: probe:{}%return", e.event);
      }
    }
  }

  const Model& model_;
  const Architecture& target_;
  Diags& diags_;
  std::vector<const Function*> stack_;
  std::unordered_map<const Variable*, TypeSet> certain_;  // see certain()
};

}  // namespace

void check(const Script& script, const Model& model, const Architecture& target, Diags& diags) {
  Checker(model, target, diags).walk(*script.block);
  check_aggregates(script, model, diags);
}

}  // namespace kt2ko::sema
