// SPDX-License-Identifier: GPL-2.0
// kt2ko list for files: probe:PATH:GLOB and sdt:PATH:[PROVIDER:]GLOB.
#pragma once

#include <string>

#include "project/result.h"

namespace kt2ko {

// Whether the pattern names a file.
bool names_user_file(const std::string& pattern);

// Prints functions, or markers with their arguments; json: as an array of objects.
// Requires: names_user_file(pattern).
Status list_user(const std::string& pattern, bool json);

}  // namespace kt2ko
