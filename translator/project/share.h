// SPDX-License-Identifier: GPL-2.0
// The files that kt2ko needs at run time: runtime sources, templates. They lie in the source tree,
// or where they were installed; the layout is the same.
#pragma once

#include "project/files.h"
#include "project/result.h"

namespace kt2ko {

// $KT2KO_SHARE; the source tree when this executable lies in its build tree, where the build puts
// the file kt2ko-source with its name (a program with the name in it would be another one in each
// tree); ../share/kt2ko beside the executable.
Result<fs::path> find_share();

// The directory above bin/, where the executable lies: of the build, or where it was installed.
fs::path own_prefix();

// A program of ours, such as ktrun: beside the executable, else from PATH.
Result<fs::path> find_helper(const std::string& name);

}  // namespace kt2ko
