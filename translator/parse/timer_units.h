// SPDX-License-Identifier: GPL-2.0
// Units of tick- and profile- intervals.
#pragma once

#include <cstdint>
#include <string_view>

namespace kt2ko {

struct TimerUnit {
  std::string_view name;
  int64_t ns;  // 0: a frequency, the interval is 1e9 / N
};

inline constexpr TimerUnit kTimerUnits[] = {
    {"ns", 1},           {"us", 1000},         {"usec", 1000},          {"ms", 1000000},        {"msec", 1000000},
    {"s", 1000000000},   {"sec", 1000000000},  {"m", 60000000000},      {"min", 60000000000},   {"hz", 0},
};
inline constexpr const char* kTimerUnitList = "ns us usec ms msec s sec m min hz";

}  // namespace kt2ko
