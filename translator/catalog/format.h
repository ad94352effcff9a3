// SPDX-License-Identifier: GPL-2.0
// printf formats, for formats that are known at build time.
#pragma once

#include <string>
#include <variant>
#include <vector>

namespace kt2ko {

// One conversion; the fields mirror struct ktr_fmt.
struct FormatConversion {
  char conv = 0;
  int flags = 0;      // KTR_FMT_*: 1 '-', 2 '+', 4 ' ', 8 '#', 16 '0'
  int width = 0xff;   // 0xff: none
  int precision = 0xff;
  bool plain() const { return flags == 0 && width == 0xff && precision == 0xff; }
  bool numeric() const { return conv != 's' && conv != 'p'; }
};

using FormatPiece = std::variant<std::string, FormatConversion>;

struct Format {
  std::vector<FormatPiece> pieces;
  size_t n_args = 0;
  std::string error;  // message of the language when the format is bad, else empty
};

Format parse_format(const std::string& text);

}  // namespace kt2ko
