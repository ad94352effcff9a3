// SPDX-License-Identifier: GPL-2.0
#include "lower/own_tables.h"

#include <unordered_set>

#include "sema/walk.h"

namespace kt2ko::lower_detail {

using namespace ast;

namespace {

const sema::Variable* variable_of(const sema::Model& model, const Expr& e) {
  const auto* n = std::get_if<NameExpr*>(&sema::strip_parens(e));
  const auto ref = n ? model.names.find(*n) : model.names.end();
  return ref == model.names.end() ? nullptr : ref->second.variable;
}

// Sorts the uses of variables into elements of threads and others.
class Uses : public sema::Walker<Uses> {
 public:
  explicit Uses(const sema::Model& model) : model_(model) {}

  std::unordered_set<const sema::Variable*> own, other;

  void stmt(const Stmt& s) {
    const auto* a = std::get_if<AssignStmt*>(&s);
    if (!a) return;
    for (const Expr& t : (*a)->targets) {
      const auto* n = std::get_if<NameExpr*>(&t);
      if (n && (*a)->op == AssignOp::kSet) expected_.insert(*n);
    }
    const auto* element = std::get_if<IndexExpr*>(&(*a)->targets[0]);
    if (element && (*a)->op != AssignOp::kSet && (model_.types_of((*a)->values[0]) & type::kAggregates))
      other.insert(variable_of(model_, (*element)->object));
  }

  void expr(const Expr& e) {
    const sema::Variable* table = nullptr;
    if (const auto* i = std::get_if<IndexExpr*>(&e); i && is_own_element(model_, **i, &table)) {
      own.insert(table);
      expected_.insert(std::get<NameExpr*>(sema::strip_parens((*i)->object)));
    }
    const auto* n = std::get_if<NameExpr*>(&e);
    if (n && !expected_.count(*n)) other.insert(variable_of(model_, e));
  }

 private:
  const sema::Model& model_;
  std::unordered_set<const NameExpr*> expected_;
};

bool is_empty_table(const sema::Variable& v) {
  if (v.types != type::kTable || v.value_unknown || v.values.size() != 1) return false;
  const auto* t = std::get_if<TableExpr*>(v.values[0]);
  return t && (*t)->fields.empty();
}

bool lives_once(const sema::Model& model, const sema::Variable& v) {
  return v.owner == &model.main() && !v.in_loop && v.captured;
}

}  // namespace

bool is_own_element(const sema::Model& model, const IndexExpr& e, const sema::Variable** table) {
  if (e.is_member || e.keys.size() != 1) return false;
  const auto* w = std::get_if<EventWordExpr*>(&sema::strip_parens(e.keys[0]));
  if (!w || (*w)->word != EventWord::kTid || model.word_fields.count(*w)) return false;
  *table = variable_of(model, e.object);
  return *table != nullptr;
}

std::vector<const sema::Variable*> find_own_tables(const sema::Model& model) {
  Uses uses(model);
  uses.walk(*model.main().block);
  std::vector<const sema::Variable*> found;
  for (const sema::Variable& v : model.variables)
    if (uses.own.count(&v) && !uses.other.count(&v) && is_empty_table(v) && lives_once(model, v)) found.push_back(&v);
  return found;
}

}  // namespace kt2ko::lower_detail
