// SPDX-License-Identifier: GPL-2.0
// Options of ours that are meant for ktrun.
#pragma once

#include <string>
#include <vector>

#include "driver/options.h"

namespace kt2ko {

// In ktrun's spelling. -o is left out where the output stays with us (vm).
std::vector<std::string> ktrun_words(const Options& options, bool with_output);

}  // namespace kt2ko
