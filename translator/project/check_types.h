// SPDX-License-Identifier: GPL-2.0
// A script's C types against those that a kernel describes itself, where there are no headers to build with.
#pragma once

#include <string>
#include <vector>

#include "project/ffi_errors.h"
#include "project/files.h"
#include "project/result.h"

namespace kt2ko {

// The members that the script names and the types do not have: all that is certain without headers, as macros, functions and
// types of modules are not described. glue: the text of ffi.c; header: header_of_btf(); include_dir: of the runtime. Empty, too,
// without a C compiler.
Result<std::vector<FfiError>> missing_members(const std::string& glue, const std::string& header, const fs::path& include_dir);

}  // namespace kt2ko
