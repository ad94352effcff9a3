// SPDX-License-Identifier: GPL-2.0
// Calls, argument lists, and output, which is compiled piece by piece.
#include <fmt/format.h>

#include "lower/function_lowerer.h"
#include "lower/output.h"

namespace kt2ko::lower_detail {

using namespace ast;

// Evaluates a list; `first` goes before it (the object of a method call).
FunctionLowerer::Args FunctionLowerer::arguments(const std::vector<Expr>& list, const kir::Val* first) {
  if (!list.empty() && program_.model().is_open_ended(list.back())) return pushed_arguments(list, first);
  const int n = static_cast<int>(list.size()) + (first ? 1 : 0);
  if (n == 0) return {text("c->top"), count(0), ""};
  const int base = new_slots(n);
  int at = base;
  if (first) add(kir::Copy{at++, *first});
  for (const Expr& e : list) value_into(e, at++);
  return {slot(base), count(static_cast<size_t>(n)), ""};
}

FunctionLowerer::Args FunctionLowerer::pushed_arguments(const std::vector<Expr>& list, const kir::Val* first) {
  const std::string mark = temp(kir::LocalType::kMark);
  add(kir::SaveTop{mark});
  if (first) try_call("ktr_push", {*first});
  for (size_t i = 0; i + 1 < list.size(); ++i) try_call("ktr_push", {value(list[i])});
  if (std::holds_alternative<VarargExpr*>(list.back()))
    try_call("ktr_push_varargs", {text("args"), text("nargs"), count(f_.params.size())});
  else
    call(list.back(), text("c->top"), -1);
  return {text(mark), text("(u32)(c->top - " + mark + ")"), mark};
}

// After the call: what was pushed for it goes away, its own results stay.
void FunctionLowerer::finish_args(const Args& args, int want) {
  if (args.mark.empty()) return;
  if (want < 0)
    add(kir::Call{"ktr_shift_results", {text("c"), text(args.mark)}});
  else
    add(kir::RestoreTop{args.mark});
}

void FunctionLowerer::call(const Expr& e, kir::Arg ret, int want) {
  if (const auto* n = std::get_if<CallExpr*>(&e))
    call_plain(**n, std::move(ret), want);
  else
    call_method(*std::get<MethodCallExpr*>(e), std::move(ret), want);
}

namespace {

kir::Arg want_arg(int want) { return want < 0 ? kir::Arg{text("KTR_ALL")} : count(static_cast<size_t>(want)); }

}  // namespace

void FunctionLowerer::call_plain(const CallExpr& e, kir::Arg ret, int want) {
  if (const auto form = program_.model().ffi_forms.find(&e); form != program_.model().ffi_forms.end()) {
    ffi_call(e, form->second, ret, want);
    return;
  }
  if (const Builtin* b = program_.model().builtin_of(e.callee)) {
    if (want == 0 && output_call(e)) return;
    if (b->flags & kRegisters) program_.note_registration(line_, *b);
    const Args args = arguments(e.args);
    program_.note_use(*b);
    try_call(fmt::format("ktr_lib_{}", b->id), {args.first, args.count, std::move(ret), want_arg(want)});
    finish_args(args, want);
    return;
  }
  const sema::Function* known = program_.model().function_of(e.callee);
  if (known && program_.plan().is_static(*known)) {
    const Args args = arguments(e.args);
    try_call("ktr_call_func",
             {text("&" + program_.object_of(*known)), args.first, args.count, std::move(ret), want_arg(want)});
    finish_args(args, want);
    return;
  }
  const int callee = new_slot();
  value_into(e.callee, callee);
  const Args args = arguments(e.args);
  try_call("ktr_call", {slot(callee), args.first, args.count, std::move(ret), want_arg(want)});
  finish_args(args, want);
}

// The first of two slots: the object, and what it has under the method's name.
int FunctionLowerer::method_of(const MethodCallExpr& e) {
  const int object = new_slots(2);
  value_into(e.object, object);
  try_call("ktr_get", {slot(object + 1), slot(object), program_.string(e.method.text)});
  return object;
}

void FunctionLowerer::call_method(const MethodCallExpr& e, kir::Arg ret, int want) {
  const int object = method_of(e);
  const kir::Val self = slot(object);
  const Args args = arguments(e.args, &self);
  try_call("ktr_call", {slot(object + 1), args.first, args.count, std::move(ret), want_arg(want)});
  finish_args(args, want);
}

// ---- output --------------------------------------------------------------------------------------------------------

namespace {

// An argument of an output, evaluated.
struct Piece {
  bool is_number = false;
  kir::ExprPtr number;
  kir::Val val;
};

kir::Arg conversion(const FormatConversion& f) { return kir::Conversion{f.conv, f.flags, f.width, f.precision}; }

// One conversion, appended to the output under construction.
kir::Stmt conversion_statement(const FormatConversion& f, const Piece& p, size_t argno, uint32_t line) {
  const bool decimal = f.conv == 'd' || f.conv == 'i' || f.conv == 's';
  if (p.is_number && f.plain() && decimal) return stmt(kir::Call{"ktr_out_s64", {text("c"), p.number}});
  if (p.is_number) return stmt(kir::Call{"ktr_out_format_s64", {text("c"), conversion(f), p.number}});
  if (f.plain() && f.conv == 's') return stmt(kir::Call{"ktr_out_val", {text("c"), p.val}});
  return stmt(kir::Try{"ktr_out_format", {text("c"), conversion(f), p.val, count(argno)}, line});
}

// The text, made by the handler, piece by piece.
std::vector<kir::Stmt> text_statements(const Output& output, const std::vector<Piece>& args, uint32_t line) {
  std::vector<kir::Stmt> out;
  out.push_back(stmt(kir::Call{"ktr_out_begin", {text("c")}}));
  std::string literal;
  const auto flush = [&] {
    if (literal.empty()) return;
    out.push_back(stmt(kir::Call{"ktr_out_bytes", {text("c"), kir::Bytes{literal}, count(literal.size())}}));
    literal.clear();
  };
  size_t arg = 0;
  for (const FormatPiece& p : output.pieces) {
    if (const auto* bytes = std::get_if<std::string>(&p)) {
      literal += *bytes;
      continue;
    }
    flush();
    out.push_back(conversion_statement(std::get<FormatConversion>(p), args[arg], arg + 2, line));
    ++arg;
  }
  flush();
  out.push_back(stmt(kir::Call{"ktr_out_end", {text("c")}}));
  return out;
}

// The arguments; readers make the text.
kir::Stmt late_statement(const std::string& convs, int format, const std::vector<Piece>& args, uint32_t line) {
  kir::Print out;
  out.format = format;
  out.line = line;
  for (size_t i = 0; i < args.size(); ++i) {
    out.values.push_back(args[i].is_number ? kir::Arg{args[i].number} : kir::Arg{args[i].val});
    out.fails = out.fails || (!args[i].is_number && convs[i] != 's');
  }
  return stmt(std::move(out));
}

}  // namespace

bool FunctionLowerer::output_call(const CallExpr& e) {
  if (e.args.size() == 1 && program_.model().builtin_of(e.callee)->id == "print")
    if (const auto* w = std::get_if<EventWordExpr*>(&e.args[0]); w && (*w)->word == EventWord::kArgstr) {
      try_call("ktr_print_argstr", {});
      return true;
    }
  const std::optional<Output> output = output_of(e, program_.model());
  if (!output) return false;
  std::vector<Piece> args;
  size_t arg = 0;
  for (const FormatPiece& p : output->pieces)
    if (const auto* conv = std::get_if<FormatConversion>(&p)) {
      const Expr& a = *output->args[arg++];
      Piece piece;
      piece.is_number = is_int(a) && (conv->numeric() || conv->plain()) && conv->conv != 'p';
      if (piece.is_number) {
        piece.number = num(a, "KTR_NEED_ARITH");
        for (size_t later = arg; later < output->args.size(); ++later)
          piece.number = settled(piece.number, *output->args[later]);
      } else {
        const int t = new_slot();  // a copy: a later argument may call code that changes the variable
        value_into(a, t);
        piece.val = slot(t);
      }
      args.push_back(std::move(piece));
    }
  const bool is_printf = program_.model().builtin_of(e.callee)->id == "printf";
  for (size_t i = arg + 1; is_printf && i < e.args.size(); ++i) value(e.args[i]);  // surplus: evaluated, not shown
  const std::optional<kir::Format> format = program_.defers_output() ? late_format(output->pieces) : std::nullopt;
  if (format)
    emit(late_statement(format->convs, program_.format(*format), args, line_));
  else
    for (kir::Stmt& s : text_statements(*output, args, line_)) emit(std::move(s));
  return true;
}

}  // namespace kt2ko::lower_detail
