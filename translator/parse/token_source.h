// SPDX-License-Identifier: GPL-2.0
// From bytes to tokens: the generated lexer plus what needs a look around.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "KtapLexer.h"
#include "support/source.h"

namespace kt2ko {

// One code point per byte, so that token positions are byte offsets and no byte sequence is refused.
class ByteStream : public antlr4::ANTLRInputStream {
 public:
  explicit ByteStream(std::string_view bytes);
};

// The generated lexer with the decisions that a rule cannot make from its own characters:
// long brackets of any level, the '/' that closes a filter, and event words where no event can follow.
class ScriptLexer : public antlr::KtapLexer {
 public:
  ScriptLexer(ByteStream* stream, std::string_view text);

  std::unique_ptr<antlr4::Token> nextToken() override;

 private:
  struct Significant {
    size_t type = 0;
    std::string_view text;
  };

  std::unique_ptr<antlr4::Token> make_token(size_t type, size_t channel, size_t begin, size_t end);
  std::unique_ptr<antlr4::Token> long_bracket(size_t begin);
  void close_filter(antlr4::CommonToken* token);
  void plain_word(antlr4::CommonToken* token);
  bool starts_event(size_t type, size_t end) const;
  size_t skip_blanks(size_t from) const;
  std::string_view text_of(const antlr4::Token& token) const;

  std::string_view text_;
  Significant last_;         // the last token that is not hidden
  Significant before_last_;
};

// The bytes of a token; empty at the end of input.
std::string_view token_text(const Source& source, const antlr4::Token* token);
Span token_span(const antlr4::Token* token);

}  // namespace kt2ko
