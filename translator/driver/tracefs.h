// SPDX-License-Identifier: GPL-2.0
// Where the running kernel shows what can be traced.
#pragma once

#include "project/files.h"
#include "project/result.h"

namespace kt2ko {

// Where tracefs is mounted and readable; fails with what to do.
Result<fs::path> find_tracefs();

}  // namespace kt2ko
