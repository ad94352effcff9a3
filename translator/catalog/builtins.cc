// SPDX-License-Identifier: GPL-2.0
#include "catalog/builtins.h"

#include <algorithm>
#include <string>

#include "catalog/nearest.h"

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
