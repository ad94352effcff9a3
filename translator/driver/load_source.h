// SPDX-License-Identifier: GPL-2.0
// The script's text from a file.
#pragma once

#include <string>

#include "project/result.h"
#include "support/source.h"

namespace kt2ko {

constexpr size_t kMaxSourceBytes = 1u << 20;

// Fails for what cannot be a script: not there, a directory, too large (KT4001), binary (KT1024).
Result<Source> load_source(const std::string& path);

}  // namespace kt2ko
