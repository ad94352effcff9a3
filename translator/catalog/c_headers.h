// SPDX-License-Identifier: GPL-2.0
// Which kernel headers define the records that scripts ask for by name.
#pragma once

#include <string_view>

namespace kt2ko {

// The header of `struct NAME` or `union NAME`; empty: not known, ffi.include has to name it.
std::string_view header_of_record(std::string_view name);

}  // namespace kt2ko
