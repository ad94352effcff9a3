// SPDX-License-Identifier: GPL-2.0
#include "parse/token_source.h"

#include <algorithm>

namespace kt2ko {

using antlr::KtapLexer;
using antlr4::CommonToken;
using antlr4::Token;

namespace {

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Tokens after which a statement cannot start, so that `trace` or `tick` there is a misused name.
bool is_inside_statement(size_t type) {
  switch (type) {
    case KtapLexer::DOT:
    case KtapLexer::COLON:
    case KtapLexer::COMMA:
    case KtapLexer::LPAREN:
    case KtapLexer::LBRACK:
    case KtapLexer::ASSIGN:
    case KtapLexer::PLUS_ASSIGN:
    case KtapLexer::MINUS_ASSIGN:
    case KtapLexer::K_VAR:
    case KtapLexer::K_FUNCTION:
    case KtapLexer::K_IN:
      return true;
    default:
      return type >= KtapLexer::PLUS && type <= KtapLexer::NOT && type != KtapLexer::VARARG;
  }
}

// The length of "[", "="*, "[" at `at`, 0 if there is none.
size_t long_opener(std::string_view text, size_t at) {
  if (at >= text.size() || text[at] != '[') return 0;
  size_t i = at + 1;
  while (i < text.size() && text[i] == '=') ++i;
  return i < text.size() && text[i] == '[' ? i - at + 1 : 0;
}

// Where the text ends that such an opener of this length opens at `open`; npos: nothing closes it.
size_t long_end(std::string_view text, size_t open, size_t length) {
  const std::string closer = "]" + std::string(length - 2, '=') + "]";
  const size_t end = text.find(closer, open + length);
  return end == std::string_view::npos ? end : end + length;
}

}  // namespace

ByteStream::ByteStream(std::string_view bytes) : antlr4::ANTLRInputStream("") {
  _data.resize(bytes.size());
  std::transform(bytes.begin(), bytes.end(), _data.begin(),
                 [](char c) { return static_cast<char32_t>(static_cast<unsigned char>(c)); });
  p = 0;
}

ScriptLexer::ScriptLexer(ByteStream* stream, std::string_view text) : KtapLexer(stream), text_(text) {}

std::unique_ptr<Token> ScriptLexer::nextToken() {
  size_t begin = _input->index();
  std::unique_ptr<Token> result;
  if (mode != TARGET) result = long_bracket(begin);  // a path may begin with anything
  if (!result) {
    bool in_filter = mode == FILTER;
    result = KtapLexer::nextToken();
    auto* token = static_cast<CommonToken*>(result.get());
    // Nothing else than a member's name can stand there: task.pid
    if (token->getType() == EVENT_WORD && last_.type == DOT) token->setType(NAME);
    if (in_filter) {
      close_filter(token);
    } else {
      plain_word(token);
    }
  }
  if (result->getChannel() == Token::DEFAULT_CHANNEL) {
    before_last_ = last_;
    last_ = {result->getType(), text_of(*result)};
  }
  return result;
}

std::unique_ptr<Token> ScriptLexer::make_token(size_t token_type, size_t token_channel, size_t begin, size_t end) {
  _input->seek(end);
  return _factory->create({this, _input}, token_type, "", token_channel, begin, end - 1, 1, 0);
}

// [[...]], [=[...]=] and, after --, long comments. One without end reaches to the end of the source.
std::unique_ptr<Token> ScriptLexer::long_bracket(size_t begin) {
  bool is_comment = text_.substr(begin, 2) == "--";
  if (!is_comment && mode != DEFAULT_MODE && mode != FILTER) return nullptr;
  size_t open = is_comment ? begin + 2 : begin;
  size_t length = long_opener(text_, open);
  if (length == 0 && mode == DEFAULT_MODE && text_.substr(begin, 2) == "[=") {
    size_t rest = std::min(text_.find_first_not_of('=', begin + 1), text_.size());
    return make_token(BAD_BRACKET, DEFAULT_TOKEN_CHANNEL, begin, rest);
  }
  if (length == 0) return nullptr;
  const size_t closed = long_end(text_, open, length);
  const bool is_closed = closed != std::string_view::npos;
  const size_t end = std::min(closed, text_.size());
  if (is_closed && is_comment) return make_token(COMMENT, HIDDEN, begin, end);
  if (is_closed) return make_token(LONG_STRING, DEFAULT_TOKEN_CHANNEL, begin, end);
  // Hidden if it was a comment: nothing is missing in the sentence then, only the error remains.
  return make_token(BAD_LONG, is_comment ? HIDDEN : DEFAULT_TOKEN_CHANNEL, begin, end);
}

// The closing '/' is the one before the handler's '{'. One before ',' ends a misplaced filter; the next event follows.
void ScriptLexer::close_filter(CommonToken* token) {
  if (token->getType() != SLASH) return;
  size_t next = skip_blanks(token->getStopIndex() + 1);
  if (next >= text_.size() || (text_[next] != '{' && text_[next] != ',')) return;
  token->setType(FILTER_CLOSE);
  if (text_[next] == ',') setMode(EVENT);
}

// `trace`, `tick`, `profile` and `trace_end` where they cannot start a statement: reserved words, except as the members
// of the two libraries that have functions of these names.
void ScriptLexer::plain_word(CommonToken* token) {
  size_t token_type = token->getType();
  if (token_type != TRACE && token_type != TIMER_HEAD && token_type != TIMER_WORD && token_type != TRACE_END) return;
  std::string_view word = text_of(*token);
  word = word.substr(0, word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"));
  size_t end = token->getStartIndex() + word.size();
  if (starts_event(token_type, end)) return;
  bool is_member = last_.type == DOT && (before_last_.text == "timer" || before_last_.text == "kdebug");
  token->setType(is_member ? NAME : RESERVED);
  token->setStopIndex(end - 1);
  _input->seek(end);
  hitEOF = false;
  setMode(DEFAULT_MODE);
}

bool ScriptLexer::starts_event(size_t token_type, size_t end) const {
  if (is_inside_statement(last_.type)) return false;
  if (token_type != TRACE) return true;
  size_t next = skip_blanks(end);
  if (text_.substr(next, 2) == "::") return false;
  return next >= text_.size() || std::string_view("=(),;.]}").find(text_[next]) == std::string_view::npos;
}

// Blanks and comments, which may stand between the parts of an event statement.
size_t ScriptLexer::skip_blanks(size_t from) const {
  while (from < text_.size()) {
    const bool dashes = text_.substr(from, 2) == "--";
    const size_t length = dashes ? long_opener(text_, from + 2) : 0;
    if (is_blank(text_[from])) {
      ++from;
    } else if (length) {
      from = std::min(long_end(text_, from + 2, length), text_.size());
    } else if (dashes || text_[from] == '#') {
      from = std::min(text_.find_first_of("\r\n", from), text_.size());
    } else {
      return from;
    }
  }
  return from;
}

std::string_view ScriptLexer::text_of(const Token& token) const {
  size_t begin = std::min(token.getStartIndex(), text_.size());
  size_t end = token.getType() == Token::EOF ? begin : token.getStopIndex() + 1;
  return text_.substr(begin, end - begin);
}

std::string_view token_text(const Source& source, const Token* token) {
  Span span = token_span(token);
  return source.text().substr(span.begin, span.end - span.begin);
}

Span token_span(const Token* token) {
  auto begin = static_cast<uint32_t>(token->getStartIndex());
  if (token->getType() == Token::EOF) return {begin, begin};
  return {begin, static_cast<uint32_t>(token->getStopIndex() + 1)};
}

}  // namespace kt2ko
