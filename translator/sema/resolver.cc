// SPDX-License-Identifier: GPL-2.0
#include "sema/resolver.h"

#include <fmt/format.h>

#include "catalog/event_values.h"
#include "support/overloaded.h"

namespace kt2ko::sema {

using namespace ast;

void resolve_names(const Script& script, const Source& source, Model& model, Diags& diags) {
  Resolver(source, model, diags).run(script);
}

const Expr* self_increment(const AssignStmt& s, bool* negative) {
  if (s.op != AssignOp::kSet || s.targets.size() != 1 || s.values.size() != 1) return nullptr;
  const auto* target = std::get_if<NameExpr*>(&s.targets[0]);
  const auto* sum = std::get_if<BinaryExpr*>(&s.values[0]);
  if (!target || !sum) return nullptr;
  const auto is_target = [&](const Expr& e) {
    const auto* n = std::get_if<NameExpr*>(&e);
    return n && (*n)->name == (*target)->name;
  };
  *negative = (*sum)->op == BinaryOp::kSub;
  if (((*sum)->op == BinaryOp::kAdd || *negative) && is_target((*sum)->lhs)) return &(*sum)->rhs;
  if ((*sum)->op == BinaryOp::kAdd && is_target((*sum)->rhs)) return &(*sum)->lhs;
  return nullptr;
}

namespace {

size_t n_tapset_stmts(const Script& script) {
  size_t n = 0;
  for (const Script::TapsetPart& part : script.tapsets) n += part.n_stmts;
  return n;
}

}  // namespace

// Each in a scope of its own: it sees nothing of the script, and the script sees what it has with dots.
void Resolver::tapsets(const Script& script) {
  size_t next = 0;
  for (const Script::TapsetPart& part : script.tapsets) {
    tapset_ = part.name;
    scopes_.emplace_back();
    for (size_t end = next + part.n_stmts; next < end; ++next) stmt(script.block->stmts[next]);
    scopes_.pop_back();
  }
  tapset_.clear();
}

void Resolver::run(const Script& script) {
  Function& main = model_.functions.emplace_back();
  main.kind = FunctionKind::kMain;
  main.name = "main chunk";
  main.block = script.block;
  main.is_vararg = true;
  current_ = &main;
  tapsets(script);
  scopes_.emplace_back();
  for (size_t i = n_tapset_stmts(script); i < script.block->stmts.size(); ++i) stmt(script.block->stmts[i]);
  scopes_.pop_back();
  settle_library_tables();
  settle_pending();
  settle_calls();
  settle_event_context();
  settle_accesses();
}

// ---- statements ----------------------------------------------------------------------------------------------------

void Resolver::block(const Block& b) {
  scopes_.emplace_back();
  ++block_depth_;
  stmts(b);
  --block_depth_;
  scopes_.pop_back();
}

void Resolver::stmts(const Block& b) {
  for (const Stmt& s : b.stmts) stmt(s);
}

void Resolver::loop_block(const Block& b) {
  ++loop_depth_;
  block(b);
  --loop_depth_;
}

void Resolver::stmt(const Stmt& s) {
  std::visit(Overloaded{
                 [&](const EmptyStmt*) {},
                 [&](const BreakStmt*) {},
                 [&](const ContinueStmt*) {},
                 [&](const LabelStmt*) {},
                 [&](const VarStmt* n) { var_stmt(*n); },
                 [&](const FunctionStmt* n) { function_stmt(*n); },
                 [&](const IfStmt* n) {
                   for (const IfStmt::Arm& arm : n->arms) {
                     expr(arm.cond);
                     block(*arm.block);
                   }
                   if (n->otherwise) block(*n->otherwise);
                 },
                 [&](const WhileStmt* n) {
                   ++loop_depth_;  // functions in the condition are made anew in every round
                   expr(n->cond);
                   --loop_depth_;
                   loop_block(*n->block);
                 },
                 [&](const NumericForStmt* n) { numeric_for(*n); },
                 [&](const CForStmt* n) { c_for(*n); },
                 [&](const ForInStmt* n) { for_in(*n); },
                 [&](const RepeatStmt* n) { repeat(*n); },
                 [&](const DoStmt* n) { block(*n->block); },
                 [&](const ReturnStmt* n) { exprs(n->values); },
                 [&](const AssignStmt* n) { assign(*n); },
                 [&](const CallStmt* n) { expr(n->call); },
                 [&](const TraceStmt* n) { trace(*n); },
                 [&](const TraceEndStmt* n) { function(n->body, FunctionKind::kEnd, "trace_end", false); },
                 [&](const TimerStmt* n) {
                   function(n->body, n->is_profile ? FunctionKind::kEvent : FunctionKind::kTick, n->text, false);
                 },
             },
             s);
}

void Resolver::var_stmt(const VarStmt& s) {
  exprs(s.values);
  for (size_t i = 0; i < s.names.size(); ++i) {
    const bool has_value = i < s.values.size();
    const bool from_multi = !has_value && !s.values.empty() && is_multi(s.values.back());
    Variable* v = declare(s.names[i], !has_value && !from_multi);
    if (from_multi || (has_value && i + 1 == s.values.size() && s.names.size() > s.values.size() &&
                       is_multi(s.values[i]))) {
      v->value_unknown = true;
    } else if (has_value) {
      v->values.push_back(&s.values[i]);
      v->aggregated = model_.aggregate_of(s.values[i]);
      if (const auto* f = std::get_if<FunctionExpr*>(&s.values[i])) v->function = model_.bodies.at((*f)->body);
    }
  }
}

void Resolver::function_stmt(const FunctionStmt& s) {
  Variable* v = declare(s.name, false);
  // Known before its body is looked at, so that it can call itself.
  v->types = type::kFunc;
  v->function = function(s.body, FunctionKind::kPlain, s.name.text, current_->in_handler);
}

void Resolver::numeric_for(const NumericForStmt& s) {
  expr(s.from);
  expr(s.to);
  if (s.step) expr(*s.step);
  scopes_.emplace_back();
  ++loop_depth_;
  declare(s.var, false)->types = type::kInt;
  block(*s.block);
  --loop_depth_;
  scopes_.pop_back();
}

void Resolver::c_for(const CForStmt& s) {
  if (s.init) expr(*s.init);
  scopes_.emplace_back();
  ++loop_depth_;
  if (s.var) {
    Variable* v = declare(*s.var, !s.init);
    if (s.init) v->values.push_back(&*s.init);
  }
  if (s.cond) expr(*s.cond);
  block(*s.block);
  if (s.step) stmt(*s.step);
  --loop_depth_;
  scopes_.pop_back();
}

void Resolver::for_in(const ForInStmt& s) {
  exprs(s.exprs);
  scopes_.emplace_back();
  ++loop_depth_;
  for (const Name& n : s.vars) declare(n, false)->types = type::kAny & ~type::kNil;
  if (s.vars.size() > 2)  // parts of composite keys that are not there are nil
    for (size_t i = 0; i + 1 < s.vars.size(); ++i) model_.declared.at(&s.vars[i])->types = type::kAny;
  block(*s.block);
  --loop_depth_;
  scopes_.pop_back();
}

// The first continue that belongs to a loop with this block.
static std::optional<Span> first_continue(const Block& block) {
  std::optional<Span> found;
  const auto look = [&](const Block* inner) {
    if (inner && !found) found = first_continue(*inner);
  };
  for (const Stmt& s : block.stmts) {
    if (const auto* c = std::get_if<ContinueStmt*>(&s); c && !found) found = (*c)->span;
    if (const auto* d = std::get_if<DoStmt*>(&s)) look((*d)->block);
    if (const auto* i = std::get_if<IfStmt*>(&s)) {
      for (const IfStmt::Arm& arm : (*i)->arms) look(arm.block);
      look((*i)->otherwise);
    }
  }
  return found;
}

void Resolver::repeat(const RepeatStmt& s) {
  scopes_.emplace_back();
  ++loop_depth_;
  ++block_depth_;
  stmts(*s.block);
  const auto outer = skipped_;
  if (const std::optional<Span> skip = first_continue(*s.block))
    for (const auto& [name, v] : scopes_.back())
      if (v->decl.begin > skip->begin) skipped_[v] = *skip;
  expr(s.cond);  // sees the block's variables
  skipped_ = outer;
  --block_depth_;
  --loop_depth_;
  scopes_.pop_back();
}

void Resolver::assign(const AssignStmt& s) {
  for (const Expr& t : s.targets)
    if (const auto* i = std::get_if<IndexExpr*>(&t)) index(*i, true, false);
  bool negative = false;
  const Expr* added = self_increment(s, &negative);
  if (added) {
    expr(*added);
    const auto* sum = std::get<BinaryExpr*>(s.values[0]);
    const Expr& self = added == &sum->rhs ? sum->lhs : sum->rhs;
    name(std::get<NameExpr*>(self), AccessKind::kAdd, false);
  } else {
    exprs(s.values);
  }
  for (size_t i = 0; i < s.targets.size(); ++i)
    if (const auto* n = std::get_if<NameExpr*>(&s.targets[i])) assign_name(*n, s, i);
}

void Resolver::assign_name(const NameExpr* target, const AssignStmt& s, size_t i) {
  bool negative = false;
  const bool adds = s.op != AssignOp::kSet || self_increment(s, &negative);
  name(target, adds ? AccessKind::kAdd : AccessKind::kStore, false);
  const auto it = model_.names.find(target);
  Variable* v = it != model_.names.end() ? it->second.variable : nullptr;
  if (!v) return;
  ++v->n_stores;
  if (v->owner != current_) v->stored_by_inner = true;
  if (i < s.values.size() && model_.aggregate_of(s.values[i])) v->aggregated = true;
  if (s.op == AssignOp::kAdd && s.values.size() == 1) {
    v->added.push_back(&s.values[0]);
  } else if (adds) {
    v->values.push_back(nullptr);  // a number
  } else if (i < s.values.size() && !(i + 1 == s.values.size() && s.targets.size() > s.values.size())) {
    v->values.push_back(&s.values[i]);
  } else {
    v->value_unknown = true;
  }
}

void Resolver::trace(const TraceStmt& s) {
  std::string text = "trace";
  for (const EventSpec* e : s.events) text += " " + e->text;
  Function* f = function(s.body, FunctionKind::kEvent, text, true);
  f->trace = &s;
  if (!s.filter) return;
  // The filter runs with the handler's captured variables.
  Function* outer = current_;
  current_ = f;
  in_filter_ = true;
  expr(*s.filter);
  in_filter_ = false;
  current_ = outer;
}

// ---- expressions ---------------------------------------------------------------------------------------------------

void Resolver::exprs(const std::vector<Expr>& list) {
  for (const Expr& e : list) expr(e);
}

void Resolver::expr(const Expr& e, bool as_callee) {
  std::visit(Overloaded{
                 [&](const NilExpr*) {},
                 [&](const BoolExpr*) {},
                 [&](const NumberExpr*) {},
                 [&](const StringExpr*) {},
                 [&](const VarargExpr*) {},
                 [&](const TableExpr* n) {
                   for (const Field& f : n->fields) {
                     exprs(f.keys);
                     expr(f.value);
                   }
                 },
                 [&](const FunctionExpr* n) {
                   const std::string text = fmt::format("function at {}", source_.line_name(source_.line(n->span.begin)));
                   function(n->body, FunctionKind::kPlain, text, current_->in_handler);
                 },
                 [&](const EventWordExpr* n) { event_word(n); },
                 [&](const NameExpr* n) { name(n, AccessKind::kRead, as_callee); },
                 [&](const SymbolExpr* n) { model_.symbol_ids[n] = model_.symbol_id(n->name); },
                 [&](const IndexExpr* n) { index(n, false, as_callee); },
                 [&](const CallExpr* n) { call(n); },
                 [&](const MethodCallExpr* n) {
                   expr(n->object);
                   exprs(n->args);
                   current_->calls_unknown = true;
                 },
                 [&](const UnaryExpr* n) { expr(n->operand); },
                 [&](const BinaryExpr* n) { binary(n); },
                 [&](const ParenExpr* n) { expr(n->inner, as_callee); },
             },
             e);
}

void Resolver::binary(const BinaryExpr* e) {
  expr(e->lhs);
  const bool outer = bare_word_is_string_;
  bare_word_is_string_ = in_filter_ && (e->op == BinaryOp::kEq || e->op == BinaryOp::kNe || e->op == BinaryOp::kGlob);
  expr(e->rhs);
  bare_word_is_string_ = outer;
}

void Resolver::event_word(const EventWordExpr* e) {
  switch (e->word) {
    case EventWord::kArg:
      current_->uses |= 1;
      current_->values |= value_bit(static_cast<int>(e->arg));
      break;
    case EventWord::kArgstr: current_->uses |= 2; break;
    case EventWord::kProbename: current_->uses |= 4; break;
    default:
      if (!in_filter_) break;
      // In a filter the event's own field of that name goes first, as in the kernel's filters.
      static const char* const kNames[] = {"", "", "", "pid", "tid", "uid", "cpu", "execname"};
      model_.word_fields[e] = model_.field_id(kNames[static_cast<int>(e->word)]);
      current_->uses |= 1;
      current_->values |= value_bit(kArgSlots + model_.word_fields[e]);
  }
}

void Resolver::call(const CallExpr* e) {
  if (ffi_call(e)) return;
  expr(e->callee, true);
  calls_.push_back({current_, &e->callee});
  const Builtin* b = nullptr;
  if (const auto* i = std::get_if<IndexExpr*>(&e->callee)) {
    const auto it = model_.members.find(*i);
    if (it != model_.members.end()) b = it->second;
  }
  if (!b || !(b->flags & kRegistration)) {
    exprs(e->args);
    return;
  }
  const size_t handler = b->flags & kRegistersEnd ? 0 : 1;
  for (size_t i = 0; i < e->args.size(); ++i) {
    if (i != handler) {
      expr(e->args[i]);
      continue;
    }
    const FunctionKind kind = b->flags & kRegistersEnd    ? FunctionKind::kEnd
                              : b->flags & kRegistersTick ? FunctionKind::kTick
                                                          : FunctionKind::kEvent;
    enter_handler(e->args[i], kind, std::string(b->name));
  }
}

void Resolver::enter_handler(const Expr& e, FunctionKind kind, std::string name) {
  if (const auto* f = std::get_if<FunctionExpr*>(&e)) {
    const bool has_fields = kind == FunctionKind::kEvent && name != "timer.profile";
    function((*f)->body, kind, std::move(name), has_fields);
  } else {
    expr(e);
  }
}

void Resolver::index(const IndexExpr* e, bool as_target, bool as_callee) {
  (void)as_callee;
  const auto* object = std::get_if<NameExpr*>(&e->object);
  if (object && e->is_member && !lookup((*object)->name) && is_library_table((*object)->name)) {
    library_tables_.push_back({*object, current_});
    const std::string full = (*object)->name + "." + std::get<StringExpr*>(e->keys[0])->bytes;
    const Builtin* b = find_builtin(full);
    if (as_target) dynamic_tables_.insert((*object)->name);
    if (b && !as_target) model_.members[e] = b;
    members_.push_back(e);
    return;
  }
  expr(e->object);
  exprs(e->keys);
}

void Resolver::library_name(const NameExpr* e, AccessKind kind) {
  if (kind != AccessKind::kRead) {
    diags_.error(Code::KT1019, e->span, fmt::format("cannot set global variable '{}'", e->name)).hint =
        fmt::format("declare a variable of your own: var {} = ...", e->name);
    return;
  }
  NameRef ref;
  if (e->name == "arg") {
    ref.kind = NameRef::Kind::kArg;
  } else if (is_library_table(e->name)) {
    ref.kind = NameRef::Kind::kLibraryTable;
    dynamic_tables_.insert(e->name);
    library_tables_.push_back({e, current_});
  } else {
    ref.kind = NameRef::Kind::kBuiltin;
    ref.builtin = find_builtin(e->name);
  }
  model_.names[e] = ref;
}

void Resolver::name(const NameExpr* e, AccessKind kind, bool as_callee) {
  if (e->name == "ffi") {
    ffi_misuse(e->span);
    return;
  }
  if (Variable* v = lookup(e->name)) {
    if (const auto it = skipped_.find(v); it != skipped_.end())
      diags_.error(Code::KT1028, e->span,
                   fmt::format("'{}' may not be there: continue in {} goes to this condition past its declaration", e->name,
                               source_.line_name(source_.line(it->second.begin))))
          .hint = "declare it before the continue";
    model_.names[e] = NameRef{NameRef::Kind::kVariable, v, nullptr, 0};
    use(v, kind, e->span);
    if (kind == AccessKind::kRead && !as_callee && v->function) v->function->escapes = true;
    return;
  }
  const Builtin* b = find_builtin(e->name);
  // Not called, count, max and the like may be fields and variables elsewhere; a filter has no use for any function that is
  // not called: there `len` is the field of that name.
  if (b && !as_callee && (in_filter_ || b->flags & kAggregate)) b = nullptr;
  if (e->name == "arg" || is_library_table(e->name) || b) {
    library_name(e, kind);
    return;
  }
  if (in_filter_ && !as_callee) {
    NameRef ref;
    ref.kind = bare_word_is_string_ ? NameRef::Kind::kString : NameRef::Kind::kField;
    if (ref.kind == NameRef::Kind::kField) need_field(ref.field = model_.field_id(e->name));
    model_.names[e] = ref;
    return;
  }
  if (kind != AccessKind::kRead) {
    Variable* v = implicit_global(e, kind);
    model_.names[e] = NameRef{NameRef::Kind::kVariable, v, nullptr, 0};
    use(v, kind, e->span);
    return;
  }
  first_seen_.emplace(e->name, 0);
  pending_.push_back({e, current_, kind, as_callee, !tapset_.empty()});
}

// ---- functions, scopes, variables ----------------------------------------------------------------------------------

Function* Resolver::function(const FunctionBody* body, FunctionKind kind, std::string name, bool in_handler) {
  Function* f = &model_.functions.emplace_back();
  f->id = static_cast<int>(model_.functions.size()) - 1;
  f->kind = kind;
  f->name = std::move(name);
  f->span = body->span;
  f->parent = current_;
  f->body = body;
  f->block = body->block;
  f->is_vararg = body->is_vararg;
  f->in_handler = in_handler;
  model_.bodies[body] = f;

  Function* outer = current_;
  const int outer_loops = loop_depth_;
  const int outer_blocks = block_depth_;
  current_ = f;
  loop_depth_ = 0;
  block_depth_ = 0;
  scopes_.emplace_back();
  for (const Name& p : body->params) {
    Variable* v = declare(p, false);
    v->is_param = true;
    f->params.push_back(v);
  }
  scopes_.emplace_back();
  stmts(*body->block);
  scopes_.pop_back();
  scopes_.pop_back();
  current_ = outer;
  loop_depth_ = outer_loops;
  block_depth_ = outer_blocks;
  return f;
}

Variable* Resolver::new_variable(const std::string& name, Span span, Function* owner) {
  Variable* v = &model_.variables.emplace_back();
  v->name = name;
  v->decl = span;
  v->id = static_cast<int>(model_.variables.size()) - 1;
  v->owner = owner;
  return v;
}

Variable* Resolver::declare(const Name& name, bool with_nil) {
  Variable* v = new_variable(name.text, name.span, current_);
  v->in_loop = loop_depth_ > 0;
  if (with_nil) v->types = type::kNil;
  scopes_.back()[name.text] = v;
  if (!tapset_.empty() && scopes_.size() == 1) tapset_names_[tapset_ + "." + name.text] = v;
  model_.declared[&name] = v;
  return v;
}

Variable* Resolver::lookup(const std::string& name) const {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    const auto it = scope->find(name);
    if (it != scope->end()) return it->second;
  }
  if (const auto it = tapset_names_.find(name); it != tapset_names_.end()) return it->second;
  const auto it = implicit_.find(name);
  return it == implicit_.end() ? nullptr : it->second;
}

void Resolver::use(Variable* v, AccessKind kind, Span span) {
  accesses_.push_back({v, current_, kind, span});
  if (v->owner == current_) return;
  v->captured = true;
  for (Function* f = current_; f && f != v->owner; f = f->parent) {
    bool known = false;
    for (const Variable* c : f->captures) known = known || c == v;
    if (!known) f->captures.push_back(v);
  }
}

void Resolver::need_field(int id) {
  current_->uses |= 1;
  current_->values |= value_bit(kArgSlots + id);
  for (Function* f = current_; f && f->in_handler; f = f->parent) {
    bool known = false;
    for (int other : f->fields) known = known || other == id;
    if (!known) f->fields.push_back(id);
  }
}

Variable* Resolver::implicit_global(const NameExpr* e, AccessKind kind) {
  const bool at_top = current_->kind == FunctionKind::kMain && block_depth_ == 0 && loop_depth_ == 0;
  Variable* v = new_variable(e->name, e->span, &model_.main());
  v->is_implicit = true;
  // Set before anything can look at it: it never holds nil.
  const bool set_first = at_top && kind == AccessKind::kStore && !first_seen_.count(e->name);
  if (!set_first) v->types = type::kNil;
  implicit_[e->name] = v;
  Diag& d = tapset_.empty()
                ? diags_.warning(Code::KT1020, e->span,
                                 fmt::format("'{}' is not declared; it becomes a variable of the whole script", e->name))
                : diags_.error(Code::KT1020, e->span, fmt::format("'{}' is not declared in the tapset", e->name));
  d.hint = fmt::format("write: var {} = ...", e->name);
  return v;
}

// ---- afterwards ----------------------------------------------------------------------------------------------------

void Resolver::settle_library_tables() {
  std::unordered_map<std::string, Variable*> tables;
  for (const LibraryTableUse& use_of : library_tables_) {
    const std::string& text = use_of.expr->name;
    if (!dynamic_tables_.count(text)) continue;
    Variable*& v = tables[text];
    if (!v) {
      v = new_variable(text, use_of.expr->span, &model_.main());
      v->types = type::kTable;
      v->is_library = true;
    }
    NameRef ref{NameRef::Kind::kLibraryTable, v, nullptr, 0};
    model_.names[use_of.expr] = ref;
    if (use_of.function->kind != FunctionKind::kMain) v->captured = true;
  }
  for (const IndexExpr* e : members_) {
    const auto* object = std::get<NameExpr*>(e->object);
    if (dynamic_tables_.count(object->name)) {
      model_.members.erase(e);
    } else if (!model_.members.count(e)) {
      const std::string full = object->name + "." + std::get<StringExpr*>(e->keys[0])->bytes;
      Diag& d = diags_.error(Code::KT3010, e->span, fmt::format("there is no library function '{}'", full));
      const std::string_view nearest = nearest_builtin(full);
      if (!nearest.empty()) d.hint = fmt::format("did you mean '{}'?", nearest);
    }
  }
}

void Resolver::settle_pending() {
  for (const Pending& p : pending_) settle_name(p);
}

void Resolver::settle_name(const Pending& p) {
  const auto it = implicit_.find(p.expr->name);
  current_ = p.function;
  if (it != implicit_.end() && !p.in_tapset) {
    model_.names[p.expr] = NameRef{NameRef::Kind::kVariable, it->second, nullptr, 0};
    use(it->second, p.kind, p.expr->span);
    return;
  }
  if (p.function->in_handler && !p.as_callee) {
    const int id = model_.field_id(p.expr->name);
    model_.names[p.expr] = NameRef{NameRef::Kind::kField, nullptr, nullptr, id};
    need_field(id);
    return;
  }
  Diag& d = diags_.error(Code::KT1018, p.expr->span, fmt::format("undefined global variable '{}'", p.expr->name));
  const std::string_view nearest = nearest_builtin(p.expr->name);
  if (nearest == p.expr->name)
    d.hint = fmt::format("the library function of that name can only be called: x += {}(...)", nearest);
  else if (!nearest.empty())
    d.hint = fmt::format("did you mean '{}'?", nearest);
  else
    d.hint = "variables and functions must be declared above their first use";
}

void Resolver::settle_calls() {
  for (Variable& v : model_.variables)
    if (v.function && v.n_stores > 0) v.function->escapes = true;
  for (const Call& c : calls_) {
    if (Function* f = model_.function_of(*c.callee)) {
      c.caller->callees.push_back(f);
    } else if (!model_.builtin_of(*c.callee)) {
      c.caller->calls_unknown = true;
    }
  }
}

void Resolver::settle_event_context() {
  // A function literal that is not the initialiser of a variable is a value somewhere: anybody may call it.
  std::unordered_set<const Function*> named;
  for (const Variable& v : model_.variables)
    if (v.function) named.insert(v.function);
  std::vector<Function*> work;
  for (Function& f : model_.functions) {
    if (f.kind == FunctionKind::kPlain && !named.count(&f)) f.escapes = true;
    if (f.kind == FunctionKind::kEvent || f.escapes) work.push_back(&f);
  }
  while (!work.empty()) {
    Function* f = work.back();
    work.pop_back();
    if (f->may_run_in_event) continue;
    f->may_run_in_event = true;
    for (Function* callee : f->callees) work.push_back(callee);
  }
}

void Resolver::settle_accesses() {
  for (const Access& a : accesses_) {
    if (!a.function->may_run_in_event) continue;
    std::optional<Span>& first = a.kind == AccessKind::kRead    ? a.variable->read_in_event
                                 : a.kind == AccessKind::kStore ? a.variable->stored_in_event
                                                                : a.variable->added_in_event;
    if (!first || a.span.begin < first->begin) first = a.span;
  }
}

}  // namespace kt2ko::sema
