// SPDX-License-Identifier: GPL-2.0
// Module names: derived from file names, or given and checked.
#pragma once

#include <string>

#include "project/result.h"

namespace kt2ko {

// MODULE_NAME_LEN of the kernel is 56 on 64-bit machines, with the NUL.
constexpr size_t kMaxModuleName = 55;

// From a file name: directories and the extension .kp go, upper case becomes lower case, everything
// outside [a-z0-9_] becomes '_', a leading digit or an empty name gets the prefix "kt_", and the
// rest is cut at kMaxModuleName.
std::string module_name_from(const std::string& file_name);

// A name given with -m: [a-z_][a-z0-9_]*, at most kMaxModuleName characters, not one that the
// module directory uses.
Done check_module_name(const std::string& name);

// On the running kernel: no module of another kind is loaded, or built in, under that name.
Done check_not_loaded(const std::string& name);

}  // namespace kt2ko
