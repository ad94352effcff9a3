// SPDX-License-Identifier: GPL-2.0
// Fingerprints that other people check with sha256sum.
#pragma once

#include <string>
#include <string_view>

namespace kt2ko {

// SHA-256 of the bytes, as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace kt2ko
