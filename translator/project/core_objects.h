// SPDX-License-Identifier: GPL-2.0
// Objects of the runtime's core that kt2ko brings along, see runtime-c/compat/core_objects.sh.
#pragma once

#include "project/files.h"

namespace kt2ko {

// The directory with those that were made from the sources in `share`, a folder for each set of compiler and flags; empty when
// there is none. It lies in ../lib/kt2ko/core beside the executable, installed or built.
fs::path core_objects(const fs::path& share);

}  // namespace kt2ko
