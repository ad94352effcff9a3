// SPDX-License-Identifier: GPL-2.0
// What the semantic passes find out about a script: side tables over the syntax tree, which itself stays as it is.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ast/ast.h"
#include "catalog/builtins.h"
#include "catalog/event_use.h"
#include "catalog/user_sites.h"

namespace kt2ko::sema {

struct Function;

// One declared variable, parameter or implicit global.
struct Variable {
  std::string name;
  Span decl;
  int id = 0;
  Function* owner = nullptr;
  bool is_param = false;
  bool is_implicit = false;        // an undeclared global
  bool is_library = false;         // a library table that the script uses as a value
  bool in_loop = false;            // declared inside a loop of its function: fresh for every round
  bool captured = false;           // used by a function inside its owner
  int n_stores = 0;                // assignments besides the declaration's initialiser
  bool stored_by_inner = false;    // one of them in another function than the owner
  // The first places where event handlers may run that do += or -=, read it, assign to it.
  std::optional<Span> added_in_event, read_in_event, stored_in_event;
  Function* function = nullptr;    // the function it is initialised with
  std::vector<const ast::Expr*> values;  // everything that is assigned, for inference
  std::vector<const ast::Expr*> added;   // what += adds
  bool aggregated = false;         // holds aggregations, by a declaration, an assignment or +=
  bool value_unknown = false;      // some assignment's value is not one expression
  int ctype = -1;                  // the C type of what it points to, see CType
  TypeSet types = type::kNone;

  // Always a number: also a count or a sum and nothing else, which are plain numbers that are added to.
  bool is_number() const { return types == type::kInt || types == type::kCount || types == type::kSum; }
  // The function that a call of this name certainly runs.
  Function* known_function() const { return n_stores == 0 ? function : nullptr; }
};

enum class FunctionKind { kMain, kPlain, kEvent, kTick, kEnd };

// The main chunk, a script function or a handler.
struct Function {
  FunctionKind kind = FunctionKind::kPlain;
  std::string name;  // "main chunk", "bucket", "function at line 3", "trace sched:*"
  Span span;
  int id = 0;
  Function* parent = nullptr;
  const ast::FunctionBody* body = nullptr;  // nullptr: main chunk
  const ast::Block* block = nullptr;
  const ast::TraceStmt* trace = nullptr;    // handlers of trace statements
  std::vector<Variable*> params;
  bool is_vararg = false;
  bool in_handler = false;       // lexically inside an event handler: unknown names are event fields
  bool escapes = false;          // used as a value: any caller, any arguments
  bool may_run_in_event = false;
  bool calls_unknown = false;
  uint32_t uses = 0;             // KTR_USES_* bits of its own text
  uint64_t values = 0;           // values of the event that its own text uses, see event_values.h
  std::vector<Variable*> captures;  // variables of enclosing functions that it or a function in it uses
  std::vector<Function*> callees;
  std::vector<int> fields;       // ids of event fields its text needs
  TypeSet result = type::kNone;
  bool one_result = false;       // every call gives exactly one value
  int result_ctype = -1;
};

// The C type of an expression, as far as the translator knows it: where it comes from. What it is, the C compiler knows.
struct CType {
  enum class Kind {
    kNamed,    // ffi.cast("TEXT", x)
    kNew,      // ffi.new("TEXT")
    kMember,   // a member of a value of the type `parent`
    kElement,  // p[i] of such a value
    kCall,     // what the C function TEXT returns
  } kind = Kind::kNamed;
  std::string text;  // type, member, function
  int parent = -1;
  Span span;  // where the script first says so
  const ast::CallExpr* call = nullptr;  // kCall: one of its calls
};

// A use of ffi that is written as a call.
struct FfiForm {
  enum class Kind { kInclude, kCdef, kNew, kCast, kSizeofType, kSizeofValue, kCall } kind = Kind::kCast;
  std::string text;    // header, declarations, type, function
  Span text_span;      // of the string or name
  int ctype = -1;      // of the result; kSizeofType, kSizeofValue: whose size is asked for
};

// Values of two C types meet in one variable: the C compiler has to find them compatible.
struct CTypeMeeting {
  int first = -1, other = -1;
  Span span;
};

// What a name in the script stands for.
struct NameRef {
  enum class Kind { kVariable, kBuiltin, kLibraryTable, kArg, kField, kString, kFfi } kind = Kind::kVariable;
  Variable* variable = nullptr;
  const Builtin* builtin = nullptr;
  int field = 0;
};

// Facts about loops and blocks are looked up by node address.
class Model {
 public:
  std::deque<Variable> variables;
  std::deque<Function> functions;  // [0] is the main chunk
  std::vector<std::string> fields;  // names of event fields; ids index this
  std::vector<std::string> symbols; // backtick symbols
  std::unordered_map<const ast::NameExpr*, NameRef> names;
  std::unordered_map<const ast::Name*, Variable*> declared;  // var, for and parameter names
  std::unordered_map<const ast::FunctionBody*, Function*> bodies;
  std::unordered_map<const ast::SymbolExpr*, int> symbol_ids;
  std::unordered_map<const ast::IndexExpr*, const Builtin*> members;  // table.new and the like
  std::unordered_map<const ast::EventSpec*, std::shared_ptr<const UserSites>> user_sites;  // those that were found
  std::vector<CType> ctypes;
  std::vector<const ast::CallExpr*> ffi_order;  // the keys of ffi_forms as the script has them
  std::unordered_map<const ast::CallExpr*, FfiForm> ffi_forms;
  std::unordered_map<const ast::IndexExpr*, int> ffi_steps;  // members and elements of C values: their types
  std::vector<CTypeMeeting> ctype_meetings;
  std::vector<EventUse> event_uses;  // of trace statements in their order, where the kernel's facts are known
  std::unordered_map<const ast::EventWordExpr*, int> word_fields;  // pid in a filter: field id that goes first

  Function& main() { return functions.front(); }
  const Function& main() const { return functions.front(); }
  int field_id(const std::string& name);
  int symbol_id(const std::string& name);

  int ctype_id(CType::Kind kind, const std::string& text, int parent, Span span);
  // The C type of what an expression's value points to; -1: it is a plain value.
  int ctype_of(const ast::Expr& e) const;
  const FfiForm* ffi_form(const ast::Expr& e) const;  // nullptr: it is none
  // True for memory that is not made by ffi.new(), as far as can be told.
  bool is_foreign(int ctype) const;

  const NameRef& ref(const ast::NameExpr* e) const { return names.at(e); }
  // The types that an expression can have.
  TypeSet types_of(const ast::Expr& e) const;
  // True for a call or `...` that can give any number of values at the end of a list.
  bool is_open_ended(const ast::Expr& e) const;
  // The library function that `callee` names, or nullptr.
  const Builtin* builtin_of(const ast::Expr& callee) const;
  // The row of count(), hist() and the like when `e` is a call of it, or nullptr.
  const Builtin* aggregate_of(const ast::Expr& e) const;
  // The script function that calling `callee` certainly runs, or nullptr.
  Function* function_of(const ast::Expr& callee) const;
};

// A function and all that it may call; empty when that cannot be told.
std::unordered_set<const Function*> reach(const Function& f);
// What reading a variable gives that holds `set`: samples read as numbers.
TypeSet read_types(TypeSet set);
// What += leaves in a variable when it adds `set`: numbers, unless it is certainly something else.
TypeSet added_types(TypeSet set);
// (e), ((e)) -> e
const ast::Expr& strip_parens(const ast::Expr& e);
// A call or `...`: can give any number of values at the end of a list.
bool is_multi(const ast::Expr& e);

}  // namespace kt2ko::sema
