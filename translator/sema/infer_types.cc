// SPDX-License-Identifier: GPL-2.0
// Types of variables, parameters and results: flow-insensitive sets, grown to a fixpoint.
#include <vector>

#include "sema/analyze.h"
#include "sema/walk.h"

namespace kt2ko::sema {

using namespace ast;

namespace {

// True when control cannot leave the block at its end.
bool always_returns(const Block& b) {
  if (b.stmts.empty()) return false;
  for (const Stmt& s : b.stmts) {
    if (std::holds_alternative<ReturnStmt*>(s)) return true;
    const auto* branch = std::get_if<IfStmt*>(&s);
    if (!branch || !(*branch)->otherwise) continue;
    bool all = always_returns(*(*branch)->otherwise);
    for (const IfStmt::Arm& arm : (*branch)->arms) all = all && always_returns(*arm.block);
    if (all) return true;
  }
  return false;
}

struct CallSite {
  Function* callee;
  const std::vector<Expr>* args;
};
struct ReturnSite {
  Function* function;
  const ReturnStmt* stmt;
};

class Collector : public Walker<Collector> {
 public:
  explicit Collector(Model& model) : model_(model), stack_{&model.main()} {}

  void stmt(const Stmt& s) {
    if (const auto* r = std::get_if<ReturnStmt*>(&s)) returns.push_back({stack_.back(), *r});
  }
  void expr(const Expr& e) {
    const auto* c = std::get_if<CallExpr*>(&e);
    if (!c) return;
    if (Function* f = model_.function_of((*c)->callee)) calls.push_back({f, &(*c)->args});
  }
  void enter(const FunctionBody& body) { stack_.push_back(model_.bodies.at(&body)); }
  void leave(const FunctionBody&) { stack_.pop_back(); }

  std::vector<CallSite> calls;
  std::vector<ReturnSite> returns;

 private:
  Model& model_;
  std::vector<Function*> stack_;
};

class Inference {
 public:
  Inference(Model& model, const Collector& sites) : model_(model), sites_(sites) {}

  void run() {
    seed();
    grow();
    // What no call and no assignment ever reaches (unused functions) could be anything.
    for (Variable& v : model_.variables)
      if (!v.types) v.types = type::kAny;
    grow();
    for (Function& f : model_.functions)
      if (!f.result) f.result = type::kNil;
    count_results();
  }

 private:
  void seed() {
    for (Variable& v : model_.variables)
      if (v.value_unknown) v.types = type::kAny;
    for (Function& f : model_.functions) {
      if (f.escapes)
        for (Variable* p : f.params) p->types = type::kAny;
      if (f.block && !always_returns(*f.block)) f.result |= type::kNil;
    }
  }

  // Assumed of every function that cannot run off its end, then taken back until nothing changes.
  void count_results() {
    for (Function& f : model_.functions) f.one_result = f.block && always_returns(*f.block);
    bool changed = true;
    while (changed) {
      changed = false;
      for (const ReturnSite& r : sites_.returns) {
        const std::vector<Expr>& values = r.stmt->values;
        if (!r.function->one_result || (values.size() == 1 && !model_.is_open_ended(values[0]))) continue;
        r.function->one_result = false;
        changed = true;
      }
    }
  }

  void grow() {
    do {
      changed_ = false;
      for (Variable& v : model_.variables)
        for (const Expr* e : v.values) add(v.types, e ? model_.types_of(*e) : type::kInt);
      for (Variable& v : model_.variables)
        for (const Expr* e : v.added) add(v.types, added_types(model_.types_of(*e)));
      for (const CallSite& c : sites_.calls) add_args(c);
      for (const ReturnSite& r : sites_.returns)
        add(r.function->result, r.stmt->values.empty() ? type::kNil : model_.types_of(r.stmt->values[0]));
    } while (changed_);
  }

  void add_args(const CallSite& c) {
    for (size_t i = 0; i < c.callee->params.size(); ++i) {
      TypeSet& types = c.callee->params[i]->types;
      const bool in_tail = !c.args->empty() && i + 1 >= c.args->size() && is_multi(c.args->back());
      if (i >= c.args->size())
        add(types, in_tail ? type::kAny : type::kNil);
      else
        add(types, model_.types_of((*c.args)[i]));
    }
  }

  void add(TypeSet& set, TypeSet more) {
    if ((set | more) == set) return;
    set |= more;
    changed_ = true;
  }

  Model& model_;
  const Collector& sites_;
  bool changed_ = false;
};

}  // namespace

void infer_types(const Script& script, Model& model) {
  Collector sites(model);
  sites.walk(*script.block);
  Inference(model, sites).run();
}

}  // namespace kt2ko::sema
