// SPDX-License-Identifier: GPL-2.0
#include "parse/parse.h"

#include <fmt/format.h>

#include "parse/build_ast.h"
#include "parse/error_strategy.h"
#include "parse/prescan.h"

namespace kt2ko {

namespace {

bool is_acceptable(const Source& source, Diags& diags) {
  if (source.original_size() > kMaxSource) {
    diags.error(Code::KT4001, {}, fmt::format("the script is too large: {} bytes, at most {} are possible",
                                              source.original_size(), kMaxSource));
    return false;
  }
  if (source.looks_binary()) {
    diags.error(Code::KT1024, {}, "this is a binary file, not a script").hint = "scripts are plain text, best in UTF-8";
    return false;
  }
  return true;
}

// The last part, with blanks in place of what stands before it: so its offsets are right from the start.
std::string text_to_parse(const Source& source) {
  const uint32_t begin = source.parts().back().begin;
  return std::string(begin, ' ').append(source.text().substr(begin));
}

}  // namespace

ast::Script* parse(const Source& source, Arena& arena, Diags& diags) {
  size_t errors_before = diags.error_count();
  if (!is_acceptable(source, diags)) return nullptr;
  const std::string text = text_to_parse(source);
  ByteStream bytes(text);
  ScriptLexer lexer(&bytes, text);
  antlr4::CommonTokenStream stream(&lexer);
  stream.fill();
  std::vector<antlr4::Token*> tokens = stream.getTokens();
  Prescan scan = prescan(source, tokens, diags);
  if (!scan.ok) return nullptr;

  antlr::KtapParser parser(&stream);
  parser.removeErrorListeners();
  parser.setErrorHandler(std::make_shared<ErrorStrategy>(source, scan.depth, diags));
  // The grammar needs two tokens at most, never the context: prediction without context decides everything.
  parser.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(antlr4::atn::PredictionMode::SLL);
  ast::Script* script = nullptr;
  try {
    auto* tree = parser.script();
    script = AstBuilder(source, tokens, arena, diags).script(tree);
  } catch (const TooManyErrors&) {
    return nullptr;
  }
  return diags.error_count() == errors_before ? script : nullptr;
}

}  // namespace kt2ko
