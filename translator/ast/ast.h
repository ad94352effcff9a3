// SPDX-License-Identifier: GPL-2.0
// The syntax tree of a ktap script: closed sets of nodes, owned by an Arena.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "support/source.h"

namespace kt2ko::ast {

struct Node {
  Span span;
};

// ---- expressions ---------------------------------------------------------------------------------------------------

struct NilExpr;
struct BoolExpr;
struct NumberExpr;
struct StringExpr;
struct VarargExpr;
struct TableExpr;
struct FunctionExpr;
struct EventWordExpr;
struct NameExpr;
struct SymbolExpr;
struct IndexExpr;
struct CallExpr;
struct MethodCallExpr;
struct UnaryExpr;
struct BinaryExpr;
struct ParenExpr;

using Expr = std::variant<NilExpr*, BoolExpr*, NumberExpr*, StringExpr*, VarargExpr*, TableExpr*, FunctionExpr*,
                          EventWordExpr*, NameExpr*, SymbolExpr*, IndexExpr*, CallExpr*, MethodCallExpr*, UnaryExpr*,
                          BinaryExpr*, ParenExpr*>;

struct Block;

struct NilExpr : Node {};
struct BoolExpr : Node {
  bool value = false;
};
struct NumberExpr : Node {
  int64_t value = 0;
};
struct StringExpr : Node {
  std::string bytes;  // escapes resolved
};
struct VarargExpr : Node {};

struct Name {
  std::string text;
  Span span;
};

// One item of a table constructor.
struct Field {
  enum class Kind { kPositional, kNamed, kKeyed } kind = Kind::kPositional;
  Name name;                // kNamed
  std::vector<Expr> keys;   // kKeyed: [a] or [a, b]
  Expr value;
  Span span;
};
struct TableExpr : Node {
  std::vector<Field> fields;
};

// Parameters and body of a function or handler.
struct FunctionBody : Node {
  std::vector<Name> params;
  bool is_vararg = false;
  Block* block = nullptr;
};
struct FunctionExpr : Node {
  FunctionBody* body = nullptr;
};

enum class EventWord { kArg, kArgstr, kProbename, kPid, kTid, kUid, kCpu, kExecname };
struct EventWordExpr : Node {
  EventWord word = EventWord::kArg;
  int arg = 0;  // kArg: N of argN
};

struct NameExpr : Node {
  std::string name;
};
// `name`: the address of a kernel symbol.
struct SymbolExpr : Node {
  std::string name;
};
// object[key], object[key, key] or object.name (then the one key is a StringExpr and is_member is set).
struct IndexExpr : Node {
  Expr object;
  std::vector<Expr> keys;
  bool is_member = false;
};
struct CallExpr : Node {
  Expr callee;
  std::vector<Expr> args;
};
struct MethodCallExpr : Node {
  Expr object;
  Name method;
  std::vector<Expr> args;
};
enum class UnaryOp { kNot, kNeg };
struct UnaryExpr : Node {
  UnaryOp op = UnaryOp::kNot;
  Expr operand;
};
enum class BinaryOp {
  kOr, kAnd, kEq, kNe, kLt, kLe, kGt, kGe, kConcat, kAdd, kSub, kMul, kDiv, kMod,
  kGlob,    // ~  in filters only
  kBitAnd,  // &  in filters only
};
struct BinaryExpr : Node {
  BinaryOp op = BinaryOp::kAdd;
  Span op_span;
  Expr lhs;
  Expr rhs;
};
// (e): cuts several results down to one.
struct ParenExpr : Node {
  Expr inner;
};

// ---- events --------------------------------------------------------------------------------------------------------

// One step of a fetch argument, innermost first: %di, then +8(...) is {kReg di}, {kDeref 8}.
struct FetchStep {
  enum class Kind { kReg, kStackN, kStack, kRetval, kComm, kAddr, kSym, kDeref } kind = Kind::kReg;
  std::string name;    // register without %, symbol
  int64_t offset = 0;  // kStackN: N; kAddr: address; kSym, kDeref: offset
};
struct FetchArg {
  std::string name;  // empty: none was given
  std::string type;  // empty: u64
  std::vector<FetchStep> steps;
  Span span;
};

// One event of a trace statement, still without meaning: `system` is everything before the first ':'.
struct EventSpec : Node {
  std::string text;    // as written, blanks around it removed
  std::string system;  // "sched", "probe", "sdt", "*", ...
  std::string path;    // probe:PATH:SYM and sdt:PATH:..., else empty
  std::string event;   // event or symbol glob; for sdt: [provider:]name; empty when an offset stands alone
  int64_t offset = 0;  // +0x10 after a symbol, or the bare file offset
  bool is_return = false;
  std::vector<FetchArg> fetch;
};

// ---- statements ----------------------------------------------------------------------------------------------------

struct EmptyStmt;
struct VarStmt;
struct FunctionStmt;
struct IfStmt;
struct WhileStmt;
struct NumericForStmt;
struct CForStmt;
struct ForInStmt;
struct RepeatStmt;
struct DoStmt;
struct BreakStmt;
struct ContinueStmt;
struct ReturnStmt;
struct LabelStmt;
struct AssignStmt;
struct CallStmt;
struct TraceStmt;
struct TraceEndStmt;
struct TimerStmt;

using Stmt = std::variant<EmptyStmt*, VarStmt*, FunctionStmt*, IfStmt*, WhileStmt*, NumericForStmt*, CForStmt*,
                          ForInStmt*, RepeatStmt*, DoStmt*, BreakStmt*, ContinueStmt*, ReturnStmt*, LabelStmt*,
                          AssignStmt*, CallStmt*, TraceStmt*, TraceEndStmt*, TimerStmt*>;

struct Block : Node {
  std::vector<Stmt> stmts;
};

struct EmptyStmt : Node {};
struct VarStmt : Node {
  std::vector<Name> names;
  std::vector<Expr> values;
};
struct FunctionStmt : Node {  // function f() {} and var function f() {}
  Name name;
  FunctionBody* body = nullptr;
};
struct IfStmt : Node {
  struct Arm {
    Expr cond;
    Block* block = nullptr;
  };
  std::vector<Arm> arms;
  Block* otherwise = nullptr;  // nullptr: none
};
struct WhileStmt : Node {
  Expr cond;
  Block* block = nullptr;
};
struct NumericForStmt : Node {
  Name var;
  Expr from;
  Expr to;
  std::optional<Expr> step;
  Block* block = nullptr;
};
// for (i = e; cond; step): i is local to the loop; cond may be missing (true), init and step too.
struct CForStmt : Node {
  std::optional<Name> var;
  std::optional<Expr> init;  // set when var is
  std::optional<Expr> cond;
  std::optional<Stmt> step;  // AssignStmt or CallStmt
  Block* block = nullptr;
};
struct ForInStmt : Node {
  std::vector<Name> vars;
  std::vector<Expr> exprs;
  Block* block = nullptr;
};
struct RepeatStmt : Node {  // the condition sees the block's variables
  Block* block = nullptr;
  Expr cond;
};
struct DoStmt : Node {
  Block* block = nullptr;
};
struct BreakStmt : Node {};
struct ContinueStmt : Node {};
struct ReturnStmt : Node {
  std::vector<Expr> values;
};
struct LabelStmt : Node {
  Name name;
};
enum class AssignOp { kSet, kAdd, kSub };
struct AssignStmt : Node {  // kAdd and kSub have one target and one value
  std::vector<Expr> targets;  // NameExpr or IndexExpr
  AssignOp op = AssignOp::kSet;
  std::vector<Expr> values;
};
struct CallStmt : Node {
  Expr call;  // CallExpr or MethodCallExpr
};
struct TraceStmt : Node {
  std::vector<EventSpec*> events;
  std::optional<Expr> filter;
  FunctionBody* body = nullptr;  // no parameters
};
struct TraceEndStmt : Node {
  FunctionBody* body = nullptr;
};
struct TimerStmt : Node {
  bool is_profile = false;
  int64_t interval_ns = 0;
  std::string text;  // "tick-10ms"
  FunctionBody* body = nullptr;
};

struct Script {
  // Tapsets whose declarations stand before the script's own statements, each with how many of them there are.
  struct TapsetPart {
    std::string name;
    size_t n_stmts = 0;
  };
  std::vector<TapsetPart> tapsets;
  Block* block = nullptr;
};

inline Span span_of(const Expr& e) {
  return std::visit([](const auto* node) { return node->span; }, e);
}

inline Span span_of(const Stmt& s) {
  return std::visit([](const auto* node) { return node->span; }, s);
}

}  // namespace kt2ko::ast
