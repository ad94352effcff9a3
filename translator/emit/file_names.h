// SPDX-License-Identifier: GPL-2.0
// Names of the files that a script's C is in, beside script.c.
#pragma once

#include <cstddef>
#include <string>

namespace kt2ko {

// number: from 1 on
inline std::string cold_file_name(size_t number) { return "cold_" + std::to_string(number) + ".c"; }

}  // namespace kt2ko
