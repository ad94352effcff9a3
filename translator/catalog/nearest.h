// SPDX-License-Identifier: GPL-2.0
// Names that a misspelled one may have been meant for.
#pragma once

#include <string_view>

namespace kt2ko {

// Insertions, deletions and replacements between two words; at least `limit` when there are that
// many.
size_t edit_distance(std::string_view a, std::string_view b,
                     size_t limit = static_cast<size_t>(-1));

// Collects the nearest of all names that are shown to it.
class Nearest {
 public:
  explicit Nearest(std::string_view wanted)
      : wanted_(wanted),
        best_distance_(wanted.size() <= 3   ? 2
                       : wanted.size() <= 8 ? 3
                                            : 4) {}
  void look_at(std::string_view name);
  // Empty: nothing is near.
  std::string_view best() const { return best_; }

 private:
  std::string_view wanted_;
  size_t best_distance_;  // one slip in a short name, more in a long one
  std::string_view best_;
};

}  // namespace kt2ko
