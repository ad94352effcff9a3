// SPDX-License-Identifier: GPL-2.0
#include "ast/dump.h"

#include <fmt/format.h>

namespace kt2ko::ast {

namespace {

const char* spelling(BinaryOp op) {
  switch (op) {
    case BinaryOp::kOr: return "||";
    case BinaryOp::kAnd: return "&&";
    case BinaryOp::kEq: return "==";
    case BinaryOp::kNe: return "!=";
    case BinaryOp::kLt: return "<";
    case BinaryOp::kLe: return "<=";
    case BinaryOp::kGt: return ">";
    case BinaryOp::kGe: return ">=";
    case BinaryOp::kConcat: return "..";
    case BinaryOp::kAdd: return "+";
    case BinaryOp::kSub: return "-";
    case BinaryOp::kMul: return "*";
    case BinaryOp::kDiv: return "/";
    case BinaryOp::kMod: return "%";
    case BinaryOp::kGlob: return "~";
    case BinaryOp::kBitAnd: return "&";
  }
  return "?";
}

const char* spelling(EventWord word) {
  switch (word) {
    case EventWord::kArg: return "arg";
    case EventWord::kArgstr: return "argstr";
    case EventWord::kProbename: return "probename";
    case EventWord::kPid: return "pid";
    case EventWord::kTid: return "tid";
    case EventWord::kUid: return "uid";
    case EventWord::kCpu: return "cpu";
    case EventWord::kExecname: return "execname";
  }
  return "?";
}

// Numbers of the language have no sign: what is negative was written as a pattern of 64 bits.
std::string number_text(int64_t value) {
  return value < 0 ? fmt::format("{:#x}", static_cast<uint64_t>(value)) : fmt::format("{}", value);
}

std::string quoted(const std::string& bytes) {
  std::string out = "\"";
  for (char c : bytes) {
    auto b = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (b < 0x20 || b >= 0x7F) {
      out += fmt::format("\\x{:02x}", b);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

class Dumper {
 public:
  std::string take() { return std::move(out_); }

  void expr(const Expr& e) {
    std::visit([this](const auto* n) { write(*n); }, e);
  }

  void block(const Block& b) {
    for (size_t i = 0; i < b.stmts.size(); ++i) {
      out_.append(2 * indent_, ' ');
      std::visit([this](const auto* n) { write(*n); }, b.stmts[i]);
      // An empty statement needs the ';' of the one before it, or it would be taken for that.
      bool empty_next = i + 1 < b.stmts.size() && std::holds_alternative<EmptyStmt*>(b.stmts[i + 1]);
      if (empty_next && !std::holds_alternative<EmptyStmt*>(b.stmts[i]) && out_.back() != ';') out_ += ';';
      out_ += '\n';
    }
  }

 private:
  // ---- expressions ----

  void write(const NilExpr&) { out_ += "nil"; }
  void write(const BoolExpr& n) { out_ += n.value ? "true" : "false"; }
  void write(const NumberExpr& n) { out_ += number_text(n.value); }
  void write(const StringExpr& n) { out_ += quoted(n.bytes); }
  void write(const VarargExpr&) { out_ += "..."; }
  void write(const FunctionExpr& n) {
    out_ += "function ";
    body(*n.body);
  }
  void write(const EventWordExpr& n) {
    out_ += spelling(n.word);
    if (n.word == EventWord::kArg) out_ += std::to_string(n.arg);
  }
  void write(const NameExpr& n) { out_ += n.name; }
  void write(const SymbolExpr& n) { out_ += fmt::format("`{}`", n.name); }
  void write(const ParenExpr& n) {
    out_ += '(';
    expr(n.inner);
    out_ += ')';
  }
  void write(const UnaryExpr& n) {
    if (n.op == UnaryOp::kNeg && out_.back() == '-') out_ += ' ';  // "--" would be a comment
    out_ += n.op == UnaryOp::kNot ? '!' : '-';
    expr(n.operand);
  }
  void write(const BinaryExpr& n) {
    expr(n.lhs);
    out_ += fmt::format(" {} ", spelling(n.op));
    expr(n.rhs);
  }
  void write(const IndexExpr& n) {
    expr(n.object);
    if (n.is_member) {
      out_ += '.';
      out_ += std::get<StringExpr*>(n.keys[0])->bytes;
    } else {
      keys(n.keys);
    }
  }
  void write(const CallExpr& n) {
    expr(n.callee);
    args(n.args);
  }
  void write(const MethodCallExpr& n) {
    expr(n.object);
    out_ += ':' + n.method.text;
    args(n.args);
  }
  void write(const TableExpr& n) {
    out_ += '{';
    for (size_t i = 0; i < n.fields.size(); ++i) {
      if (i != 0) out_ += ", ";
      field(n.fields[i]);
    }
    out_ += '}';
  }

  void field(const Field& f) {
    if (f.kind == Field::Kind::kNamed) out_ += f.name.text + " = ";
    if (f.kind == Field::Kind::kKeyed) {
      keys(f.keys);
      out_ += " = ";
    }
    expr(f.value);
  }
  void keys(const std::vector<Expr>& list) {
    out_ += '[';
    exprs(list);
    out_ += ']';
  }
  void args(const std::vector<Expr>& list) {
    out_ += '(';
    exprs(list);
    out_ += ')';
  }
  void exprs(const std::vector<Expr>& list) {
    for (size_t i = 0; i < list.size(); ++i) {
      if (i != 0) out_ += ", ";
      expr(list[i]);
    }
  }
  void names(const std::vector<Name>& list) {
    for (size_t i = 0; i < list.size(); ++i) out_ += (i != 0 ? ", " : "") + list[i].text;
  }

  // ---- statements ----

  void write(const EmptyStmt&) { out_ += ';'; }
  void write(const VarStmt& n) {
    out_ += "var ";
    names(n.names);
    if (!n.values.empty()) {
      out_ += " = ";
      exprs(n.values);
    }
    out_ += ';';
  }
  void write(const FunctionStmt& n) {
    out_ += fmt::format("function {}", n.name.text);
    body(*n.body);
  }
  void write(const IfStmt& n) {
    for (size_t i = 0; i < n.arms.size(); ++i) {
      out_ += i == 0 ? "if " : " elseif ";
      condition(n.arms[i].cond);
      out_ += ' ';
      braces(*n.arms[i].block);
    }
    if (n.otherwise == nullptr) return;
    out_ += " else ";
    braces(*n.otherwise);
  }
  void write(const WhileStmt& n) {
    out_ += "while ";
    condition(n.cond);
    out_ += ' ';
    braces(*n.block);
  }
  void write(const NumericForStmt& n) {
    out_ += fmt::format("for ({} = ", n.var.text);
    expr(n.from);
    out_ += ", ";
    expr(n.to);
    if (n.step) {
      out_ += ", ";
      expr(*n.step);
    }
    out_ += ") ";
    braces(*n.block);
  }
  void write(const CForStmt& n) {
    out_ += "for (";
    if (n.var) {
      out_ += fmt::format("{} = ", n.var->text);
      expr(*n.init);
    }
    out_ += "; ";
    if (n.cond) expr(*n.cond);
    out_ += "; ";
    if (n.step) {
      std::visit([this](const auto* s) { write(*s); }, *n.step);
      out_.pop_back();  // its ';'
    }
    out_ += ") ";
    braces(*n.block);
  }
  void write(const ForInStmt& n) {
    out_ += "for (";
    names(n.vars);
    out_ += " in ";
    exprs(n.exprs);
    out_ += ") ";
    braces(*n.block);
  }
  void write(const RepeatStmt& n) {
    out_ += "repeat\n";
    indented(*n.block);
    out_ += "until ";
    condition(n.cond);
  }
  void write(const DoStmt& n) {
    out_ += "do\n";
    indented(*n.block);
    out_ += "end";
  }
  void write(const BreakStmt&) { out_ += "break;"; }
  void write(const ContinueStmt&) { out_ += "continue;"; }
  void write(const ReturnStmt& n) {
    out_ += n.values.empty() ? "return" : "return ";
    exprs(n.values);
    out_ += ';';
  }
  void write(const LabelStmt& n) { out_ += fmt::format("::{}::", n.name.text); }
  void write(const AssignStmt& n) {
    exprs(n.targets);
    out_ += n.op == AssignOp::kSet ? " = " : n.op == AssignOp::kAdd ? " += " : " -= ";
    exprs(n.values);
    out_ += ';';
  }
  void write(const CallStmt& n) {
    expr(n.call);
    out_ += ';';
  }
  void write(const TraceStmt& n) {
    out_ += "trace ";
    for (size_t i = 0; i < n.events.size(); ++i) out_ += (i != 0 ? ", " : "") + n.events[i]->text;
    if (n.filter) {
      out_ += " /";
      expr(*n.filter);
      out_ += '/';
    }
    out_ += ' ';
    braces(*n.body->block);
  }
  void write(const TraceEndStmt& n) {
    out_ += "trace_end ";
    braces(*n.body->block);
  }
  void write(const TimerStmt& n) {
    out_ += n.text + ' ';
    braces(*n.body->block);
  }

  void condition(const Expr& e) {
    out_ += '(';
    expr(e);
    out_ += ')';
  }
  void body(const FunctionBody& b) {
    out_ += '(';
    names(b.params);
    if (b.is_vararg) out_ += b.params.empty() ? "..." : ", ...";
    out_ += ") ";
    braces(*b.block);
  }
  void braces(const Block& b) {
    if (b.stmts.empty()) {
      out_ += "{}";
      return;
    }
    out_ += "{\n";
    indented(b);
    out_ += '}';
  }
  void indented(const Block& b) {
    ++indent_;
    block(b);
    --indent_;
    out_.append(2 * indent_, ' ');
  }

  std::string out_;
  size_t indent_ = 0;
};

}  // namespace

std::string dump(const Script& script) {
  Dumper dumper;
  dumper.block(*script.block);
  return dumper.take();
}

std::string dump(const Expr& e) {
  Dumper dumper;
  dumper.expr(e);
  return dumper.take();
}

}  // namespace kt2ko::ast
