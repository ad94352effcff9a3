// SPDX-License-Identifier: GPL-2.0
// The module of a tapset, built by kbuild: it has no runtime, so there is nothing to prepare.
#pragma once

#include "project/build_module.h"

namespace kt2ko {

// Puts MODULE.ko and MODULE.symvers, the versions of its symbols, into the folder, each complete or not at all.
Done build_tapset(const BuildRequest& request, const fs::path& folder, StageTimes* times);

}  // namespace kt2ko
