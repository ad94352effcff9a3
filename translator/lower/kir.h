// SPDX-License-Identifier: GPL-2.0
// KIR: the script as small typed C-like trees in which nothing is left to decide. Every call that can fail is a statement
// of its own; expressions have no effect and cannot fail. The emitter prints it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "catalog/user_sites.h"
#include "support/source.h"

namespace kt2ko::kir {

// The address of a tagged value.
struct Val {
  enum class Kind { kSlot, kConst, kCell, kUpvalue } kind = Kind::kSlot;
  int index = 0;  // slot of the frame, constant of the program, cell of the program, self->up[]
};

struct Expr;
using ExprPtr = std::shared_ptr<const Expr>;

struct AddressOf {  // &local
  std::string local;
};
struct Text {  // a symbol of ktr.h or of the emitted file, printed as it is
  std::string text;
};
struct Bytes {  // a string literal
  std::string bytes;
};
struct Conversion {  // a struct ktr_fmt
  char conv = 0;
  int flags = 0, width = 0xff, precision = 0xff;
};
using Arg = std::variant<Val, ExprPtr, AddressOf, Text, Bytes, Conversion>;

enum class Op { kOr, kAnd, kEq, kNe, kLt, kLe, kGt, kGe, kBitAnd, kAdd, kSub, kMul, kDiv, kMod };

struct IntLiteral {
  int64_t value = 0;
};
struct BoolLiteral {
  bool value = false;
};
struct Local {  // number, truth value or order
  std::string name;
};
struct NumberIn {  // the number (or truth value) in a value that is known to hold one
  Val val;
};
struct Member {  // text that yields a number: args[0].i
  std::string text;
};
struct Negate {
  ExprPtr operand;
};
struct Not {
  ExprPtr operand;
};
struct Binary {
  Op op = Op::kAdd;
  ExprPtr lhs, rhs;
};
struct PureCall {  // ktr_...() without effect that cannot fail
  std::string function;
  std::vector<Arg> args;
};
struct Expr {
  std::variant<IntLiteral, BoolLiteral, Local, NumberIn, Member, Negate, Not, Binary, PureCall> node;
};

struct Stmt;
using Body = std::vector<Stmt>;

struct Line {  // the script line that the following statements come from
  uint32_t line = 0;
};
struct SetLocal {
  std::string local;
  ExprPtr value;
};
struct SetNil {
  int slot = 0;
};
struct SetInt {
  int slot = 0;
  ExprPtr value;
};
struct SetBool {
  int slot = 0;
  ExprPtr value;
};
struct Copy {
  int slot = 0;
  Val from;
};
struct Call {  // cannot fail
  std::string function;
  std::vector<Arg> args;
};
struct Try {  // leaves the function when it fails
  std::string function;
  std::vector<Arg> args;
  uint32_t line = 0;
};
struct TryNext {  // the same, and leaves the loop on 0
  std::string function;
  std::vector<Arg> args;
  uint32_t line = 0;
};
struct Print {  // an output as arguments of a format of the program: tagged values, or numbers
  int format = 0;
  std::vector<Arg> values;
  bool fails = false;  // a conversion wants a number and its value may be none
  uint32_t line = 0;
};
struct LateArg {  // what a quick handler writes for a conversion
  enum class Kind { kNumber, kTaskName, kEventValue, kEventName } kind = Kind::kNumber;
  ExprPtr number;
  int value = 0;  // of the event
};
struct QuickPrint {
  int format = 0;
  std::vector<LateArg> args;
};
struct If {
  ExprPtr cond;
  Body then;
  Body otherwise;
};
struct Loop {  // until Break; Continue goes to the label before `step`
  Body body;
  std::string next_label;  // empty: nothing jumps there
  Body step;
};
struct Break {};
struct Goto {
  std::string label;
};
struct SaveTop {  // mark = top of the slot stack
  std::string mark;
};
struct RestoreTop {
  std::string mark;
};
struct ReturnVals {  // n values at `first`
  Arg first;
  Arg count;
};
struct ReturnCode {  // rc = function(args): a tail call, which can fail in `line`; or rc = value for filters
  std::string function;
  std::vector<Arg> args;
  ExprPtr value;
  uint32_t line = 0;
};
struct Stmt {
  std::variant<Line, SetLocal, SetNil, SetInt, SetBool, Copy, Call, Try, TryNext, Print, QuickPrint, If, Loop, Break, Goto,
               SaveTop, RestoreTop, ReturnVals, ReturnCode>
      node;
};

enum class LocalType { kNumber, kBool, kOrder, kMark, kIterator, kWay, kOwn };
struct LocalDecl {
  std::string name;
  LocalType type = LocalType::kNumber;
  bool read = false;
};

// Why something is as it is, in words that follow "because", and where in the script; line 0: nowhere in particular.
struct Reason {
  std::string text;
  uint32_t line = 0;
};

enum class FunctionRole { kCode, kFilter };
struct Function {
  std::string c_name;
  std::string title;  // what it is in the script's terms
  FunctionRole role = FunctionRole::kCode;
  uint32_t line = 0;
  int n_slots = 0;
  int n_params = 0;   // copied from args into the first slots
  bool cold = false;  // no event runs it: the main chunk, the end, and what only they call
  bool frameless = false;  // needs no slots and nothing in it can fail: no frame of the slot stack
  bool leaf = false;       // frameless, and it only computes and adds to counters: needs no context either
  Reason no_leaf;          // what it needs a context for; empty: it is a leaf
  std::vector<LocalDecl> locals;
  Body body;
};

// A constant value.
struct Const {
  enum class Kind { kNil, kFalse, kTrue, kInt, kStr, kFunc, kLib } kind = Kind::kNil;
  int64_t number = 0;
  std::string text;  // kStr: bytes; kFunc: C name of the function object; kLib: id of the library function
};

// A format of outputs whose text is made by the reader: struct ktr_line_format.
struct Format {
  std::string text, convs;
  size_t bound = 0;
};

// A function object without captured variables.
struct FuncObject {
  std::string c_name;
  std::string code;
  std::string name;
  int n_params = 0;
  bool exported = false;  // by the module of a prebuilt tapset
};

struct FetchStep {
  std::string op;  // KTR_FETCH_...
  int64_t offset = 0;
  std::string name;
};
struct Fetch {
  std::string name, type;
  std::vector<FetchStep> steps;
};
struct Probe {
  std::string kind;  // KTR_PROBE_...
  std::string text;
  std::string system, event, path;  // empty: NULL
  int64_t offset = 0;
  int64_t interval_ns = 0;
  std::vector<Fetch> fetch;
  std::shared_ptr<const UserSites> sites;  // user-space kinds, when they were found
};

// A value of the event that a quick handler uses: its slot (catalog/event_values.h) and what it has to be.
struct QuickValue {
  enum class Kind { kInt, kText, kEither } kind = Kind::kInt;
  int slot = 0;
  QuickValue(int slot_, Kind kind_) : kind(kind_), slot(slot_) {}
};
// How the keys of a site are found: enum ktr_site_kind of ktr_leaf.h.
enum class AdderKind { kWords, kOne, kName, kParts };
enum class Cells { kNone, kNumber, kStats, kHist };  // what each CPU has of an element that quick handlers add to
struct Adder {  // a statement of a quick handler that adds to a table element
  std::string c_name;
  AdderKind kind = AdderKind::kWords;
  std::string agg;  // enum ktr_agg_kind; empty: it adds numbers
  Cells cells = Cells::kNumber;
  std::vector<bool> text_parts;  // kParts: for each part of the key, whether it is a text
};
// A handler with its filter that needs no context: see ktr_leaf.h.
struct Quick {
  std::string c_name;
  std::vector<QuickValue> values;
  std::vector<LocalDecl> locals;
  Body body;     // has no effects; jumps to `bail`, and to `done`, where they follow
  Body effects;
  bool jumps_to_done = false;
  bool prints_name = false;  // of the event
};

struct Trace {
  std::string c_name;
  uint32_t line = 0;
  uint32_t uses = 0;
  std::vector<Probe> probes;
  std::string filter;  // C name; empty: none
  std::string handler;  // C name of its code; empty: a closure
  std::string leaf;     // C name of handler and filter as a leaf; empty: they are none
  std::string leaf_fn;  // the same for hooks of function entries; empty: no such event
  Reason no_leaf;       // why they are none; empty: they are
  std::shared_ptr<const Quick> quick;  // handler and filter as a quick one; nullptr: they are none
  Reason no_quick;      // why they are none; empty: they are, or need not be, as they are a leaf
  std::vector<int> fields;
  uint64_t values = 0;  // slots of values that it uses (catalog/event_values.h); 0: none, or it cannot be told
};

struct Variable {
  std::string c_name;
  std::string title;
  enum class Kind { kCell, kNumber, kCounter, kSpread } kind = Kind::kCell;
};

// A limit that the script is built with (ktr_limits.h).
struct Limit {
  std::string c_name;  // KTR_LIM_...
  int64_t value = 0;
};

// ---- ffi: what the glue is made of, the C file that knows C types. --------------------------------------------------

struct FfiPlace {  // in the script
  Span span;
  uint32_t line = 0;
};
struct FfiType {
  enum class Kind { kNamed, kNew, kMember, kElement, kCall } kind = Kind::kNamed;
  std::string text;     // type, member, function
  int parent = -1;
  size_t n_args = 0;    // kCall
  FfiPlace place;
};
struct FfiFunction {
  enum class Kind { kGet, kSet, kCast, kNew, kSize, kCall } kind = Kind::kGet;
  std::string c_name;
  int type = -1;        // kGet, kSet: of the member or element; else of what is made, cast, called or measured
  int value_type = -1;  // kSet: of what is stored; -1: a plain value
  size_t n_args = 0;    // kCall
  FfiPlace place;
};
struct FfiText {  // a header, or declarations
  bool header = false;
  std::string text;
  FfiPlace place;
};
struct FfiSame {  // two types that have to be compatible
  int first = -1, other = -1;
  FfiPlace place;
};
struct Ffi {
  std::vector<FfiText> texts;
  std::vector<FfiType> types;
  std::vector<FfiFunction> functions;
  std::vector<FfiSame> same;
  bool unsafe = false;
  bool used = false;
};

// A file whose lines are those from first_line on, up to the next file.
struct File {
  std::string name;  // as running modules show it: no directories
  uint32_t first_line = 1;
};

// A tapset that is a module of its own.
struct LinkedTapset {
  std::string name;
  std::string symbol;  // C name of its description
};

struct Program {
  std::string module_name;
  std::string file_name;
  std::vector<File> tapsets;              // behind the script
  std::vector<std::string> source_lines;  // for comments; [0] is line 1
  std::vector<Const> consts;
  std::vector<Variable> variables;  // cells are indexed by their position among the cells
  std::vector<std::string> cells;   // C names
  std::vector<std::string> fields;
  std::vector<std::string> symbols;
  std::vector<FuncObject> func_objects;
  std::string prebuilt;              // this is a tapset's module: C name of its description
  std::vector<LinkedTapset> linked;  // prebuilt tapsets that are used
  std::vector<std::string> foreign;  // C names of the functions of those that are
  std::vector<Function> functions;  // in the order of their emission
  std::vector<Trace> traces;
  std::vector<Adder> adders;
  std::vector<Format> formats;
  std::vector<Limit> limits;
  size_t n_owns = 0;  // tables whose elements belong to threads
  bool user_stacks = false;  // it takes them
  Ffi ffi;
  std::string main;
};

// Readable text of a program, for --dump-after=lower.
std::string dump(const Program& program);

}  // namespace kt2ko::kir
