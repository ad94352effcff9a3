// SPDX-License-Identifier: GPL-2.0
// Uses of ffi: calls of the glue's functions, which know the C types.
#include "lower/function_lowerer.h"

namespace kt2ko::lower_detail {

using namespace ast;
using Kind = kir::FfiFunction::Kind;

void FunctionLowerer::ffi_call(const CallExpr& e, const sema::FfiForm& form, const kir::Arg& ret, int want) {
  const auto* home = std::get_if<kir::Val>(&ret);
  const int dst = want > 0 && home && home->kind == kir::Val::Kind::kSlot ? home->index : new_slot();
  ffi_into(e, form, dst);
  for (int i = 1; i < want; ++i) add(kir::SetNil{dst + i});
}

void FunctionLowerer::ffi_into(const CallExpr& e, const sema::FfiForm& form, int dst) {
  using Form = sema::FfiForm::Kind;
  switch (form.kind) {
    case Form::kInclude:
    case Form::kCdef: add(kir::SetNil{dst}); break;
    case Form::kSizeofType:
    case Form::kSizeofValue:
      add(kir::SetInt{dst, local(program_.ffi_function(Kind::kSize, form.ctype, -1, form.text_span))});
      break;
    case Form::kNew: try_call(program_.ffi_function(Kind::kNew, form.ctype, -1, form.text_span), {slot(dst)}); break;
    case Form::kCast: {
      const std::string cast = program_.ffi_function(Kind::kCast, form.ctype, -1, form.text_span);
      if (cast.empty())
        value_into(e.args[1], dst);  // to a pointer: the address stays as it is
      else
        try_call(cast, {slot(dst), value(e.args[1])});
      break;
    }
    case Form::kCall: {
      const int base = new_slots(static_cast<int>(e.args.size()));
      for (size_t i = 0; i < e.args.size(); ++i) value_into(e.args[i], base + static_cast<int>(i));
      try_call(program_.ffi_call(e), {slot(dst), e.args.empty() ? slot(dst) : slot(base)});
    }
  }
}

bool FunctionLowerer::is_ffi_member(const IndexExpr& e) const {
  return program_.model().ctypes[program_.model().ffi_steps.at(&e)].kind == sema::CType::Kind::kMember;
}

void FunctionLowerer::ffi_get_into(const IndexExpr& e, int dst) {
  const int ctype = program_.model().ffi_steps.at(&e);
  const std::string get = program_.ffi_function(Kind::kGet, ctype, -1, span_of(e.keys[0]));
  if (is_ffi_member(e)) {
    try_call(get, {slot(dst), value(e.object)});
    return;
  }
  const int base = new_slots(2);  // copies: the index may change what the variable holds
  value_into(e.object, base);
  value_into(e.keys[0], base + 1);
  try_call(get, {slot(dst), slot(base), slot(base + 1)});
}

void FunctionLowerer::ffi_store(const IndexExpr& e, kir::Val base, kir::Val index, kir::Val val, int value_ctype) {
  const int ctype = program_.model().ffi_steps.at(&e);
  const std::string set = program_.ffi_function(Kind::kSet, ctype, value_ctype, span_of(e.keys[0]));
  if (is_ffi_member(e))
    try_call(set, {base, val});
  else
    try_call(set, {base, index, val});
}

void FunctionLowerer::ffi_assign(const IndexExpr& e, const Expr& val) {
  const int base = new_slots(2);
  value_into(e.object, base);
  if (!is_ffi_member(e)) value_into(e.keys[0], base + 1);
  ffi_store(e, slot(base), slot(base + 1), value(val), program_.model().ctype_of(val));
}

void FunctionLowerer::ffi_increment(const IndexExpr& e, const Expr& val, bool negative) {
  const int ctype = program_.model().ffi_steps.at(&e);
  const int base = new_slots(3);
  value_into(e.object, base);
  if (!is_ffi_member(e)) value_into(e.keys[0], base + 1);
  const std::string get = program_.ffi_function(Kind::kGet, ctype, -1, span_of(e.keys[0]));
  if (is_ffi_member(e))
    try_call(get, {slot(base + 2), slot(base)});
  else
    try_call(get, {slot(base + 2), slot(base), slot(base + 1)});
  const std::string old = temp(kir::LocalType::kNumber);
  try_call("ktr_num", {slot(base + 2), kir::AddressOf{old}, text("KTR_NEED_INCR")});
  kir::ExprPtr d = num(val, "KTR_NEED_INCR");
  add(kir::SetInt{base + 2, binary(negative ? kir::Op::kSub : kir::Op::kAdd, read_local(old), std::move(d))});
  ffi_store(e, slot(base), slot(base + 1), slot(base + 2), -1);
}

}  // namespace kt2ko::lower_detail
