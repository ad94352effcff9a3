// SPDX-License-Identifier: GPL-2.0
// C types of what ffi gives: grown to a fixpoint over variables, parameters and results. Each of these has one type, the
// first that is found; that others are the same, the C compiler has to say.
#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "sema/analyze.h"
#include "sema/walk.h"

namespace kt2ko::sema {

using namespace ast;

namespace {

class CTypes : public Walker<CTypes> {
 public:
  CTypes(Model& model, Diags& diags) : model_(model), diags_(diags) {}

  void run(const Script& script) {
    do {
      changed_ = false;
      stack_ = {&model_.main()};
      walk(*script.block);
      for (Variable& v : model_.variables)
        for (const Expr* e : v.values)
          if (e) meet(&v.ctype, *e);
    } while (changed_);
    for (FfiForm* form : sizes_of_values()) form->ctype = size_of(*form);
    find_meetings();
  }

  void stmt(const Stmt& s) {
    const auto* r = std::get_if<ReturnStmt*>(&s);
    if (r && !(*r)->values.empty()) meet(&stack_.back()->result_ctype, (*r)->values[0]);
    // What is stored in a record has to be of its type.
    const auto* a = std::get_if<AssignStmt*>(&s);
    for (size_t i = 0; a && i < (*a)->targets.size() && i < (*a)->values.size(); ++i)
      if (std::holds_alternative<IndexExpr*>((*a)->targets[i])) need(&(*a)->values[i]);
  }
  void expr(const Expr& e) {
    if (const auto* i = std::get_if<IndexExpr*>(&e)) step(**i);
    const auto* c = std::get_if<CallExpr*>(&e);
    const Function* f = c && !model_.ffi_forms.count(*c) ? model_.function_of((*c)->callee) : nullptr;
    for (size_t i = 0; f && i < f->params.size() && i < (*c)->args.size(); ++i) meet(&f->params[i]->ctype, (*c)->args[i]);
  }
  void enter(const FunctionBody& body) { stack_.push_back(model_.bodies.at(&body)); }
  void leave(const FunctionBody&) { stack_.pop_back(); }

 private:
  void step(const IndexExpr& e) {
    if (model_.ffi_steps.count(&e)) return;
    const int parent = model_.ctype_of(e.object);
    if (parent < 0) return;
    need(&e.object);
    const auto* name = e.keys.size() == 1 ? std::get_if<StringExpr*>(&e.keys[0]) : nullptr;
    const Span span = e.keys.empty() ? e.span : span_of(e.keys[0]);
    if (e.keys.size() != 1)
      diags_.error(Code::KT1026, span, "a C value has members and elements, not several keys");
    model_.ffi_steps[&e] = name ? model_.ctype_id(CType::Kind::kMember, (*name)->bytes, parent, span)
                                : model_.ctype_id(CType::Kind::kElement, "", parent, span);
    changed_ = true;
  }

  // What holds values of several C types: the first one counts.
  void meet(int* ctype, const Expr& e) {
    flows_.insert({ctype, &e});
    const int other = model_.ctype_of(e);
    if (other < 0 || other == *ctype) return;
    if (*ctype < 0) {
      *ctype = other;
      changed_ = true;
    } else {
      const auto same = [&](const CTypeMeeting& m) { return m.first == *ctype && m.other == other; };
      std::vector<CTypeMeeting>& met = met_[ctype];
      if (std::none_of(met.begin(), met.end(), same)) met.push_back({*ctype, other, span_of(e)});
    }
  }

  std::vector<FfiForm*> sizes_of_values() {
    std::vector<FfiForm*> found;
    for (const CallExpr* e : model_.ffi_order)
      if (FfiForm& form = model_.ffi_forms.at(e); form.kind == FfiForm::Kind::kSizeofValue) {
        form.text_span = span_of(e->args[0]);
        form.ctype = model_.ctype_of(e->args[0]);
        need(&e->args[0]);
        found.push_back(&form);
      }
    return found;
  }

  int size_of(const FfiForm& form) {
    if (form.ctype < 0)
      diags_.error(Code::KT1026, form.text_span, "this has no C type").hint = "write: ffi.sizeof(\"TYPE\")";
    return form.ctype;
  }

  // Notes that the type of an expression matters, and so what the variables and results that it may be hold.
  void need(const Expr* e) {
    if (const auto* p = std::get_if<ParenExpr*>(e)) return need(&(*p)->inner);
    if (const auto* b = std::get_if<BinaryExpr*>(e)) {
      if ((*b)->op != BinaryOp::kAnd && (*b)->op != BinaryOp::kOr) return;
      need(&(*b)->lhs);
      need(&(*b)->rhs);
    }
    if (const auto* n = std::get_if<NameExpr*>(e)) {
      const auto it = model_.names.find(*n);
      if (it != model_.names.end() && it->second.kind == NameRef::Kind::kVariable) needed_.insert(&it->second.variable->ctype);
    }
    const auto* c = std::get_if<CallExpr*>(e);
    Function* f = c && !model_.ffi_forms.count(*c) ? model_.function_of((*c)->callee) : nullptr;
    if (f) needed_.insert(&f->result_ctype);
  }

  // Types matter only where a member or element is looked for, or something is stored in a record.
  void find_meetings() {
    for (size_t before = 0; before != needed_.size();) {
      before = needed_.size();
      for (const auto& [ctype, e] : flows_)
        if (needed_.count(ctype)) need(e);
    }
    for (const auto& [ctype, met] : met_)
      if (needed_.count(ctype)) model_.ctype_meetings.insert(model_.ctype_meetings.end(), met.begin(), met.end());
    std::sort(model_.ctype_meetings.begin(), model_.ctype_meetings.end(),
              [](const CTypeMeeting& a, const CTypeMeeting& b) { return a.span.begin < b.span.begin; });
  }

  Model& model_;
  Diags& diags_;
  std::vector<Function*> stack_;
  std::map<const int*, std::vector<CTypeMeeting>> met_;  // by the variable or result that holds the values
  std::set<std::pair<int*, const Expr*>> flows_;
  std::set<const int*> needed_;
  bool changed_ = false;
};

}  // namespace

void infer_ctypes(const Script& script, Model& model, Diags& diags) {
  if (!model.ffi_order.empty()) CTypes(model, diags).run(script);
}

}  // namespace kt2ko::sema
