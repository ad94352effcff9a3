// SPDX-License-Identifier: GPL-2.0
// Checks of aggregations: where samples may stand, their arguments, and kinds that are certainly mixed in one variable.
#include <fmt/format.h>

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ktr_limits.h"
#include "sema/analyze.h"
#include "sema/walk.h"

namespace kt2ko::sema {

using namespace ast;

namespace {

constexpr uint64_t kMaxLinear = KTR_LHIST_MAX;

// "a count", "an avg"
std::string with_article(std::string_view kind) {
  if (kind == "stats") return "stats";
  return fmt::format("{} {}", kind == "avg" || kind == "lhist" ? "an" : "a", kind);
}

const int64_t* literal(const Expr& e) {
  const auto* n = std::get_if<NumberExpr*>(&strip_parens(e));
  return n ? &(*n)->value : nullptr;
}

// What is stored in one variable.
struct Contents {
  struct Item {
    std::string_view kind;
    Span span;
  };
  std::vector<Item> assigned, added;
  bool unknown = false;  // something that is neither nil, nor a number, nor a sample
};

class AggregateChecker : public Walker<AggregateChecker> {
 public:
  AggregateChecker(const Model& model, Diags& diags) : model_(model), diags_(diags) {}

  void stmt(const Stmt& s) {
    if (const auto* v = std::get_if<VarStmt*>(&s)) var_stmt(**v);
    if (const auto* a = std::get_if<AssignStmt*>(&s)) assign(**a);
  }

  void expr(const Expr& e) {
    if (const auto* t = std::get_if<TableExpr*>(&e))
      for (const Field& f : (*t)->fields) allow(f.value);
    if (const auto* c = std::get_if<CallExpr*>(&e))
      if (const Builtin* b = model_.aggregate_of(e)) call(**c, *b);
  }

  void report_mixtures() {
    for (const Variable& v : model_.variables) {
      const auto it = contents_.find(&v);
      if (it != contents_.end() && v.aggregated && !v.is_param && !v.value_unknown && !it->second.unknown)
        report_mixture(v, it->second);
    }
  }

 private:
  void allow(const Expr& e) { allowed_.insert(call_of(e)); }

  static const CallExpr* call_of(const Expr& e) {
    const auto* c = std::get_if<CallExpr*>(&strip_parens(e));
    return c ? *c : nullptr;
  }

  void var_stmt(const VarStmt& s) {
    for (size_t i = 0; i < s.values.size(); ++i) {
      allow(s.values[i]);
      if (i < s.names.size()) note(model_.declared.at(&s.names[i]), s.values[i], false);
    }
  }

  void assign(const AssignStmt& s) {
    for (size_t i = 0; i < s.values.size(); ++i) {
      if (s.op != AssignOp::kSub) allow(s.values[i]);
      const auto* n = i < s.targets.size() ? std::get_if<NameExpr*>(&s.targets[i]) : nullptr;
      const auto it = n ? model_.names.find(*n) : model_.names.end();
      if (it != model_.names.end() && it->second.variable) note(it->second.variable, s.values[i], s.op != AssignOp::kSet);
    }
  }

  void note(const Variable* v, const Expr& e, bool adds) {
    Contents& c = contents_[v];
    auto& list = adds ? c.added : c.assigned;
    if (const Builtin* b = model_.aggregate_of(e))
      list.push_back({b->id, span_of(e)});
    else if (literal(e))
      list.push_back({"number", span_of(e)});
    else if (!adds && !std::holds_alternative<NilExpr*>(strip_parens(e)))
      c.unknown = true;
  }

  void report_mixture(const Variable& v, const Contents& c) {
    std::string_view kind;
    for (const Contents::Item& item : c.assigned) {
      if (!kind.empty() && kind != item.kind) return;  // it is one thing now and another thing then
      kind = item.kind;
    }
    for (const Contents::Item& item : c.added) {
      if (kind.empty()) kind = item.kind;
      if (kind == item.kind) continue;
      Diag& d = diags_.error(Code::KT2014, item.span,
                             fmt::format("cannot add {} to '{}', which holds {}", with_article(item.kind), v.name,
                                         with_article(kind)));
      if (kind == "number") d.hint = fmt::format("declare it as: var {} = {}({})", v.name, item.kind,
                                                 item.kind == "lhist" ? "from, to, step" : "");
      return;
    }
  }

  void call(const CallExpr& e, const Builtin& b) {
    if (b.result & type::kScalars && !allowed_.count(&e))
      diags_.error(Code::KT2014, e.span,
                   fmt::format("{}() cannot stand here: it gives something to add, by +=, or to start with", b.name))
          .hint = fmt::format("write: var x = {}() and x += {}({})", b.name, b.name, b.id == "count" ? "" : "value");
    if (static_cast<int>(e.args.size()) > b.max_args)
      diags_.error(Code::KT2005, e.span,
                   b.max_args ? fmt::format("{} takes {} argument{}", b.name, b.max_args, b.max_args == 1 ? "" : "s")
                              : fmt::format("{} takes no argument", b.name))
          .hint = fmt::format("it adds one sample: x += {}({})", b.name,
                              b.id == "lhist" ? "value, from, to, step" : b.max_args ? "value" : "");
    if (b.id == "lhist") bounds(e);
  }

  void bounds(const CallExpr& e) {
    if (e.args.size() < 3 || e.args.size() > 4) return;
    const size_t first = e.args.size() - 3;
    const int64_t* from = literal(e.args[first]);
    const int64_t* to = literal(e.args[first + 1]);
    const int64_t* step = literal(e.args[first + 2]);
    if (step && *step < 1) {
      diags_.error(Code::KT2014, span_of(e.args[first + 2]), "lhist: the step must be positive");
    } else if (from && to && *to <= *from) {
      diags_.error(Code::KT2014, span_of(e.args[first + 1]), "lhist: the upper bound must be above the lower one");
    } else if (from && to && step) {
      const uint64_t width = static_cast<uint64_t>(*to) - static_cast<uint64_t>(*from);
      if ((width - 1) / static_cast<uint64_t>(*step) >= kMaxLinear)
        diags_.error(Code::KT2014, e.span, fmt::format("lhist: more than {} buckets", kMaxLinear)).hint =
            "take a larger step";
    }
  }

  const Model& model_;
  Diags& diags_;
  std::unordered_set<const CallExpr*> allowed_;
  std::unordered_map<const Variable*, Contents> contents_;
};

}  // namespace

void check_aggregates(const Script& script, const Model& model, Diags& diags) {
  AggregateChecker checker(model, diags);
  checker.walk(*script.block);
  checker.report_mixtures();
}

}  // namespace kt2ko::sema
