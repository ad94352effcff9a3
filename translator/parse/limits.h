// SPDX-License-Identifier: GPL-2.0
// What a script may ask of the parser and of the passes behind it.
#pragma once

#include <cstddef>

namespace kt2ko {

constexpr size_t kMaxSource = 1 << 20;  // bytes of a script
constexpr size_t kMaxString = 65535;    // bytes of one string constant
// Brackets and blocks inside each other; also operators in a prefix or concatenation chain and parts of one if.
constexpr size_t kMaxNesting = 200;
// How deep the finished tree may be. Every operand of a left-associative chain and every call or index of a suffix chain
// is one level, so later passes that walk the tree recursively have a bound.
constexpr size_t kMaxTreeDepth = 2000;

}  // namespace kt2ko
