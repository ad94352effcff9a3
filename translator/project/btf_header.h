// SPDX-License-Identifier: GPL-2.0
// The C types that a kernel describes itself (BTF), as a header.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kt2ko {

// btf: the bytes of /sys/kernel/btf/vmlinux. Nothing when they are damaged.
std::optional<std::string> header_of_btf(std::string_view btf);

}  // namespace kt2ko
