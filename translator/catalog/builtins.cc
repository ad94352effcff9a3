// SPDX-License-Identifier: GPL-2.0
#include "catalog/builtins.h"

#include <algorithm>
#include <string>

namespace kt2ko {

namespace {

std::vector<Builtin> make_rows() {
  using namespace type;
  return {
#define B(name, id, min, max, result, flags, doc) Builtin{name, #id, min, max, result, flags, doc},
#include "catalog/builtins.def"
#undef B
  };
}

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t up = row[j];
      row[j] = std::min({up + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = up;
    }
  }
  return row[b.size()];
}

}  // namespace

const std::vector<Builtin>& builtins() {
  static const std::vector<Builtin> rows = make_rows();
  return rows;
}

const Builtin* find_builtin(std::string_view name) {
  for (const Builtin& row : builtins())
    if (row.name == name) return &row;
  return nullptr;
}

bool is_library_table(std::string_view name) {
  return std::any_of(builtins().begin(), builtins().end(), [&](const Builtin& row) {
    return row.name.size() > name.size() && row.name[name.size()] == '.' && row.name.substr(0, name.size()) == name;
  });
}

std::string_view nearest_builtin(std::string_view name) {
  std::string_view best;
  size_t best_distance = name.size() <= 3 ? 2 : 3;  // one slip in a short name, two in a long one
  for (const Builtin& row : builtins()) {
    const size_t distance = edit_distance(name, row.name);
    if (distance < best_distance) {
      best_distance = distance;
      best = row.name;
    }
  }
  return best;
}

}  // namespace kt2ko
