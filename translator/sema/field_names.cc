// SPDX-License-Identifier: GPL-2.0
#include "sema/field_names.h"

#include <algorithm>

namespace kt2ko::sema {

bool is_field_of_all(const std::string& name) {
  static constexpr const char* kFields[] = {"comm", "COMM", "cpu", "CPU", "common_pid"};
  return std::any_of(std::begin(kFields), std::end(kFields), [&](const char* f) { return name == f; });
}

Span field_span(const Model& model, const ast::TraceStmt& s, int id) {
  Span first = s.span;
  bool found = false;
  for (const auto& [node, ref] : model.names) {
    if (ref.kind != NameRef::Kind::kField || ref.field != id) continue;
    if (node->span.begin < s.span.begin || node->span.end > s.span.end) continue;
    if (found && node->span.begin > first.begin) continue;
    first = node->span;
    found = true;
  }
  return first;
}

}  // namespace kt2ko::sema
