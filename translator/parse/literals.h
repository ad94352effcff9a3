// SPDX-License-Identifier: GPL-2.0
// Numbers and strings: from their text to their value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parse/limits.h"
#include "support/diag.h"

namespace kt2ko {

struct LiteralError {
  Code code;
  size_t begin;  // bytes of the literal's text that are wrong
  size_t end;
  std::string message;
};

// Decimal, 0x hexadecimal, 0 octal. Patterns of 64 bits wrap to negative numbers; longer ones give -1, as the language
// has always done. nullopt: malformed.
std::optional<int64_t> parse_number(std::string_view text);

// Decodes a quoted string with its quotes (which may lack the closing one) or a long string with its brackets.
// Ensures: *bytes is what could be decoded.
std::optional<LiteralError> decode_string(std::string_view text, std::string* bytes);

}  // namespace kt2ko
