// SPDX-License-Identifier: GPL-2.0
// Units of tick- and profile- intervals, from the runtime's table.
#pragma once

#include <cstdint>
#include <string_view>

#include "ktr_units.def"

namespace kt2ko {

struct TimerUnit {
  std::string_view name;
  int64_t ns;  // 0: a frequency, the interval is 1e9 / N
};

inline constexpr TimerUnit kTimerUnits[] = {
#define KTR_UNIT(name, ns) {name, ns},
#include "ktr_units.def"
#undef KTR_UNIT
};
inline constexpr const char* kTimerUnitList = KTR_UNIT_NAMES;
inline constexpr int64_t kMinTickNs = KTR_MIN_TICK_NS;
inline constexpr int64_t kMinProfileNs = KTR_MIN_PROFILE_NS;

}  // namespace kt2ko
