// SPDX-License-Identifier: GPL-2.0
// Which kernel headers define the records that scripts ask for by name.
#pragma once

#include <string_view>
#include <vector>

namespace kt2ko {

// The header of `struct NAME` or `union NAME`; empty: not known, ffi.include has to name it.
std::string_view header_of_record(std::string_view name);

// Headers of the records that one's members lead to and that its own header only declares: scripts go on to those.
std::vector<std::string_view> more_headers_of_record(std::string_view name);

}  // namespace kt2ko
