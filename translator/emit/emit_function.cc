// SPDX-License-Identifier: GPL-2.0
#include "emit/emit_function.h"

#include <fmt/format.h>

#include "support/overloaded.h"

namespace kt2ko::emit_detail {

namespace {

const char* c_type(kir::LocalType type) {
  switch (type) {
    case kir::LocalType::kNumber: return "s64 ";
    case kir::LocalType::kBool: return "bool ";
    case kir::LocalType::kOrder: return "int ";
    case kir::LocalType::kMark: return "struct ktr_val *";
    case kir::LocalType::kIterator: return "struct ktr_iter ";
    case kir::LocalType::kWay: return "struct ktr_way *";
    case kir::LocalType::kOwn: return "struct ktr_own *";
  }
  return "";
}

const char* zero_of(kir::LocalType type) {
  switch (type) {
    case kir::LocalType::kBool: return "false";
    case kir::LocalType::kMark: return "c->top";
    case kir::LocalType::kIterator: return "{ 0 }";
    case kir::LocalType::kWay: return "(struct ktr_way *)0";
    case kir::LocalType::kOwn: return "(struct ktr_own *)0";
    default: return "0";
  }
}

// The one jump that a body consists of, or nullptr. Line marks of the line we are in say nothing new.
const kir::Stmt* only_jump(const kir::Body& body, const CWriter& out) {
  const kir::Stmt* jump = nullptr;
  for (const kir::Stmt& s : body) {
    const auto* line = std::get_if<kir::Line>(&s.node);
    if (line && out.is_current(line->line)) continue;
    if (jump || !(std::holds_alternative<kir::Break>(s.node) || std::holds_alternative<kir::Goto>(s.node))) return nullptr;
    jump = &s;
  }
  return jump;
}

// What follows it in its body cannot be reached.
bool is_jump(const kir::Stmt& s) {
  return std::holds_alternative<kir::ReturnVals>(s.node) || std::holds_alternative<kir::ReturnCode>(s.node) ||
         std::holds_alternative<kir::Break>(s.node) || std::holds_alternative<kir::Goto>(s.node);
}

bool can_fail(const kir::Body& body);

// Does it leave the function when it fails?
bool can_fail(const kir::Stmt& s) {
  return std::visit(Overloaded{
                        [](const kir::Try&) { return true; },
                        [](const kir::TryNext&) { return true; },
                        [](const kir::Print& n) { return n.fails; },
                        [](const kir::If& n) { return can_fail(n.then) || can_fail(n.otherwise); },
                        [](const kir::Loop& n) { return can_fail(n.body) || can_fail(n.step); },
                        [](const auto&) { return false; },
                    },
                    s.node);
}

bool can_fail(const kir::Body& body) {
  for (const kir::Stmt& s : body) {
    if (can_fail(s)) return true;
    if (is_jump(s)) break;
  }
  return false;
}

}  // namespace

std::string function_prototype(const kir::Function& f, const Linkage& all) {
  const char* linkage = f.leaf && !all.is_shared(f.c_name) ? "static KTR_INLINE " : all.of(f.c_name);
  if (f.role == kir::FunctionRole::kFilter)
    return fmt::format("{}int {}(struct ktr_ctx *c, struct ktr_func *self)", linkage, f.c_name);
  return fmt::format(
      "{}int {}(struct ktr_ctx *c, struct ktr_func *self,\n\t\tstruct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)",
      linkage, f.c_name);
}

std::string leaf_prototype(const kir::Trace& t) {
  return fmt::format("static void {}(struct ktr_leaf *l)", t.leaf);
}

std::string leaf_fn_prototype(const kir::Trace& t) {
  return fmt::format("static void {}(unsigned long ip, unsigned long parent_ip, void *hook, void *regs)", t.leaf_fn);
}

void FunctionEmitter::emit_leaf(const kir::Trace& t) {
  out_.blank();
  out_.line(fmt::format("/* {}, as a leaf */", comment_text(t.probes[0].text)));
  out_.line(fmt::format("static KTR_INLINE void {}_run(struct ktr_leaf *l)", t.leaf));
  out_.open("");
  out_.line("ktr_leaf_hit(l);");
  if (!t.filter.empty()) out_.line(fmt::format("if ({}(0, 0))", t.filter));
  out_.line(fmt::format("{}{}(0, 0, 0, 0, 0, 0);", t.filter.empty() ? "" : "\t", t.handler));
  out_.close();
  // The slow side is a tail call, so that the quick one needs no frame.
  out_.blank();
  out_.line(leaf_prototype(t));
  out_.open("");
  out_.line("if (ktr_unlikely(ktr_leaf_guarded()))");
  out_.line(fmt::format("\tktr_leaf_slow(l, {}_run);", t.leaf));
  out_.line("else");
  out_.line(fmt::format("\t{}_run(l);", t.leaf));
  out_.close();
  if (t.leaf_fn.empty()) return;
  out_.blank();
  out_.line(leaf_fn_prototype(t));
  out_.open("");
  out_.line(fmt::format("{}(((struct ktr_leaf **)hook)[-1]);", t.leaf));
  out_.close();
}

std::string quick_prototype(const kir::Quick& q) {
  return fmt::format("static KTR_NO_CANARY void {}_run(struct ktr_quick_point *p, const void *ev)", q.c_name);
}

void FunctionEmitter::emit_quick(const kir::Trace& t) {
  const kir::Quick& q = *t.quick;
  out_.blank();
  out_.line(fmt::format("/* {}, as a quick handler */", comment_text(t.probes[0].text)));
  out_.line(quick_prototype(q));
  out_.open("");
  local_variables(q.locals);
  out_.blank();
  out_.line("if (ktr_unlikely(ktr_leaf_guarded()))");
  out_.line("\tgoto bail;");
  body(q.body);
  if (q.jumps_to_done) out_.label("done");
  out_.line("ktr_leaf_hit(p->leaf);");
  body(q.effects);
  out_.line("return;");
  out_.label("bail");
  out_.line("ktr_quick_bail(p, ev);");
  out_.close();
  out_.own_lines();
}

void FunctionEmitter::emit(const kir::Function& f) {
  frameless_ = f.frameless;
  fails_ = jumps_out_ = jumps_done_ = false;
  out_.blank();
  out_.line(fmt::format("/* {} */", comment_text(f.title)));
  out_.line(function_prototype(f, linkage_));
  out_.open("");
  locals(f);
  body(f.body);
  epilogue(f);
  out_.close();
  out_.own_lines();
}

void FunctionEmitter::locals(const kir::Function& f) {
  if (!frameless_) out_.line(fmt::format("struct ktr_val *s = ktr_enter(c, {});", f.n_slots));
  local_variables(f.locals);
  out_.line("int rc = KTR_OK;");
  if (can_fail(f.body)) out_.line("u32 at;");
  out_.blank();
  if (frameless_) return;
  out_.line("if (ktr_unlikely(!s))");
  out_.line("\treturn c->rc;");
  if (f.n_params) out_.line(fmt::format("ktr_params(s, {}, args, nargs);", f.n_params));
}

void FunctionEmitter::local_variables(const std::vector<kir::LocalDecl>& list) {
  for (const kir::LocalDecl& d : list) {
    const bool unused = !d.read && (d.type == kir::LocalType::kNumber || d.type == kir::LocalType::kBool);
    out_.line(fmt::format("{}{}{} = {};", c_type(d.type), d.name, unused ? " __attribute__((unused))" : "", zero_of(d.type)));
  }
}

// A body ends with a jump. All calls that can fail share what becomes of a failure: a call of ktr_at() at each of them would
// be more code, and more of the compiler's time.
void FunctionEmitter::epilogue(const kir::Function& f) {
  if (fails_) {
    out_.label("failed");
    out_.line("ktr_at(c, at);");
  }
  if (jumps_out_) out_.label("out");
  if ((jumps_out_ || fails_) && !frameless_) out_.line("ktr_leave(c, s);");
  if (jumps_done_) out_.label("done");
  for (const kir::LocalDecl& d : f.locals)
    if (d.type == kir::LocalType::kIterator) out_.line(fmt::format("ktr_iter_end(c, &{});", d.name));
  out_.line("return rc;");
}

void FunctionEmitter::body(const kir::Body& list) {
  for (const kir::Stmt& s : list) {
    statement(s);
    if (is_jump(s)) break;
  }
}

void FunctionEmitter::leave_on(const char* test, uint32_t line) {
  out_.open(fmt::format("if (ktr_unlikely({}))", test));
  out_.line(fmt::format("at = {};", line));
  out_.line("goto failed;");
  out_.close();
  fails_ = true;
}

void FunctionEmitter::statement(const kir::Stmt& s) {
  std::visit(
      Overloaded{
          [&](const kir::Line& n) {
            const size_t index = n.line - 1;
            const std::string empty;
            out_.source_line(n.line, index < program_.source_lines.size() ? program_.source_lines[index] : empty);
          },
          [&](const kir::SetLocal& n) { out_.line(fmt::format("{} = {};", n.local, print_.expr(n.value))); },
          [&](const kir::SetNil& n) { out_.line(fmt::format("ktr_set_nil(&s[{}]);", n.slot)); },
          [&](const kir::SetInt& n) { out_.line(fmt::format("ktr_set_int(&s[{}], {});", n.slot, print_.expr(n.value))); },
          [&](const kir::SetBool& n) { out_.line(fmt::format("ktr_set_bool(&s[{}], {});", n.slot, print_.expr(n.value))); },
          [&](const kir::Copy& n) {
            if (n.from.kind == kir::Val::Kind::kSlot && n.from.index == n.slot) return;
            out_.line(fmt::format("s[{}] = {};", n.slot, print_.val_member(n.from)));
          },
          [&](const kir::Call& n) { out_.line(fmt::format("{}({});", n.function, print_.args(n.args))); },
          [&](const kir::Try& n) { try_call(n); },
          [&](const kir::Print& n) { print(n); },
          [&](const kir::QuickPrint& n) { quick_print(n); },
          [&](const kir::TryNext& n) {
            out_.line(fmt::format("rc = {}({});", n.function, print_.args(n.args)));
            leave_on("rc < 0", n.line);
            out_.line("if (!rc)");
            out_.line("\tbreak;");
            out_.line("rc = KTR_OK;");
          },
          [&](const kir::If& n) { branch(n); },
          [&](const kir::Loop& n) { loop(n); },
          [&](const kir::Break&) { out_.line("break;"); },
          [&](const kir::Goto& n) { out_.line(fmt::format("goto {};", n.label)); },
          [&](const kir::SaveTop& n) { out_.line(fmt::format("{} = c->top;", n.mark)); },
          [&](const kir::RestoreTop& n) { out_.line(fmt::format("c->top = {};", n.mark)); },
          [&](const kir::ReturnVals& n) {
            if (frameless_)
              out_.line("ktr_return_none(c, ret, want);");
            else
              out_.line(fmt::format("ktr_return(c, s, {}, {}, ret, want);", print_.arg(n.first), print_.arg(n.count)));
            out_.line("goto done;");
            jumps_done_ = true;
          },
          [&](const kir::ReturnCode& n) {
            if (n.value) {
              out_.line(fmt::format("rc = {};", print_.expr(n.value)));
            } else {
              out_.line(fmt::format("rc = {}({});", n.function, print_.args(n.args)));
              out_.line("if (ktr_unlikely(rc != KTR_TAIL))");
              out_.line(fmt::format("\tktr_at(c, {});", n.line));
            }
            out_.line("goto out;");
            jumps_out_ = true;
          },
      },
      s.node);
}

void FunctionEmitter::try_call(const kir::Try& n) {
  if (n.function == "ktr_closure") {
    closure(n);
    return;
  }
  out_.line(fmt::format("rc = {}({});", n.function, print_.args(n.args)));
  leave_on("rc", n.line);
}

// The values go into an array.
void FunctionEmitter::print(const kir::Print& n) {
  std::string call = fmt::format("ktr_print_values(c, {}, ", n.format);
  if (n.values.empty()) {
    out_.line(call + "(const struct ktr_val *)0);");
    return;
  }
  std::string values;
  for (const kir::Arg& a : n.values) {
    const auto* v = std::get_if<kir::Val>(&a);
    values += values.empty() ? "" : ", ";
    values += v ? print_.val_member(*v) : fmt::format("ktr_int_val({})", print_.arg(a));
  }
  out_.open("");
  out_.line(fmt::format("const struct ktr_val v[] = {{ {} }};", values));
  out_.blank();
  out_.line((n.fails ? "rc = " : "") + call + "v);");
  out_.close();
  if (n.fails) leave_on("rc", n.line);
}

// A record, word by word.
void FunctionEmitter::quick_print(const kir::QuickPrint& n) {
  out_.open("");
  out_.line("u64 r[KTR_LATE_WORDS] KTR_AS_IT_IS, *w = r + KTR_LATE_HEAD;");
  out_.line("u32 tags = 0;");
  out_.blank();
  for (size_t i = 0; i < n.args.size(); ++i) {
    const kir::LateArg& a = n.args[i];
    switch (a.kind) {
      case kir::LateArg::Kind::kNumber:
        out_.line(fmt::format("w = ktr_late_s64(w, &tags, {}, {});", i, print_.expr(a.number)));
        break;
      case kir::LateArg::Kind::kTaskName:
        out_.line(fmt::format("w = ktr_late_comm(w, &tags, {}, ktr_quick_comm());", i));
        break;
      case kir::LateArg::Kind::kEventValue:
        out_.line(fmt::format("w = ktr_late_value(w, &tags, {}, p, ev, {});", i, a.value));
        break;
      case kir::LateArg::Kind::kEventName: out_.line(fmt::format("w = ktr_late_name(w, &tags, {}, p);", i)); break;
    }
  }
  out_.line(fmt::format("ktr_quick_print(r, w, {}, tags);", n.format));
  out_.close();
}

// ktr_closure(c, out, code, name, n_params, n, boxes...): the boxes go into an array.
void FunctionEmitter::closure(const kir::Try& n) {
  constexpr size_t kFixed = 6;
  out_.open("");
  std::string boxes;
  for (size_t i = kFixed; i < n.args.size(); ++i) boxes += (boxes.empty() ? "" : ", ") + print_.arg(n.args[i]);
  out_.line(fmt::format("const struct ktr_val *const up[] = {{ {} }};", boxes));
  out_.blank();
  const std::vector<kir::Arg> head(n.args.begin(), n.args.begin() + kFixed - 1);
  out_.line(fmt::format("rc = ktr_closure({}, up, {});", print_.args(head), print_.arg(n.args[kFixed - 1])));
  out_.close();
  leave_on("rc", n.line);
}

void FunctionEmitter::branch(const kir::If& n) {
  if (n.then.empty() && n.otherwise.empty()) {
    out_.line(fmt::format("(void)({});", print_.expr(n.cond)));
    return;
  }
  const kir::Stmt* jump = n.otherwise.empty() ? only_jump(n.then, out_) : nullptr;
  if (jump) {
    out_.line(fmt::format("if ({})", print_.expr(n.cond)));
    out_.indented([&] { statement(*jump); });
    return;
  }
  out_.open(fmt::format("if ({})", print_.expr(n.cond)));
  body(n.then);
  if (!n.otherwise.empty()) {
    out_.else_open();
    body(n.otherwise);
  }
  out_.close();
}

void FunctionEmitter::loop(const kir::Loop& n) {
  out_.open("for (;;)");
  body(n.body);
  if (!n.next_label.empty()) {
    out_.label(n.next_label);
    out_.line(";");
  }
  body(n.step);
  out_.close();
}

}  // namespace kt2ko::emit_detail
