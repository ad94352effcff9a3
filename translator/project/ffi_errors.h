// SPDX-License-Identifier: GPL-2.0
// The compiler's complaints about ffi.c: the script is wrong, not we, and it is told in its own lines.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "project/process.h"
#include "project/result.h"

namespace kt2ko {

// One error, at a place of the glue (see GlueLines::kPlaces) or in a text with declarations.
struct FfiError {
  bool in_text = false;
  size_t number = 0;  // of the place or text
  size_t line = 0;    // in the text, from 1
  std::string message;
};

// Makes messages of errors, as they are shown.
using FfiErrorText = std::function<std::string(const std::vector<FfiError>&)>;

// What a compiler said about the glue: each place once.
std::vector<FfiError> ffi_errors(const std::string& output);

// The failure when the script's use of ffi is what does not compile.
std::optional<Failure> ffi_failure(const Outcome& outcome, const FfiErrorText& text);

}  // namespace kt2ko
