// SPDX-License-Identifier: GPL-2.0
// What the glue of a program has to contain.
#include <fmt/format.h>

#include "lower/program_builder.h"

namespace kt2ko::lower_detail {

void ProgramBuilder::init_ffi(bool unsafe) {
  kir::Ffi& ffi = program_->ffi;
  ffi.used = !model_.ffi_order.empty();
  ffi.unsafe = unsafe;
  for (const ast::CallExpr* e : model_.ffi_order) {
    const sema::FfiForm& form = model_.ffi_forms.at(e);
    const bool header = form.kind == sema::FfiForm::Kind::kInclude;
    if (header || form.kind == sema::FfiForm::Kind::kCdef) ffi.texts.push_back({header, form.text, place_of(form.text_span)});
  }
  for (const sema::CType& t : model_.ctypes)
    ffi.types.push_back({static_cast<kir::FfiType::Kind>(t.kind), t.text, t.parent, t.call ? t.call->args.size() : 0,
                         place_of(t.span)});
  for (const sema::CTypeMeeting& m : model_.ctype_meetings) ffi.same.push_back({m.first, m.other, place_of(m.span)});
}

std::string ProgramBuilder::ffi_function(kir::FfiFunction::Kind kind, int ctype, int value_ctype, Span span) {
  using Kind = kir::FfiFunction::Kind;
  const sema::CType& type = model_.ctypes[ctype];
  if (kind == Kind::kCast && type.text.back() == '*') return "";
  for (const kir::FfiFunction& f : program_->ffi.functions)
    if (f.kind == kind && f.type == ctype && f.value_type == value_ctype) return f.c_name;
  static constexpr const char* kNames[] = {"get", "set", "cast", "new", "size", "call"};
  const std::string what = type.kind == sema::CType::Kind::kElement ? "element" : squeeze(type.text);
  const std::string name = claim(fmt::format("ktg_ffi_{}_{}", kNames[static_cast<int>(kind)], what));
  program_->ffi.functions.push_back({kind, name, ctype, value_ctype, 0, place_of(span)});
  return name;
}

std::string ProgramBuilder::ffi_call(const ast::CallExpr& e) {
  const sema::FfiForm& form = model_.ffi_forms.at(&e);
  for (const kir::FfiFunction& f : program_->ffi.functions)
    if (f.kind == kir::FfiFunction::Kind::kCall && f.type == form.ctype && f.n_args == e.args.size()) return f.c_name;
  const std::string name = claim("ktg_ffi_call_" + squeeze(form.text));
  program_->ffi.functions.push_back(
      {kir::FfiFunction::Kind::kCall, name, form.ctype, -1, e.args.size(), place_of(form.text_span)});
  return name;
}

}  // namespace kt2ko::lower_detail
