// SPDX-License-Identifier: GPL-2.0
// The running kernel's lists of what can be traced.
#pragma once

#include <string>
#include <vector>

#include "project/files.h"
#include "project/result.h"

namespace kt2ko {

// Where tracefs is mounted and readable; fails with what to do.
Result<fs::path> find_tracefs();

// "sched:sched_switch" and so on, sorted.
Result<std::vector<std::string>> list_events();

// Names of functions from /proc/kallsyms, sorted, each once.
Result<std::vector<std::string>> list_functions();

}  // namespace kt2ko
