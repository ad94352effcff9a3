// SPDX-License-Identifier: GPL-2.0
// Changes a script as somebody who knows the language would: whole tokens, and groups with their brackets closed.
#pragma once

#include <random>
#include <string>
#include <vector>

namespace kt2ko::fuzz {

// Tokens with the white space before them; put together again they give the text.
std::vector<std::string> split_tokens(const std::string& text);

class TokenMutator {
 public:
  explicit TokenMutator(unsigned seed) : random_(seed) {}

  // One change, or a few.
  std::string mutate(const std::string& text);
  // A piece of `other` in a place of `text`.
  std::string cross(const std::string& text, const std::string& other);

 private:
  using Tokens = std::vector<std::string>;
  // Tokens from begin to end, end excluded.
  struct Range {
    size_t begin, end;
  };

  size_t below(size_t limit) { return limit == 0 ? 0 : random_() % limit; }
  Range some_range(const Tokens& tokens);
  Range some_group(const Tokens& tokens);
  Range some_piece(const Tokens& tokens) { return below(2) ? some_group(tokens) : some_range(tokens); }
  void change_once(Tokens* tokens);
  void replace_by_similar(Tokens* tokens);
  void copy_piece(const Tokens& from, Tokens* to);

  std::mt19937 random_;
};

}  // namespace kt2ko::fuzz
