// SPDX-License-Identifier: GPL-2.0
// The values of an event that a handler uses, as bits: the slots of struct ktr_raw in ktr.h.
#pragma once

#include <cstdint>

namespace kt2ko {

constexpr int kArgSlots = 10;  // argN is slot N, field number ID is slot kArgSlots + ID
constexpr int kValueSlots = 56;
constexpr uint64_t kValueWithoutSlot = uint64_t{1} << kValueSlots;

inline uint64_t value_bit(int slot) {
  return slot < kValueSlots ? uint64_t{1} << slot : kValueWithoutSlot;
}

}  // namespace kt2ko
