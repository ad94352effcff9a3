// SPDX-License-Identifier: GPL-2.0
#include "driver/prebuilt.h"

#include <fmt/format.h>

#include <optional>

#include "ast/ast.h"
#include "driver/script_module.h"
#include "parse/parse.h"
#include "project/files.h"
#include "project/module_name.h"
#include "project/sha256.h"
#include "project/share.h"
#include "sema/link_tapsets.h"

namespace kt2ko {
namespace {

// Names of the functions of a tapset's text that others may use; nullopt: it is wrong.
std::optional<std::vector<std::string>> open_functions(const TapsetText& text) {
  Source source(text.path, text.text);
  Arena arena;
  Diags diags;
  std::vector<std::string> names;
  const ast::Script* script = parse(source, arena, diags);
  if (!script) return std::nullopt;
  for (const ast::Stmt& s : script->block->stmts) {
    const auto* f = std::get_if<ast::FunctionStmt*>(&s);
    if (f && (*f)->name.text[0] != '_') names.push_back((*f)->name.text);
  }
  return names;
}

}  // namespace

std::string tapset_module(const std::string& tapset) { return "kt2ko_" + module_name_from(tapset); }

Source script_of_tapset(const std::string& name, const FindTapset& find) {
  const std::optional<TapsetText> text = find(name);
  const auto functions = text ? open_functions(*text) : std::nullopt;
  if (!functions) return Source(name, fmt::format("{}._()\n", name));
  std::string list;
  for (const std::string& function : *functions) list += fmt::format("{}{}.{}", list.empty() ? "" : ", ", name, function);
  return Source(name, fmt::format("var exports = {{ {} }}\n", list));
}

std::string tapset_hash(const std::string& name, const FindTapset& find) {
  Fingerprint key;
  key.add(KT2KO_VERSION);
  Source source = script_of_tapset(name, find);
  Arena arena;
  Diags diags;
  if (ast::Script* script = parse(source, arena, diags)) sema::link_tapsets(script, &source, find, &arena, &diags);
  key.add(std::string(source.text()));
  const Result<fs::path> share = find_share();
  if (share.ok()) key.add_tree(share.value() / "runtime-c" / "include");
  return key.hex();
}

std::string why_not_prebuilt(const kir::Program& program) {
  if (!program.fields.empty()) return fmt::format("it uses the field '{}' of events, which each script numbers", program.fields[0]);
  if (!program.symbols.empty())
    return fmt::format("it uses the kernel's symbol '{}', which each script finds for itself", program.symbols[0]);
  if (!program.traces.empty()) return "it traces events";
  for (const kir::FfiFunction& f : program.ffi.functions)
    if (f.kind == kir::FfiFunction::Kind::kCall) return "it calls C functions";
  return "";
}

Result<LinkedTapset> find_linked(const kir::LinkedTapset& tapset, const Options& options) {
  const std::string module = tapset_module(tapset.name);
  const std::string remedy = fmt::format("kt2ko tapset {} makes {}.ko and {}.symvers", tapset.name, module, module);
  std::vector<std::string> folders = options.tapset_folders;
  folders.push_back(".");
  for (const std::string& folder : folders) {
    const fs::path path = fs::path(folder) / (module + ".symvers");
    const std::optional<std::string> text = read_file(path);
    if (text && text->find("\t" + tapset.symbol + "\t") != std::string::npos) return LinkedTapset{module, *text};
    if (text)
      return Failure{kRefused, fmt::format("{} is of another text of the tapset, or of another kt2ko", path.string()), remedy};
  }
  return Failure{kRefused, fmt::format("the tapset '{}' has no module here: {}.symvers is in none of the folders", tapset.name, module),
                 remedy + "; name their folder with -I"};
}

}  // namespace kt2ko
