// SPDX-License-Identifier: GPL-2.0
#include "catalog/event_use.h"

#include <fmt/format.h>

#include <algorithm>

namespace kt2ko {
namespace {

bool asked_by_number(const FieldUse& f) { return f.name != f.asked; }

std::string shown(const FieldUse& f) {
  if (f.name.empty()) return "not there";
  return asked_by_number(f) ? fmt::format("{} {}", f.type, f.name) : f.type;
}

}  // namespace

std::vector<std::string> differences(const EventUse& here, const EventUse& there, const std::string& there_name) {
  std::vector<std::string> out;
  for (const FieldUse& f : here.fields) {
    const auto other = std::find_if(there.fields.begin(), there.fields.end(), [&](const FieldUse& o) { return o.asked == f.asked; });
    if (other == there.fields.end() || shown(f) == shown(*other)) continue;
    out.push_back(fmt::format("{} is {}, {} in {}", f.asked, shown(f), shown(*other), there_name));
  }
  return out;
}

}  // namespace kt2ko
