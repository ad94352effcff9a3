// SPDX-License-Identifier: GPL-2.0
// += with aggregations: a sample goes into its variable or element by one call.
#include <algorithm>
#include <cctype>

#include "lower/aggregates.h"
#include "lower/function_lowerer.h"

namespace kt2ko::lower_detail {

using namespace ast;

namespace {

size_t n_args_of(const Builtin& b) { return static_cast<size_t>(b.max_args); }

}  // namespace

std::string aggregate_kind(const Builtin& b) {
  std::string text = "KTR_AGG_" + std::string(b.id);
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char ch) { return std::toupper(ch); });
  return text;
}

bool is_direct_sample(const sema::Model& model, const Expr& e) {
  const Builtin* b = model.aggregate_of(e);
  if (!b) return false;
  const auto& args = std::get<CallExpr*>(sema::strip_parens(e))->args;
  return args.size() == n_args_of(*b) && (args.size() <= 1 || !model.is_open_ended(args.back()));
}

FunctionLowerer::Sample FunctionLowerer::sample(const CallExpr& e) {
  const Builtin& b = *program_.model().builtin_of(e.callee);
  Sample out;
  out.linear = b.id == "lhist";
  if (!out.linear) out.args.emplace_back(text(aggregate_kind(b)));
  if (e.args.empty()) out.args.emplace_back(number(1));
  static const char* const kNeeds[] = {"KTR_NEED_ARG | 1 << 8", "KTR_NEED_ARG | 2 << 8", "KTR_NEED_ARG | 3 << 8",
                                       "KTR_NEED_ARG | 4 << 8"};
  for (size_t i = 0; i < e.args.size(); ++i) {
    kir::ExprPtr x = num(e.args[i], kNeeds[i]);
    for (size_t later = i + 1; later < e.args.size(); ++later) x = settled(x, e.args[later]);
    out.args.emplace_back(std::move(x));
  }
  return out;
}

kir::ExprPtr FunctionLowerer::tally(const Expr& e, bool adds) {
  const Builtin* b = program_.model().aggregate_of(e);
  if (!b || !(b->result & (type::kCount | type::kSum))) return nullptr;
  if (b->result == type::kCount) return number(adds ? 1 : 0);
  const auto& args = std::get<CallExpr*>(sema::strip_parens(e))->args;
  return args.empty() ? number(0) : num(args[0], "KTR_NEED_ARG | 1 << 8");
}

bool FunctionLowerer::aggregate(const sema::Variable& v, const Expr& value_expr) {
  if (!(v.types & type::kAggregates)) return false;
  if (storage(v) == Storage::kSpread) {
    try_call("ktr_spread_agg", {cell_arg(v), sample(*std::get<CallExpr*>(sema::strip_parens(value_expr))).args.back()});
    return true;
  }
  const bool in_cell = storage(v) == Storage::kCell;
  if (!in_cell && storage(v) != Storage::kBox) return false;
  const std::string prefix = in_cell ? "ktr_cell_" : "ktr_box_";
  std::vector<kir::Arg> args{in_cell ? cell_arg(v) : kir::Arg{box(v)}};
  if (is_direct_sample(program_.model(), value_expr)) {
    Sample s = sample(*std::get<CallExpr*>(sema::strip_parens(value_expr)));
    args.insert(args.end(), s.args.begin(), s.args.end());
    try_call(prefix + (s.linear ? "lin" : "agg"), std::move(args));
    return true;
  }
  if (!(program_.model().types_of(value_expr) & type::kAggregates)) return false;
  args.emplace_back(value(value_expr));
  try_call(prefix + "add_val", std::move(args));
  return true;
}

// adder: of the quick handler that does the same; empty: there is none.
bool FunctionLowerer::aggregate_element(const IndexExpr& e, const Expr& value_expr, const std::string& adder) {
  if (!(program_.model().types_of(value_expr) & type::kAggregates)) return false;
  const bool direct = is_direct_sample(program_.model(), value_expr);
  const bool number_key = direct && by_number(e.keys);
  note_element(e, "given a sample", adder);
  const kir::Val table = value(e.object);
  std::vector<kir::Arg> args{table};
  if (number_key)
    args.emplace_back(settled(num(e.keys[0], "KTR_NEED_ARITH"), value_expr));
  else
    args.emplace_back(key(e.keys));
  if (!direct) {
    args.emplace_back(value(value_expr));
    try_call("ktr_incr_val", std::move(args));
    return true;
  }
  Sample s = sample(*std::get<CallExpr*>(sema::strip_parens(value_expr)));
  if (!adder.empty()) {
    args.insert(args.end(), {s.args.back(), text("&" + adder)});
    try_call(number_key ? "ktr_agg_add_int_at" : "ktr_agg_add_at", std::move(args));
    return true;
  }
  args.insert(args.end(), s.args.begin(), s.args.end());
  try_call(std::string(s.linear ? "ktr_lin_add" : "ktr_agg_add") + (number_key ? "_int" : ""), std::move(args));
  return true;
}

}  // namespace kt2ko::lower_detail
