// SPDX-License-Identifier: GPL-2.0
// Bytes as lines of text: gzip in base64, as `gzip | base64` between the lines "begin-base64 644 NAME" and "====" makes it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kt2ko {

// The lines without the first and the last one. Empty: out of memory.
std::string pack_text(std::string_view bytes);
// What pack_text() was given; nothing when the lines are damaged, or hold more than `most` bytes.
std::optional<std::string> unpack_text(std::string_view lines, size_t most);

}  // namespace kt2ko
