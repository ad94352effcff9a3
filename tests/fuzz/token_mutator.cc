// SPDX-License-Identifier: GPL-2.0
#include "token_mutator.h"

#include <algorithm>
#include <cctype>
#include <cstring>

namespace kt2ko::fuzz {

namespace {

constexpr size_t kMostTokensOfAPiece = 24;
constexpr unsigned kMostChanges = 4;

// What a random walk finds too rarely: statements and values of every part of the language.
const char* const kPhrases[] = {
    "trace syscalls:sys_enter_* { s[execname] += 1 }", "trace sched:sched_switch /pid == 1/ { }", "trace_end { }",
    "trace probe:vfs_read%return { print(arg1) }", "trace *:* { }", "tick-1s { }", "profile-10ms { }",
    "on_error(function (e) { print(e) })", "var s = {}", "var t = table.new(10, 20)", "function f(a, b) { return a, b }",
    "function (x) { return x }", "for (k, v in pairs(s)) { }", "for (k, v in sort_pairs(s)) { }",
    "for (i = 1, 10, 2) { }", "while (x < 5) { x += 1 }", "repeat { } until (x)", "do { }", "if (x) { } elseif (y) { } else { }",
    "s[pid, execname] = gettimeofday_ns()", "s[1] = avg(s[1], 2)", "print_hist(s)", "printf(\"%d %s %p\\n\", 1, \"a\", 2)",
    "print(stack(5))", "s[stack()] += 1", "delete(s)", "s[k] = nil", "exit()", "ffi.cdef(\"struct a { int b; };\")",
    "ffi.cast(\"struct task_struct *\", x).pid", "ffi.new(\"int[4]\")", "ffi.sizeof(\"long\")", "return", "break", "nil", "true",
    "0x7fffffffffffffff", "-9223372036854775808", "1 / 0", "\"\\x41\\n\"", "arg1", "arg[1]", "probename", "argstr", "..", "==",
    "!=", "&&", "||", "!", "self[tid] = 1", "string.sub(\"abc\", 1, 2)", "{ 1, 2, a = 3, [4] = { } }", "x.y.z", "x:y()", "...",
    "kdebug.trace_by_id(1, function () { })", "task.parent_name()", "errno.name(2)", "vfs.path(file)", "prev_comm", "curr_task()",
};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.'; }

// The end of the string that begins at `at`.
size_t end_of_string(const std::string& text, size_t at) {
  const char quote = text[at++];
  while (at < text.size() && text[at] != quote && text[at] != '\n') at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

// The end of the token that begins at `at`, which is no white space.
size_t end_of_token(const std::string& text, size_t at) {
  if (text[at] == '"' || text[at] == '\'') return end_of_string(text, at);
  size_t end = at + 1;
  if (is_word(text[at]))
    while (end < text.size() && is_word(text[end])) ++end;
  else
    while (end < text.size() && end < at + 3 && std::strchr("=<>+-*/.!", text[end]) && text[end - 1] != ' ') ++end;
  return end;
}

char first_of(const std::string& token) {
  const size_t at = token.find_first_not_of(" \t\n\r");
  return at == std::string::npos ? ' ' : token[at];
}

// Tokens of one class stand for each other: words, numbers, strings, and every other character alone.
char class_of(const std::string& token) {
  const char c = first_of(token);
  if (std::isalpha(static_cast<unsigned char>(c)) || c == '_') return 'a';
  return std::isdigit(static_cast<unsigned char>(c)) ? '0' : c;
}

std::string put_together(const std::vector<std::string>& tokens) {
  std::string text;
  for (const std::string& token : tokens) text += token;
  return text;
}

}  // namespace

std::vector<std::string> split_tokens(const std::string& text) {
  std::vector<std::string> tokens;
  size_t at = 0;
  while (at < text.size()) {
    const size_t begin = std::min(text.find_first_not_of(" \t\n\r", at), text.size());
    const size_t end = begin < text.size() ? end_of_token(text, begin) : begin;
    tokens.push_back(text.substr(at, end - at));
    at = end;
  }
  return tokens;
}

TokenMutator::Range TokenMutator::some_range(const Tokens& tokens) {
  const size_t begin = below(tokens.size());
  return {begin, std::min(tokens.size(), begin + 1 + below(kMostTokensOfAPiece))};
}

// From an opening bracket to the one that closes it; some range where there is none.
TokenMutator::Range TokenMutator::some_group(const Tokens& tokens) {
  std::vector<size_t> opening;
  for (size_t i = 0; i < tokens.size(); ++i)
    if (std::strchr("({[", first_of(tokens[i]))) opening.push_back(i);
  if (opening.empty()) return some_range(tokens);
  const size_t begin = opening[below(opening.size())];
  size_t depth = 0;
  for (size_t i = begin; i < tokens.size(); ++i) {
    if (std::strchr("({[", first_of(tokens[i]))) ++depth;
    if (std::strchr(")}]", first_of(tokens[i])) && --depth == 0) return {begin, i + 1};
  }
  return some_range(tokens);
}

void TokenMutator::copy_piece(const Tokens& from, Tokens* to) {
  if (from.empty()) return;
  const Range source = some_piece(from);
  const Tokens piece(from.begin() + source.begin, from.begin() + source.end);
  if (to->empty() || below(2)) {
    to->insert(to->begin() + below(to->size() + 1), piece.begin(), piece.end());
    return;
  }
  const Range place = some_piece(*to);
  to->erase(to->begin() + place.begin, to->begin() + place.end);
  to->insert(to->begin() + place.begin, piece.begin(), piece.end());
}

void TokenMutator::replace_by_similar(Tokens* tokens) {
  std::string& token = (*tokens)[below(tokens->size())];
  std::vector<const std::string*> similar;
  for (const std::string& other : *tokens)
    if (class_of(other) == class_of(token)) similar.push_back(&other);
  token = std::string(*similar[below(similar.size())]);
}

void TokenMutator::change_once(Tokens* tokens) {
  const std::string phrase = std::string(below(2) ? " " : "\n") + kPhrases[below(std::size(kPhrases))];
  if (tokens->empty()) {
    tokens->push_back(phrase);
    return;
  }
  switch (below(6)) {
    case 0: {
      const Range range = some_piece(*tokens);
      tokens->erase(tokens->begin() + range.begin, tokens->begin() + range.end);
      break;
    }
    case 1: {
      const Tokens all = *tokens;
      copy_piece(all, tokens);
      break;
    }
    case 2:
      tokens->insert(tokens->begin() + below(tokens->size() + 1), phrase);
      break;
    case 3:
      (*tokens)[below(tokens->size())] = phrase;
      break;
    case 4:
      std::swap((*tokens)[below(tokens->size())], (*tokens)[below(tokens->size())]);
      break;
    default:
      replace_by_similar(tokens);
  }
}

std::string TokenMutator::mutate(const std::string& text) {
  Tokens tokens = split_tokens(text);
  for (size_t n = 1 + below(kMostChanges); n > 0; --n) change_once(&tokens);
  return put_together(tokens);
}

std::string TokenMutator::cross(const std::string& text, const std::string& other) {
  Tokens tokens = split_tokens(text);
  copy_piece(split_tokens(other), &tokens);
  return put_together(tokens);
}

}  // namespace kt2ko::fuzz
