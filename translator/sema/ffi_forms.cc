// SPDX-License-Identifier: GPL-2.0
// The forms of ffi: ffi.NAME("text", ...) and ffi.C.NAME(...). The word means nothing outside of them.
#include <fmt/format.h>

#include "sema/resolver.h"

namespace kt2ko::sema {

using namespace ast;

namespace {

constexpr char kForms[] =
    "write ffi.cast(\"struct NAME *\", address), ffi.new(\"TYPE\"), ffi.sizeof(\"TYPE\"), ffi.include \"HEADER\", "
    "ffi.cdef \"DECLARATIONS\" or ffi.C.FUNCTION(...)";

bool is_ffi(const Expr& e) {
  const auto* n = std::get_if<NameExpr*>(&e);
  return n && (*n)->name == "ffi";
}

// What e picks from its object by name; nullptr: it does not.
const StringExpr* member_of(const Expr& e, const IndexExpr** index) {
  const auto* i = std::get_if<IndexExpr*>(&e);
  if (!i || !(*i)->is_member) return nullptr;
  *index = *i;
  return std::get<StringExpr*>((*i)->keys[0]);
}

struct Form {
  const char* name;
  FfiForm::Kind kind;
  size_t n_args;
  const char* text;  // what its string is
};
constexpr Form kTextForms[] = {{"include", FfiForm::Kind::kInclude, 1, "header"},
                               {"cdef", FfiForm::Kind::kCdef, 1, "declarations"},
                               {"new", FfiForm::Kind::kNew, 1, "type"},
                               {"cast", FfiForm::Kind::kCast, 2, "type"},
                               {"sizeof", FfiForm::Kind::kSizeofType, 1, "type"}};

const char* example_of(FfiForm::Kind kind) {
  switch (kind) {
    case FfiForm::Kind::kInclude: return "write: ffi.include \"net/sock.h\"";
    case FfiForm::Kind::kCdef: return "write: ffi.cdef \"struct pair { int a, b; };\"";
    case FfiForm::Kind::kNew: return "write: ffi.new(\"struct pair\") or ffi.new(\"int[10]\")";
    case FfiForm::Kind::kCast: return "write: ffi.cast(\"struct sock *\", address)";
    default: return "write: ffi.sizeof(\"struct pair\")";
  }
}

}  // namespace

void Resolver::ffi_misuse(Span span) {
  diags_.error(Code::KT1026, span, "'ffi' is no value, it only stands at the beginning of its forms").hint = kForms;
}

bool Resolver::ffi_call(const CallExpr* e) {
  const IndexExpr* index = nullptr;
  const StringExpr* name = member_of(e->callee, &index);
  if (!name) return false;
  const IndexExpr* inner = nullptr;
  const StringExpr* table = member_of(index->object, &inner);
  FfiForm form;
  const NameExpr* word = nullptr;
  if (table && is_ffi(inner->object)) word = std::get<NameExpr*>(inner->object);
  if (is_ffi(index->object)) word = std::get<NameExpr*>(index->object);
  if (word) model_.names[word] = NameRef{NameRef::Kind::kFfi, nullptr, nullptr, 0};
  if (table && is_ffi(inner->object) && table->bytes == "C") {
    exprs(e->args);
    form.kind = FfiForm::Kind::kCall;
    form.text = name->bytes;
    form.text_span = name->span;
    form.ctype = model_.ctype_id(CType::Kind::kCall, name->bytes, -1, name->span);
    model_.ctypes[form.ctype].call = e;
  } else if (is_ffi(index->object)) {
    const Form* found = nullptr;
    for (const Form& row : kTextForms)
      if (name->bytes == row.name) found = &row;
    if (!found) {
      diags_.error(Code::KT1026, name->span, fmt::format("there is no ffi.{}", name->bytes)).hint = kForms;
      return true;
    }
    form.kind = found->kind;
    const auto* text = e->args.empty() ? nullptr : std::get_if<StringExpr*>(&e->args[0]);
    if (!text && found->kind == FfiForm::Kind::kSizeofType && e->args.size() == 1) {
      form.kind = FfiForm::Kind::kSizeofValue;
      exprs(e->args);
    } else if (!text || e->args.size() != found->n_args) {
      diags_.error(Code::KT1026, e->span, fmt::format("ffi.{} takes a string with the {}{}", found->name, found->text,
                                                      found->n_args == 2 ? ", and an address" : ""))
          .hint = example_of(found->kind);
      return true;
    } else {
      form.text = (*text)->bytes;
      form.text_span = (*text)->span;
      for (size_t i = 1; i < e->args.size(); ++i) expr(e->args[i]);
      const bool is_new = found->kind == FfiForm::Kind::kNew;
      const bool has_type = found->kind != FfiForm::Kind::kInclude && found->kind != FfiForm::Kind::kCdef;
      if (has_type)
        form.ctype = model_.ctype_id(is_new ? CType::Kind::kNew : CType::Kind::kNamed, form.text, -1, form.text_span);
    }
  } else {
    return false;
  }
  model_.ffi_forms[e] = form;
  model_.ffi_order.push_back(e);
  return true;
}

}  // namespace kt2ko::sema
