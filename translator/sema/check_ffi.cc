// SPDX-License-Identifier: GPL-2.0
// What can be told of a script's use of ffi without a C compiler: the texts that go to it, and what needs --unsafe.
#include <fmt/format.h>

#include <cctype>
#include <cstring>

#include "sema/analyze.h"
#include "sema/walk.h"

namespace kt2ko::sema {

using namespace ast;

namespace {

constexpr char kUnsafeHint[] =
    "it can crash the machine: build with kt2ko --unsafe if that is what you want";

bool is_word(char c) { return isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// A type's text goes into C as it is: only what types are made of may stand in it.
bool is_type_text(const std::string& text) {
  bool has_word = false;
  for (const char c : text) {
    if (!is_word(c) && !strchr(" \t\n*[]()+-,", c)) return false;
    has_word = has_word || isalpha(static_cast<unsigned char>(c));
  }
  return has_word;
}

bool is_header_text(const std::string& text) {
  for (const char c : text)
    if (!is_word(c) && !strchr("/.-+", c)) return false;
  return !text.empty();
}

// Declarations, with comments and without; positions stay.
std::string without_comments(std::string text) {
  for (size_t at = 0; at + 1 < text.size(); ++at) {
    const bool line = text[at] == '/' && text[at + 1] == '/';
    if (!line && !(text[at] == '/' && text[at + 1] == '*')) continue;
    const size_t end = line ? text.find('\n', at) : text.find("*/", at + 2);
    for (size_t last = end == std::string::npos ? text.size() : end + (line ? 0 : 2); at < last; ++at)
      if (text[at] != '\n') text[at] = ' ';
  }
  return text;
}

// Why declarations cannot be taken, empty: they can. Only declarations: code and data would be C of the script's own, which
// nothing checks.
std::string refusal_of(const std::string& declarations) {
  const std::string text = without_comments(declarations);
  char last = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"' || c == '\'' || c == '\\') return fmt::format("a {} cannot stand in declarations", c);
    if (c == '{' && last == ')') {
      // a packed record has its attribute there
      const size_t attribute = text.rfind("__attribute__", at);
      if (attribute == std::string::npos || text.find_first_of(";{}", attribute) != at)
        return "functions cannot be defined, only declared";
    }
    if (c == '#' && text.compare(at, 12, "#pragma pack") != 0) return "only #pragma pack can be used of the preprocessor";
    if (!isspace(static_cast<unsigned char>(c))) last = c;
    if (!is_word(c) || (at && is_word(text[at - 1]))) continue;
    size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    const std::string word = text.substr(at, end - at);
    for (const char* bad : {"asm", "__asm__", "__asm", "static", "constructor", "destructor", "section", "alias"})
      if (word == bad || word == fmt::format("__{}__", bad)) return fmt::format("'{}' cannot be used", word);
  }
  return last == 0 || last == ';' || text.find("#pragma") != std::string::npos ? "" : "a declaration ends with ';'";
}

class FfiChecker : public Walker<FfiChecker> {
 public:
  FfiChecker(const Model& model, bool unsafe, Diags& diags) : model_(model), unsafe_(unsafe), diags_(diags) {}

  void stmt(const Stmt& s) {
    const auto* a = std::get_if<AssignStmt*>(&s);
    if (!a) return;
    for (const Expr& t : (*a)->targets) {
      const auto* i = std::get_if<IndexExpr*>(&t);
      const auto step = i ? model_.ffi_steps.find(*i) : model_.ffi_steps.end();
      if (step == model_.ffi_steps.end() || unsafe_ || !model_.is_foreign(step->second)) continue;
      diags_.error(Code::KT3022, (*i)->span, "this writes to memory that is not the script's own").hint = kUnsafeHint;
    }
  }

  void expr(const Expr& e) {
    const auto* c = std::get_if<CallExpr*>(&e);
    const FfiForm* form = model_.ffi_form(e);
    if (!form) return;
    switch (form->kind) {
      case FfiForm::Kind::kInclude:
        if (!is_header_text(form->text)) bad_text(*form, "this is no header's name");
        break;
      case FfiForm::Kind::kCdef: {
        const std::string refusal = refusal_of(form->text);
        if (!refusal.empty()) bad_text(*form, "ffi.cdef: " + refusal);
        break;
      }
      case FfiForm::Kind::kNew:
      case FfiForm::Kind::kSizeofType: type_text(*form); break;
      case FfiForm::Kind::kCast:
        type_text(*form);
        address((*c)->args[1]);
        break;
      case FfiForm::Kind::kSizeofValue: break;
      case FfiForm::Kind::kCall:
        if (!unsafe_)
          diags_.error(Code::KT3022, form->text_span, fmt::format("this calls the C function '{}'", form->text)).hint =
              kUnsafeHint;
        break;
    }
  }

 private:
  void bad_text(const FfiForm& form, const std::string& message) {
    diags_.error(Code::KT1027, form.text_span, message);
  }
  void type_text(const FfiForm& form) {
    if (!is_type_text(form.text)) bad_text(form, "this is no C type");
  }
  void address(const Expr& e) {
    const TypeSet is = model_.types_of(e);
    if (is && !(is & (type::kInt | type::kNil | type::kKip)))
      diags_.error(Code::KT2006, span_of(e), "ffi.cast takes an address, which is a number");
  }

  const Model& model_;
  bool unsafe_;
  Diags& diags_;
};

}  // namespace

void check_ffi(const Script& script, const Model& model, bool unsafe, Diags& diags) {
  if (!model.ffi_order.empty()) FfiChecker(model, unsafe, diags).walk(*script.block);
}

}  // namespace kt2ko::sema
