// SPDX-License-Identifier: GPL-2.0
#include "driver/limits.h"

#include <fmt/format.h>

#include <charconv>

#include "driver/options.h"
#include "ktr_limits.h"

namespace kt2ko {

namespace {

struct Row {
  const char* c_name;
  const char* name;
  int64_t least, most;
};

constexpr Row kRows[] = {
#define ROW(NAME, name, def, least, most, what, over, test) {"KTR_LIM_" #NAME, #name, least, most},
    KTR_LIMIT_LIST(ROW)
#undef ROW
};

const Row* row_of(const std::string& name) {
  for (const Row& row : kRows) {
    if (name == row.name) return &row;
  }
  return nullptr;
}

// The last value counts, as it does when a module is loaded.
void set(const char* c_name, int64_t value, std::vector<kir::Limit>* limits) {
  for (kir::Limit& limit : *limits) {
    if (limit.c_name != c_name) continue;
    limit.value = value;
    return;
  }
  limits->push_back({c_name, value});
}

}  // namespace

Result<std::vector<kir::Limit>> limits_of(const std::vector<std::string>& params) {
  std::vector<kir::Limit> limits;
  for (const std::string& param : params) {
    const size_t equals = param.find('=');
    const std::string name = param.substr(0, equals), text = param.substr(equals + 1);
    const Row* row = row_of(name);
    if (!row)
      return Failure{kUsage, fmt::format("{} is no limit that a module can be built with", name),
                     "docs/limits.md lists them; other parameters are set when it is loaded"};
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < row->least || value > row->most)
      return Failure{kUsage, fmt::format("{} must be between {} and {}, not \"{}\"", name, row->least, row->most, text),
                     "docs/limits.md says what each limit is for"};
    set(row->c_name, value, &limits);
  }
  return limits;
}

}  // namespace kt2ko
