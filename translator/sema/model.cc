// SPDX-License-Identifier: GPL-2.0
#include "sema/model.h"

#include <algorithm>

#include "support/overloaded.h"

namespace kt2ko::sema {

using namespace ast;

namespace {

int intern(std::vector<std::string>& list, const std::string& text) {
  const auto it = std::find(list.begin(), list.end(), text);
  if (it != list.end()) return static_cast<int>(it - list.begin());
  list.push_back(text);
  return static_cast<int>(list.size()) - 1;
}

TypeSet types_of_word(const EventWordExpr* e) {
  switch (e->word) {
    case EventWord::kArg: return type::kEventData;
    case EventWord::kArgstr:
    case EventWord::kProbename:
    case EventWord::kExecname: return type::kStr;
    default: return type::kInt;
  }
}

TypeSet types_of_form(const Model& model, const FfiForm& form, const CallExpr& e) {
  switch (form.kind) {
    case FfiForm::Kind::kInclude:
    case FfiForm::Kind::kCdef: return type::kNil;
    case FfiForm::Kind::kNew:
    case FfiForm::Kind::kSizeofType:
    case FfiForm::Kind::kSizeofValue: return type::kInt;
    case FfiForm::Kind::kCast: {
      const TypeSet address = e.args.size() == 2 ? model.types_of(e.args[1]) : type::kAny;
      return address & ~type::kInt ? type::kInt | type::kNil : type::kInt;
    }
    case FfiForm::Kind::kCall: break;
  }
  return type::kInt | type::kNil;
}

}  // namespace

int Model::field_id(const std::string& name) { return intern(fields, name); }
int Model::symbol_id(const std::string& name) { return intern(symbols, name); }

TypeSet read_types(TypeSet set) {
  if (set & type::kSample) set |= type::kNil;
  return set & type::kScalars ? (set & ~type::kScalars) | type::kInt : set;
}

TypeSet added_types(TypeSet set) { return set && !(set & ~type::kAggregates) ? set : type::kInt; }

const Expr& strip_parens(const Expr& e) {
  const auto* p = std::get_if<ParenExpr*>(&e);
  return p ? strip_parens((*p)->inner) : e;
}

bool is_multi(const Expr& e) {
  return std::holds_alternative<CallExpr*>(e) || std::holds_alternative<MethodCallExpr*>(e) ||
         std::holds_alternative<VarargExpr*>(e);
}

int Model::ctype_id(CType::Kind kind, const std::string& text, int parent, Span span) {
  for (size_t i = 0; i < ctypes.size(); ++i)
    if (ctypes[i].kind == kind && ctypes[i].text == text && ctypes[i].parent == parent) return static_cast<int>(i);
  ctypes.push_back({kind, text, parent, span, nullptr});
  return static_cast<int>(ctypes.size()) - 1;
}

const FfiForm* Model::ffi_form(const Expr& e) const {
  const auto* c = std::get_if<CallExpr*>(&e);
  const auto it = c ? ffi_forms.find(*c) : ffi_forms.end();
  return it == ffi_forms.end() ? nullptr : &it->second;
}

int Model::ctype_of(const Expr& e) const {
  if (const auto* p = std::get_if<ParenExpr*>(&e)) return ctype_of((*p)->inner);
  if (const auto* i = std::get_if<IndexExpr*>(&e)) {
    const auto it = ffi_steps.find(*i);
    return it == ffi_steps.end() ? -1 : it->second;
  }
  if (const auto* n = std::get_if<NameExpr*>(&e)) {
    const auto it = names.find(*n);
    return it != names.end() && it->second.kind == NameRef::Kind::kVariable ? it->second.variable->ctype : -1;
  }
  if (const auto* c = std::get_if<CallExpr*>(&e)) {
    if (const FfiForm* form = ffi_form(e)) {
      const bool is_size = form->kind == FfiForm::Kind::kSizeofType || form->kind == FfiForm::Kind::kSizeofValue;
      return is_size ? -1 : form->ctype;
    }
    const Function* f = function_of((*c)->callee);
    return f ? f->result_ctype : -1;
  }
  const auto* b = std::get_if<BinaryExpr*>(&e);
  if (!b || ((*b)->op != BinaryOp::kAnd && (*b)->op != BinaryOp::kOr)) return -1;
  const int rhs = ctype_of((*b)->rhs);
  return rhs >= 0 || (*b)->op == BinaryOp::kAnd ? rhs : ctype_of((*b)->lhs);
}

bool Model::is_foreign(int ctype) const {
  while (ctypes[ctype].parent >= 0) ctype = ctypes[ctype].parent;
  return ctypes[ctype].kind != CType::Kind::kNew;
}

const Builtin* Model::builtin_of(const Expr& callee) const {
  const Expr& e = strip_parens(callee);
  if (const auto* n = std::get_if<NameExpr*>(&e)) {
    const auto it = names.find(*n);
    return it != names.end() && it->second.kind == NameRef::Kind::kBuiltin ? it->second.builtin : nullptr;
  }
  if (const auto* i = std::get_if<IndexExpr*>(&e)) {
    const auto it = members.find(*i);
    return it != members.end() ? it->second : nullptr;
  }
  return nullptr;
}

const Builtin* Model::aggregate_of(const Expr& e) const {
  const auto* c = std::get_if<CallExpr*>(&strip_parens(e));
  const Builtin* b = c ? builtin_of((*c)->callee) : nullptr;
  return b && b->flags & kAggregate ? b : nullptr;
}

Function* Model::function_of(const Expr& callee) const {
  const Expr& e = strip_parens(callee);
  if (const auto* f = std::get_if<FunctionExpr*>(&e)) return bodies.at((*f)->body);
  const auto* n = std::get_if<NameExpr*>(&e);
  if (!n) return nullptr;
  const auto it = names.find(*n);
  if (it == names.end() || it->second.kind != NameRef::Kind::kVariable) return nullptr;
  return it->second.variable->known_function();
}

bool Model::is_open_ended(const Expr& e) const {
  if (!is_multi(e)) return false;
  const auto* call = std::get_if<CallExpr*>(&e);
  if (!call) return true;
  if (ffi_form(e)) return false;
  if (const Builtin* b = builtin_of((*call)->callee)) return b->result == type::kNone || b->id == "pairs" || b->flags & kManyResults;
  const Function* f = function_of((*call)->callee);
  return !f || !f->one_result;
}

TypeSet Model::types_of(const Expr& e) const {
  using namespace type;
  return std::visit(
      Overloaded{
          [](const NilExpr*) { return kNil; },
          [](const BoolExpr*) { return kBool; },
          [](const NumberExpr*) { return kInt; },
          [](const StringExpr*) { return kStr; },
          [](const VarargExpr*) { return kAny; },
          [](const TableExpr*) { return kTable; },
          [](const FunctionExpr*) { return kFunc; },
          [&](const EventWordExpr* n) {
            // In a filter the field of that name, of any type, may stand in its place.
            return word_fields.count(n) ? kEventData : types_of_word(n);
          },
          [&](const NameExpr* n) {
            const auto it = names.find(n);
            if (it == names.end()) return kAny;
            switch (it->second.kind) {
              case NameRef::Kind::kVariable: return read_types(it->second.variable->types);
              case NameRef::Kind::kBuiltin: return kFunc;
              case NameRef::Kind::kLibraryTable:
              case NameRef::Kind::kFfi:
              case NameRef::Kind::kArg: return kTable;
              case NameRef::Kind::kField: return kEventData;
              case NameRef::Kind::kString: return kStr;
            }
            return kAny;
          },
          [](const SymbolExpr*) { return kInt; },
          [&](const IndexExpr* n) { return ffi_steps.count(n) ? kInt | kNil : members.count(n) ? kFunc : kAny; },
          [&](const CallExpr* n) {
            if (const FfiForm* form = ffi_form(e)) return types_of_form(*this, *form, *n);
            if (const Builtin* b = builtin_of(n->callee)) return b->result ? b->result : kNil;
            if (const Function* f = function_of(n->callee)) return f->result;
            return kAny;
          },
          [](const MethodCallExpr*) { return kAny; },
          [](const UnaryExpr* n) { return n->op == UnaryOp::kNot ? kBool : kInt; },
          [&](const BinaryExpr* n) {
            // Operands are looked at only where they matter: chains of operators can be long.
            switch (n->op) {
              case BinaryOp::kAnd: return (types_of(n->lhs) & (kNil | kBool)) | types_of(n->rhs);
              case BinaryOp::kOr: return (types_of(n->lhs) & ~kNil) | types_of(n->rhs);
              case BinaryOp::kConcat: return kStr;
              case BinaryOp::kAdd:
              case BinaryOp::kSub:
              case BinaryOp::kMul:
              case BinaryOp::kDiv:
              case BinaryOp::kMod:
              case BinaryOp::kBitAnd: return kInt;
              default: return kBool;
            }
          },
          [&](const ParenExpr* n) { return types_of(n->inner); },
      },
      e);
}

std::unordered_set<const Function*> reach(const Function& f) {
  std::vector<const Function*> work{&f};
  std::unordered_set<const Function*> seen;
  while (!work.empty()) {
    const Function* g = work.back();
    work.pop_back();
    if (!seen.insert(g).second) continue;
    if (g->calls_unknown) return {};
    work.insert(work.end(), g->callees.begin(), g->callees.end());
  }
  return seen;
}

}  // namespace kt2ko::sema
