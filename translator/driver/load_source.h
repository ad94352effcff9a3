// SPDX-License-Identifier: GPL-2.0
// The script's text from a file.
#pragma once

#include <string>

#include "project/result.h"
#include "support/source.h"

namespace kt2ko {

// Fails for what is not there, a directory, or too large (KT4001). Whether it is text is for
// parse() to say.
Result<Source> load_source(const std::string& path);

}  // namespace kt2ko
