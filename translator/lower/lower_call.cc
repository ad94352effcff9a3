// SPDX-License-Identifier: GPL-2.0
// Calls, argument lists, and output, which is compiled piece by piece.
#include <fmt/format.h>

#include "catalog/format.h"
#include "lower/function_lowerer.h"

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
  if (const Builtin* b = program_.model().builtin_of(e.callee)) {
    if (want == 0 && output_call(e)) return;
    if (b->flags & kRegisters) program_.note_registration(line_, *b);
    const Args args = arguments(e.args);
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

// A piece of output whose values are evaluated already.
struct Piece {
  std::string bytes;      // literal text when there is no conversion
  bool is_literal = false;
  bool is_number = false;
  kir::ExprPtr number;
  kir::Val val;
  FormatConversion conv;  // 's' plain: as print shows it
  size_t argno = 0;
};

kir::Arg conversion(const FormatConversion& f) { return kir::Conversion{f.conv, f.flags, f.width, f.precision}; }

}  // namespace

bool FunctionLowerer::output_call(const CallExpr& e) {
  const Builtin* b = program_.model().builtin_of(e.callee);
  if (!e.args.empty() && program_.model().is_open_ended(e.args.back()) && b->id == "print") return false;
  if (b->id == "print") return print_call(e);
  if (b->id == "printf") return printf_call(e);
  return false;
}

namespace {

std::vector<kir::Stmt> output_statements(const std::vector<Piece>& pieces, uint32_t line) {
  std::vector<kir::Stmt> out;
  out.push_back(stmt(kir::Call{"ktr_out_begin", {text("c")}}));
  std::string literal;
  const auto flush = [&] {
    if (literal.empty()) return;
    out.push_back(stmt(kir::Call{"ktr_out_bytes", {text("c"), kir::Bytes{literal}, count(literal.size())}}));
    literal.clear();
  };
  for (const Piece& p : pieces) {
    if (p.is_literal) {
      literal += p.bytes;
      continue;
    }
    flush();
    const bool plain = p.conv.plain();
    const bool decimal = p.conv.conv == 'd' || p.conv.conv == 'i' || p.conv.conv == 's';
    if (p.is_number && plain && decimal)
      out.push_back(stmt(kir::Call{"ktr_out_s64", {text("c"), p.number}}));
    else if (p.is_number)
      out.push_back(stmt(kir::Call{"ktr_out_format_s64", {text("c"), conversion(p.conv), p.number}}));
    else if (plain && p.conv.conv == 's')
      out.push_back(stmt(kir::Call{"ktr_out_val", {text("c"), p.val}}));
    else
      out.push_back(stmt(
          kir::Try{"ktr_out_format", {text("c"), conversion(p.conv), p.val, count(p.argno)}, line}));
  }
  flush();
  out.push_back(stmt(kir::Call{"ktr_out_end", {text("c")}}));
  return out;
}

Piece literal_piece(std::string bytes) {
  Piece p;
  p.is_literal = true;
  p.bytes = std::move(bytes);
  return p;
}

}  // namespace

bool FunctionLowerer::print_call(const CallExpr& e) {
  if (e.args.size() == 1)
    if (const auto* w = std::get_if<EventWordExpr*>(&e.args[0]); w && (*w)->word == EventWord::kArgstr) {
      try_call("ktr_print_argstr", {});
      return true;
    }
  std::vector<Piece> pieces;
  for (size_t i = 0; i < e.args.size(); ++i) {
    if (i) pieces.push_back(literal_piece("\t"));
    if (const auto* s = std::get_if<StringExpr*>(&e.args[i])) {
      pieces.push_back(literal_piece((*s)->bytes));
      continue;
    }
    Piece p;
    p.conv.conv = 's';
    p.is_number = is_int(e.args[i]);
    if (p.is_number) {
      p.number = num(e.args[i], "KTR_NEED_ARITH");
      for (size_t later = i + 1; later < e.args.size(); ++later) p.number = settled(p.number, e.args[later]);
    } else {
      p.val = value(e.args[i]);
    }
    pieces.push_back(std::move(p));
  }
  pieces.push_back(literal_piece("\n"));
  for (kir::Stmt& s : output_statements(pieces, line_)) emit(std::move(s));
  return true;
}

bool FunctionLowerer::printf_call(const CallExpr& e) {
  const auto* text_arg = std::get_if<StringExpr*>(&sema::strip_parens(e.args[0]));
  if (!text_arg) return false;
  const Format format = parse_format((*text_arg)->bytes);
  const bool open_ended = program_.model().is_open_ended(e.args.back());
  if (open_ended && e.args.size() < format.n_args + 1) return false;
  std::vector<Piece> pieces;
  size_t arg = 1;
  for (const FormatPiece& f : format.pieces) {
    if (const auto* bytes = std::get_if<std::string>(&f)) {
      pieces.push_back(literal_piece(*bytes));
      continue;
    }
    Piece p;
    p.conv = std::get<FormatConversion>(f);
    p.argno = arg + 1;
    const Expr& a = e.args[arg++];
    p.is_number = is_int(a) && (p.conv.numeric() || p.conv.plain()) && p.conv.conv != 'p';
    if (p.is_number) {
      p.number = num(a, "KTR_NEED_ARITH");
      for (size_t later = arg; later < e.args.size(); ++later) p.number = settled(p.number, e.args[later]);
    } else {
      const int t = new_slot();  // a copy: a later argument may call code that changes the variable
      value_into(a, t);
      p.val = slot(t);
    }
    pieces.push_back(std::move(p));
  }
  for (; arg < e.args.size(); ++arg) value(e.args[arg]);  // surplus: evaluated, not shown
  for (kir::Stmt& s : output_statements(pieces, line_)) emit(std::move(s));
  return true;
}

}  // namespace kt2ko::lower_detail
