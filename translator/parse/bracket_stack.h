// SPDX-License-Identifier: GPL-2.0
// Follows brackets and blocks through a token sequence, right or wrong, the way the parser's recovery will see them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kt2ko {

class BracketStack {
 public:
  // Takes the next token's type.
  // Returns how many brackets are open around it; an opener and its closer get the same number.
  uint32_t step(size_t type);
  size_t size() const { return open_.size(); }

 private:
  void drop_parens();
  void close(size_t opener);

  std::vector<size_t> open_;  // token types of openers
  size_t last_ = 0;           // the last visible token types
  size_t before_ = 0;
};

}  // namespace kt2ko
