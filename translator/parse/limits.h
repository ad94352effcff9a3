// SPDX-License-Identifier: GPL-2.0
// What a script may ask of the parser and of the passes behind it.
#pragma once

#include <cstddef>

#include "ktr_limits.h"

namespace kt2ko {

constexpr size_t kMaxSource = KTR_MAX_SOURCE;    // bytes of a script
constexpr size_t kMaxString = KTR_MAX_CONSTANT;  // bytes of one string constant
// Brackets and blocks inside each other; also operators in a prefix or concatenation chain and parts of one if.
constexpr size_t kMaxNesting = KTR_MAX_NESTING;
// How deep the finished tree may be. Every operand of a left-associative chain and every call or index of a suffix chain
// is one level, so later passes that walk the tree recursively have a bound.
constexpr size_t kMaxTreeDepth = KTR_MAX_TREE;

}  // namespace kt2ko
