// SPDX-License-Identifier: GPL-2.0
// What quick handlers print.
#include "lower/output.h"
#include "lower/quick_lowerer.h"

namespace kt2ko::lower_detail {

using namespace ast;

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

}  // namespace kt2ko::lower_detail
