// SPDX-License-Identifier: GPL-2.0
#include "catalog/nearest.h"

#include <algorithm>
#include <vector>

namespace kt2ko {

size_t edit_distance(std::string_view a, std::string_view b, size_t limit) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) >= limit) return limit;
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    size_t least = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t up = row[j];
      row[j] = std::min({up + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = up;
      least = std::min(least, row[j]);
    }
    if (least >= limit) return limit;
  }
  return row[b.size()];
}

void Nearest::look_at(std::string_view name) {
  const size_t distance = edit_distance(wanted_, name, best_distance_);
  if (distance >= best_distance_) return;
  best_distance_ = distance;
  best_ = name;
}

}  // namespace kt2ko
