// SPDX-License-Identifier: GPL-2.0
#include "sema/link_tapsets.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "catalog/builtins.h"
#include "catalog/nearest.h"
#include "parse/parse.h"
#include "sema/walk.h"

namespace kt2ko::sema {
namespace {

using namespace ast;

// The names that a text declares: itself, functions in it left out, and anywhere.
class Declared : public Walker<Declared> {
 public:
  std::set<std::string> own, all;
  std::set<std::string> assigned;  // anywhere

  // What hides tapsets in the whole of a script or tapset: what it declares outside of functions, and what becomes a
  // variable of the whole script by being assigned to.
  std::set<std::string> hiding() const {
    std::set<std::string> names = own;
    for (const std::string& name : assigned)
      if (!all.count(name)) names.insert(name);
    return names;
  }

  void stmt(const Stmt& s) {
    std::visit(Overloaded{
                   [&](const VarStmt* n) {
                     for (const Name& name : n->names) add(name);
                   },
                   [&](const FunctionStmt* n) { add(n->name); },
                   [&](const NumericForStmt* n) { add(n->var); },
                   [&](const CForStmt* n) {
                     if (n->var) add(*n->var);
                   },
                   [&](const ForInStmt* n) {
                     for (const Name& name : n->vars) add(name);
                   },
                   [&](const AssignStmt* n) {
                     for (const Expr& target : n->targets)
                       if (const auto* name = std::get_if<NameExpr*>(&target)) assigned.insert((*name)->name);
                   },
                   [](const auto*) {},
               },
               s);
  }
  void enter(const FunctionBody& body) {
    ++depth_;
    for (const Name& name : body.params) add(name);
  }
  void leave(const FunctionBody&) { --depth_; }

 private:
  void add(const Name& name) {
    if (depth_ == 0) own.insert(name.text);
    all.insert(name.text);
  }
  int depth_ = 0;
};

// What a function declares itself, parameters included.
std::set<std::string> declared_in(const FunctionBody& body) {
  Declared declared;
  declared.walk(*body.block);
  for (const Name& name : body.params) declared.own.insert(name.text);
  return std::move(declared.own);
}

// One declaration of a tapset.
struct Item {
  Stmt stmt;
  bool wanted = false;
};

struct Tapset {
  std::string name;
  std::set<std::string> hiding;          // names that hide tapsets in it
  std::vector<Item> items;
  std::map<std::string, size_t> by_name;
  std::vector<Stmt> ffi;                 // ffi.include, ffi.cdef
  bool uses_ffi = false;
  bool placed = false;
  bool being_placed = false;
  std::vector<std::pair<Tapset*, Span>> needs;  // other tapsets, and where first, in the order of the text
};

bool is_ffi_text(const Stmt& s) {
  const auto* call = std::get_if<CallStmt*>(&s);
  const auto* e = call ? std::get_if<CallExpr*>(&(*call)->call) : nullptr;
  const auto* member = e ? std::get_if<IndexExpr*>(&(*e)->callee) : nullptr;
  const auto* object = member && (*member)->is_member ? std::get_if<NameExpr*>(&(*member)->object) : nullptr;
  if (!object || (*object)->name != "ffi") return false;
  const std::string& what = std::get<StringExpr*>((*member)->keys[0])->bytes;
  return what == "include" || what == "cdef";
}

class Linker {
 public:
  Linker(Source* source, const FindTapset& find, Arena* arena, Diags* diags, bool as_modules)
      : source_(source), find_(find), arena_(arena), diags_(diags), as_modules_(as_modules) {}

  void run(Script* script) {
    Declared declared;
    declared.walk(*script->block);
    link(script->block, nullptr, declared.hiding());
    if (order_.empty() || diags_->has_errors()) return;
    auto* whole = arena_->make<Block>(*script->block);
    whole->stmts.clear();
    for (Tapset* tapset : order_) place(tapset, script, whole);
    whole->stmts.insert(whole->stmts.end(), script->block->stmts.begin(), script->block->stmts.end());
    script->block = whole;
  }

 private:
  // Replaces uses of tapsets in a piece of text, and asks for what they need.
  class Uses : public Walker<Uses, true> {
   public:
    Uses(Linker* linker, Tapset* inside, const std::set<std::string>& hiding) : linker_(linker), inside_(inside), hiding_{hiding} {}

    void enter(FunctionBody& body) { hiding_.push_back(declared_in(body)); }
    void leave(FunctionBody&) { hiding_.pop_back(); }

    void stmt(Stmt& s) {
      // What is assigned to is no use: the names before the dots are judged as names.
      if (const auto* n = std::get_if<AssignStmt*>(&s))
        for (const Expr& target : (*n)->targets) targets_.insert(&target);
    }

    void expr(Expr& e) {
      if (const auto* n = std::get_if<NameExpr*>(&e)) {
        if (inside_) linker_->use_own(inside_, (*n)->name);
        return;
      }
      const auto* member = std::get_if<IndexExpr*>(&e);
      if (!member || !(*member)->is_member || targets_.count(&e)) return;
      const auto* object = std::get_if<NameExpr*>(&(*member)->object);
      if (!object || is_hidden((*object)->name)) return;
      const std::string& name = std::get<StringExpr*>((*member)->keys[0])->bytes;
      if (!linker_->use_other(inside_, (*object)->name, name, (*member)->span)) return;
      auto* joined = linker_->arena_->make<NameExpr>();
      joined->span = (*member)->span;
      joined->name = (*object)->name + "." + name;
      e = joined;
    }

   private:
    bool is_hidden(const std::string& name) const {
      return std::any_of(hiding_.begin(), hiding_.end(), [&](const auto& names) { return names.count(name); });
    }

    Linker* linker_;
    Tapset* inside_;  // nullptr: the script itself
    std::vector<std::set<std::string>> hiding_;  // of the whole text, then of the functions around
    std::set<const Expr*> targets_;
  };

  template <typename T>
  void link(T* text, Tapset* inside, const std::set<std::string>& hiding) {
    Uses(this, inside, hiding).walk(*text);
  }

  void use_own(Tapset* tapset, const std::string& name) {
    if (name == "ffi") tapset->uses_ffi = true;
    const auto it = tapset->by_name.find(name);
    if (it != tapset->by_name.end()) want(tapset, it->second);
  }

  // True when the tapset has it.
  bool use_other(Tapset* inside, const std::string& name, const std::string& member, Span span) {
    if (name == "ffi" || find_builtin(name + "." + member)) return false;
    Tapset* tapset = tapset_of(name, span);
    if (!tapset) return false;
    const auto it = tapset->by_name.find(member);
    const bool is_open = tapset == inside || member.empty() || member[0] != '_';
    if (it == tapset->by_name.end() || !is_open) {
      if (!is_library_table(name)) report_missing(*tapset, member, span);
      return false;
    }
    if (inside && inside != tapset) need(inside, tapset, span);
    if (!inside && as_modules_ && std::holds_alternative<VarStmt*>(tapset->items[it->second].stmt))
      diags_->error(Code::KT3027, span, fmt::format("'{}.{}' is a variable, and modules of tapsets have only functions for others", name, member))
          .hint = "give the tapset a function that returns it, or leave out --link-tapsets";
    want(tapset, it->second);
    return true;
  }

  static void need(Tapset* tapset, Tapset* other, Span span) {
    const bool known = std::any_of(tapset->needs.begin(), tapset->needs.end(), [&](const auto& n) { return n.first == other; });
    if (!known) tapset->needs.push_back({other, span});
  }

  void report_missing(const Tapset& tapset, const std::string& member, Span span) {
    Diag& d = diags_->error(Code::KT3010, span, fmt::format("the tapset '{}' has no '{}'", tapset.name, member));
    Nearest nearest(member);
    for (const auto& [name, item] : tapset.by_name)
      if (name[0] != '_') nearest.look_at(name);
    if (!nearest.best().empty()) d.hint = fmt::format("did you mean '{}.{}'?", tapset.name, nearest.best());
  }

  void want(Tapset* tapset, size_t number) {
    Item& item = tapset->items[number];
    if (item.wanted) return;
    item.wanted = true;
    link(&item.stmt, tapset, tapset->hiding);
  }

  // Read when it is first asked for; nullptr: there is none of that name, or it is wrong.
  Tapset* tapset_of(const std::string& name, Span span) {
    const auto known = tapsets_.find(name);
    if (known != tapsets_.end()) return known->second.get();
    std::unique_ptr<Tapset>& tapset = tapsets_[name];
    std::optional<TapsetText> found = find_(name);
    if (!found) return nullptr;
    source_->append(found->path, found->text);
    const size_t errors = diags_->error_count();
    const ast::Script* parsed = parse(*source_, *arena_, *diags_);
    if (!parsed) {
      if (diags_->error_count() == errors) diags_->error(Code::KT3023, span, fmt::format("the tapset '{}' cannot be read", name));
      return nullptr;
    }
    tapset = std::make_unique<Tapset>();
    tapset->name = name;
    order_.push_back(tapset.get());
    sort_items(*parsed->block, tapset.get());
    return tapset.get();
  }

  void sort_items(const Block& block, Tapset* tapset) {
    Declared declared;
    declared.walk(block);
    tapset->hiding = declared.hiding();
    for (const Stmt& s : block.stmts) {
      std::vector<std::string> own;
      if (const auto* v = std::get_if<VarStmt*>(&s))
        for (const Name& n : (*v)->names) own.push_back(n.text);
      if (const auto* f = std::get_if<FunctionStmt*>(&s)) own.push_back((*f)->name.text);
      if (!own.empty()) {
        for (const std::string& name : own) tapset->by_name.emplace(name, tapset->items.size());
        tapset->items.push_back({s, false});
      } else if (is_ffi_text(s)) {
        tapset->ffi.push_back(s);
      } else if (!std::holds_alternative<EmptyStmt*>(s)) {
        diags_->error(Code::KT3023, span_of(s), fmt::format("this cannot stand in a tapset ('{}')", tapset->name)).hint =
            "a tapset holds functions, variables (var), ffi.include and ffi.cdef";
      }
    }
  }

  // After the tapsets that it needs.
  void place(Tapset* tapset, Script* script, Block* whole) {
    if (tapset->placed) return;
    tapset->being_placed = true;
    for (const auto& [other, span] : tapset->needs) {
      if (other->being_placed) {
        diags_->error(Code::KT3024, span, fmt::format("the tapsets '{}' and '{}' need each other", tapset->name, other->name))
            .hint = "put what both need into a third one";
        continue;
      }
      place(other, script, whole);
    }
    tapset->being_placed = false;
    tapset->placed = true;
    const size_t before = whole->stmts.size();
    if (tapset->uses_ffi) whole->stmts.insert(whole->stmts.end(), tapset->ffi.begin(), tapset->ffi.end());
    for (const Item& item : tapset->items)
      if (item.wanted) whole->stmts.push_back(item.stmt);
    script->tapsets.push_back({tapset->name, whole->stmts.size() - before});
  }

  Source* source_;
  const FindTapset& find_;
  Arena* arena_;
  Diags* diags_;
  bool as_modules_;
  std::map<std::string, std::unique_ptr<Tapset>> tapsets_;
  std::vector<Tapset*> order_;
};

}  // namespace

void link_tapsets(Script* script, Source* source, const FindTapset& find, Arena* arena, Diags* diags, bool as_modules) {
  if (find) Linker(source, find, arena, diags, as_modules).run(script);
}

}  // namespace kt2ko::sema
