// SPDX-License-Identifier: GPL-2.0
// Expressions as tagged values.
#include "lower/function_lowerer.h"
#include "lower/own_tables.h"
#include "support/overloaded.h"

namespace kt2ko::lower_detail {

using namespace ast;

// The value of `e`, where it lies already if it does; else in a new slot.
kir::Val FunctionLowerer::value(const Expr& e) {
  if (const auto* p = std::get_if<ParenExpr*>(&e)) return value((*p)->inner);
  if (std::holds_alternative<NilExpr*>(e)) return program_.nil();
  if (const auto* b = std::get_if<BoolExpr*>(&e)) return program_.truth((*b)->value);
  if (const auto* n = std::get_if<NumberExpr*>(&e)) return program_.number((*n)->value);
  if (const auto* s = std::get_if<StringExpr*>(&e)) return program_.string((*s)->bytes);
  if (const auto* n = std::get_if<NameExpr*>(&e)) return name_value(**n);
  if (const auto* i = std::get_if<IndexExpr*>(&e))
    if (const Builtin* b = program_.model().builtin_of(e)) return (void)i, program_.library(*b);
  const int t = new_slot();
  value_into(e, t);
  return slot(t);
}

kir::Val FunctionLowerer::name_value(const NameExpr& e) {
  const sema::NameRef& ref = program_.model().ref(&e);
  switch (ref.kind) {
    case sema::NameRef::Kind::kBuiltin: return program_.library(*ref.builtin);
    case sema::NameRef::Kind::kString: return program_.string(e.name);
    case sema::NameRef::Kind::kArg: return program_.arg_cell();
    case sema::NameRef::Kind::kLibraryTable:
    case sema::NameRef::Kind::kVariable: {
      const sema::Variable& v = *ref.variable;
      switch (storage(v)) {
        case Storage::kSlot: return slot(slots_.at(&v));
        case Storage::kStaticFunction: return program_.function_value(*v.known_function());
        case Storage::kFixedCell: return program_.cell_of(v);
        default: break;
      }
      break;
    }
    default: break;
  }
  const int t = new_slot();
  name_into(e, t);
  return slot(t);
}

void FunctionLowerer::name_into(const NameExpr& e, int dst) {
  const sema::NameRef& ref = program_.model().ref(&e);
  if (ref.kind == sema::NameRef::Kind::kField) {
    try_call("ktr_field", {count(static_cast<size_t>(ref.field)), slot(dst)});
    return;
  }
  const bool is_variable =
      ref.kind == sema::NameRef::Kind::kVariable || ref.kind == sema::NameRef::Kind::kLibraryTable;
  if (!is_variable) {
    add(kir::Copy{dst, name_value(e)});
    return;
  }
  const sema::Variable& v = *ref.variable;
  switch (storage(v)) {
    case Storage::kLocalNumber:
    case Storage::kNumber:
    case Storage::kCounter: add(kir::SetInt{dst, variable_num(v)}); break;
    case Storage::kLocalBool:
    case Storage::kBool: add(kir::SetBool{dst, variable_num(v)}); break;
    case Storage::kCell: try_call("ktr_cell_load", {slot(dst), cell_arg(v)}); break;
    case Storage::kSpread: try_call("ktr_spread_load", {slot(dst), cell_arg(v)}); break;
    case Storage::kBox: try_call("ktr_box_load", {slot(dst), box(v)}); break;
    default: add(kir::Copy{dst, name_value(e)});
  }
}

void FunctionLowerer::value_into(const Expr& e, int dst) {
  if (is_int(e) && !sema::is_multi(e)) {
    add(kir::SetInt{dst, num(e, "KTR_NEED_ARITH")});
    return;
  }
  std::visit(Overloaded{
                 [&](const NilExpr*) { add(kir::SetNil{dst}); },
                 [&](const ParenExpr* n) { value_into(n->inner, dst); },
                 [&](const NameExpr* n) { name_into(*n, dst); },
                 [&](const TableExpr* n) { table_into(*n, dst); },
                 [&](const FunctionExpr* n) {
                   const sema::Function& f = *program_.model().bodies.at(n->body);
                   if (program_.plan().is_static(f))
                     add(kir::Copy{dst, program_.function_value(f)});
                   else
                     closure_into(f, dst);
                 },
                 [&](const EventWordExpr* n) { word_into(*n, dst); },
                 [&](const IndexExpr* n) {
                   if (program_.model().builtin_of(e))
                     add(kir::Copy{dst, value(e)});
                   else
                     index_into(*n, dst);
                 },
                 [&](const VarargExpr*) {
                   const Args rest = arguments({e});
                   add(kir::Call{"ktr_take", {text("c"), slot(dst), count(1), rest.first, rest.count}});
                   finish_args(rest, 0);
                 },
                 [&](const CallExpr*) { call(e, slot(dst), 1); },
                 [&](const MethodCallExpr*) { call(e, slot(dst), 1); },
                 [&](const UnaryExpr*) { add(kir::SetBool{dst, cond(e)}); },
                 [&](const BinaryExpr* n) {
                   if (n->op == BinaryOp::kAnd || n->op == BinaryOp::kOr)
                     logic_into(*n, dst);
                   else if (n->op == BinaryOp::kConcat)
                     concat_into(*n, dst);
                   else
                     add(kir::SetBool{dst, cond(e)});
                 },
                 [&](const auto*) { add(kir::Copy{dst, value(e)}); },
             },
             e);
}

void FunctionLowerer::logic_into(const BinaryExpr& e, int dst) {
  value_into(e.lhs, dst);
  kir::ExprPtr truth = pure_call("ktr_truth", {slot(dst)});
  if (e.op == BinaryOp::kOr) truth = negated(std::move(truth));
  kir::Body then = collect([&] { value_into(e.rhs, dst); });
  add(kir::If{std::move(truth), std::move(then), {}});
}

void FunctionLowerer::concat_into(const BinaryExpr& e, int dst) {
  // a .. b .. c is one call over a run of slots.
  std::vector<const Expr*> parts{&e.lhs};
  const Expr* rest = &e.rhs;
  while (const auto* b = std::get_if<BinaryExpr*>(rest)) {
    if ((*b)->op != BinaryOp::kConcat) break;
    parts.push_back(&(*b)->lhs);
    rest = &(*b)->rhs;
  }
  parts.push_back(rest);
  // Long chains go piece by piece, so that a frame stays small; the text so far is the first part of the next piece.
  constexpr size_t kPiece = 32;
  const int first = new_slots(static_cast<int>(std::min(parts.size(), kPiece)));
  size_t held = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    value_into(*parts[i], first + static_cast<int>(held++));
    if (held < kPiece || i + 1 == parts.size()) continue;
    try_call("ktr_concat", {slot(first), slot(first), count(held)});
    held = 1;
  }
  try_call("ktr_concat", {slot(dst), slot(first), count(held)});
}

void FunctionLowerer::table_into(const TableExpr& e, int dst) {
  constexpr size_t kBatch = 16;
  size_t n_positional = 0;
  for (const Field& f : e.fields) n_positional += f.kind == Field::Kind::kPositional;
  // Built in a slot of its own: the fields may look at the variable that dst belongs to.
  const int t = new_slot();
  try_call("ktr_tab_new", {slot(t), count(n_positional), count(e.fields.size() - n_positional)});
  const int batch = new_slots(static_cast<int>(std::min(kBatch, n_positional)));
  size_t pending = 0;
  int64_t next_index = 1;
  const auto flush = [&] {
    if (!pending) return;
    try_call("ktr_set_list", {slot(t), number(next_index), slot(batch), count(pending)});
    next_index += static_cast<int64_t>(pending);
    pending = 0;
  };
  for (size_t i = 0; i < e.fields.size(); ++i) {
    const Field& f = e.fields[i];
    const int outer = next_slot_;
    if (f.kind == Field::Kind::kPositional && i + 1 == e.fields.size() && program_.model().is_open_ended(f.value)) {
      flush();
      const Args rest = arguments({f.value});
      try_call("ktr_set_list", {slot(t), number(next_index), rest.first, rest.count});
      finish_args(rest, 0);
    } else if (f.kind == Field::Kind::kPositional) {
      value_into(f.value, batch + static_cast<int>(pending));
      if (++pending == kBatch) flush();
    } else {
      flush();
      const kir::Val k = f.kind == Field::Kind::kNamed ? program_.string(f.name.text) : key(f.keys);
      try_call("ktr_set", {slot(t), k, value(f.value)});
    }
    next_slot_ = outer;
  }
  flush();
  add(kir::Copy{dst, slot(t)});
}

void FunctionLowerer::closure_into(const sema::Function& f, int dst) {
  std::string boxes;
  std::vector<kir::Arg> list;
  for (const sema::Variable* v : program_.plan().boxes_of(f)) list.emplace_back(box(*v));
  const size_t n = list.size();
  std::vector<kir::Arg> args{text("c"), slot(dst), text(program_.code_of(f)), kir::Bytes{f.name},
                             count(f.params.size()), count(n)};
  args.insert(args.end(), list.begin(), list.end());
  add(kir::Try{"ktr_closure", std::move(args), line_});
}

void FunctionLowerer::word_into(const EventWordExpr& e, int dst) {
  const auto field = program_.model().word_fields.find(&e);
  if (field != program_.model().word_fields.end()) {
    const kir::Arg id = count(static_cast<size_t>(field->second));
    kir::Body then = collect([&] { try_call("ktr_field", {id, slot(dst)}); });
    kir::Body otherwise = collect([&] {
      if (e.word == EventWord::kExecname)
        try_call("ktr_execname", {slot(dst)});
      else
        add(kir::SetInt{dst, pure_num(const_cast<EventWordExpr*>(&e))});
    });
    add(kir::If{pure_call("ktr_has_field", {text("c"), id}), std::move(then), std::move(otherwise)});
    return;
  }
  switch (e.word) {
    case EventWord::kArg: try_call("ktr_arg", {count(static_cast<size_t>(e.arg)), slot(dst)}); break;
    case EventWord::kArgstr: try_call("ktr_argstr", {slot(dst)}); break;
    case EventWord::kProbename: try_call("ktr_probename", {slot(dst)}); break;
    case EventWord::kExecname: try_call("ktr_execname", {slot(dst)}); break;
    default: add(kir::SetInt{dst, pure_num(const_cast<EventWordExpr*>(&e))});
  }
}

kir::Val FunctionLowerer::key(const std::vector<Expr>& keys) {
  if (keys.size() == 1) return value(keys[0]);
  const int first = new_slots(static_cast<int>(keys.size()));
  for (size_t i = 0; i < keys.size(); ++i) value_into(keys[i], first + static_cast<int>(i));
  const int t = new_slot();
  try_call("ktr_tuple", {slot(t), slot(first), count(keys.size())});
  return slot(t);
}

std::optional<size_t> FunctionLowerer::own_element(const IndexExpr& e) const {
  const sema::Variable* table = nullptr;
  if (!is_own_element(program_.model(), e, &table) || storage(*table) != Storage::kOwn) return std::nullopt;
  return static_cast<size_t>(program_.plan().own_number(*table));
}

Explanation::Key FunctionLowerer::key_kind(const std::vector<Expr>& keys) const {
  using Key = Explanation::Key;
  if (keys.size() > 1) return Key::kParts;
  if (by_number(keys)) return Key::kNumber;
  const Expr& key = sema::strip_parens(keys[0]);
  if (std::holds_alternative<StringExpr*>(key)) return Key::kConstant;
  if (const auto* w = std::get_if<EventWordExpr*>(&key)) {
    if ((*w)->word == EventWord::kExecname) return Key::kTaskName;
    if ((*w)->word == EventWord::kProbename) return Key::kEventName;
    return (*w)->word == EventWord::kArg ? Key::kEventValue : Key::kText;
  }
  const auto* n = std::get_if<NameExpr*>(&key);
  if (n && program_.model().ref(*n).kind == sema::NameRef::Kind::kField) return Key::kEventValue;
  const TypeSet types = program_.model().types_of(key);
  if (types == type::kStr) return Key::kText;
  return types == type::kStack ? Key::kStack : Key::kOther;
}

void FunctionLowerer::note_element(const IndexExpr& e, const char* access, const std::string& adder) {
  const auto* n = std::get_if<NameExpr*>(&sema::strip_parens(e.object));
  if (!n) return;
  const sema::NameRef& ref = program_.model().ref(*n);
  if (ref.kind == sema::NameRef::Kind::kVariable)
    program_.note_element(*ref.variable, {line_, access, key_kind(e.keys), program_.cells_of(adder)});
}

void FunctionLowerer::index_into(const IndexExpr& e, int dst) {
  if (is_ffi_step(e)) {
    ffi_get_into(e, dst);
    return;
  }
  if (const auto own = own_element(e)) {
    try_call("ktr_own_load", {slot(dst), count(*own)});
    return;
  }
  note_element(e, "read");
  const kir::Val table = value(e.object);
  if (by_number(e.keys)) {
    try_call("ktr_get_int", {slot(dst), table, num(e.keys[0], "KTR_NEED_ARITH")});
    return;
  }
  const kir::Val k = key(e.keys);
  try_call("ktr_get", {slot(dst), table, k});
}

}  // namespace kt2ko::lower_detail
