// SPDX-License-Identifier: GPL-2.0
// KIR as indented text, for --dump-after=lower.
#include <fmt/format.h>

#include "lower/kir.h"
#include "support/overloaded.h"

namespace kt2ko::kir {

namespace {

const char* op_name(Op op) {
  static const char* const kNames[] = {"||", "&&", "==", "!=", "<", "<=", ">", ">=", "&", "+", "-", "*", "/", "%"};
  return kNames[static_cast<int>(op)];
}

std::string text(const Val& v) {
  static const char* const kNames[] = {"slot", "const", "cell", "up"};
  return fmt::format("{}{}", kNames[static_cast<int>(v.kind)], v.index);
}

std::string text(const ExprPtr& e);

std::string text(const Arg& a) {
  return std::visit(Overloaded{[](const Val& v) { return text(v); },
                               [](const ExprPtr& e) { return text(e); },
                               [](const AddressOf& v) { return "&" + v.local; },
                               [](const Text& t) { return t.text; },
                               [](const Bytes& b) { return fmt::format("{} bytes", b.bytes.size()); },
                               [](const Conversion& c) { return fmt::format("%{}", c.conv); }},
                    a);
}

std::string text(const std::vector<Arg>& args) {
  std::string out;
  for (const Arg& a : args) out += (out.empty() ? "" : ", ") + text(a);
  return out;
}

std::string text(const ExprPtr& e) {
  return std::visit(
      Overloaded{
          [](const IntLiteral& n) { return std::to_string(n.value); },
          [](const BoolLiteral& n) { return std::string(n.value ? "true" : "false"); },
          [](const Local& n) { return n.name; },
          [](const NumberIn& n) { return "number " + text(n.val); },
          [](const Member& n) { return n.text; },
          [](const Negate& n) { return "-(" + text(n.operand) + ")"; },
          [](const Not& n) { return "!(" + text(n.operand) + ")"; },
          [](const Binary& n) { return fmt::format("({} {} {})", text(n.lhs), op_name(n.op), text(n.rhs)); },
          [](const PureCall& n) { return fmt::format("{}({})", n.function, text(n.args)); },
      },
      e->node);
}

class Dumper {
 public:
  void function(const Function& f) {
    line(fmt::format("function {} slots={} params={}{}", f.c_name, f.n_slots, f.n_params,
                     f.leaf ? " leaf" : f.frameless ? " frameless" : ""));
    ++depth_;
    for (const LocalDecl& d : f.locals) line("local " + d.name);
    body(f.body);
    --depth_;
  }

  std::string out;

 private:
  void line(const std::string& s) { out += std::string(static_cast<size_t>(depth_) * 2, ' ') + s + "\n"; }

  void nested(const char* head, const Body& b) {
    line(head);
    ++depth_;
    body(b);
    --depth_;
  }

  void body(const Body& b) {
    for (const Stmt& s : b) statement(s);
  }

  void statement(const Stmt& s) {
    std::visit(Overloaded{
                   [&](const Line& n) { line(fmt::format("line {}", n.line)); },
                   [&](const SetLocal& n) { line(n.local + " = " + text(n.value)); },
                   [&](const SetNil& n) { line(fmt::format("slot{} = nil", n.slot)); },
                   [&](const SetInt& n) { line(fmt::format("slot{} = number {}", n.slot, text(n.value))); },
                   [&](const SetBool& n) { line(fmt::format("slot{} = truth {}", n.slot, text(n.value))); },
                   [&](const Copy& n) { line(fmt::format("slot{} = {}", n.slot, text(n.from))); },
                   [&](const Call& n) { line(fmt::format("call {}({})", n.function, text(n.args))); },
                   [&](const Try& n) { line(fmt::format("try {}({}) line {}", n.function, text(n.args), n.line)); },
                   [&](const TryNext& n) { line(fmt::format("next {}({}) line {}", n.function, text(n.args), n.line)); },
                   [&](const Print& n) { line(fmt::format("print format{}({})", n.format, text(n.values))); },
                   [&](const QuickPrint& n) { line(fmt::format("print format{} of {} arguments", n.format, n.args.size())); },
                   [&](const If& n) {
                     nested(("if " + text(n.cond)).c_str(), n.then);
                     if (!n.otherwise.empty()) nested("else", n.otherwise);
                   },
                   [&](const Loop& n) {
                     nested("loop", n.body);
                     if (!n.step.empty()) nested("step", n.step);
                   },
                   [&](const Break&) { line("break"); },
                   [&](const Goto& n) { line("goto " + n.label); },
                   [&](const SaveTop& n) { line(n.mark + " = top"); },
                   [&](const RestoreTop& n) { line("top = " + n.mark); },
                   [&](const ReturnVals& n) { line(fmt::format("return {} x {}", text(n.first), text(n.count))); },
                   [&](const ReturnCode& n) {
                     line(n.value ? "return code " + text(n.value) : fmt::format("tail {}({})", n.function, text(n.args)));
                   },
               },
               s.node);
  }

  int depth_ = 0;
};

}  // namespace

std::string dump(const Program& program) {
  Dumper d;
  d.out = fmt::format("program {} from {}\n", program.module_name, program.file_name);
  for (const Variable& v : program.variables) {
    static const char* const kNames[] = {"cell", "number", "counter"};
    d.out += fmt::format("{} {} ({})\n", kNames[static_cast<int>(v.kind)], v.c_name, v.title);
  }
  for (const Trace& t : program.traces)
    for (const Probe& p : t.probes) d.out += fmt::format("{} {} {}\n", t.c_name, p.kind, p.text);
  for (const Function& f : program.functions) d.function(f);
  return d.out;
}

}  // namespace kt2ko::kir
