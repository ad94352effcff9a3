// SPDX-License-Identifier: GPL-2.0
// From emitted C to SCRIPT.ko.
#pragma once

#include <string>
#include <vector>

#include "project/kernels.h"
#include "project/sign_module.h"
#include "project/write_project.h"

namespace kt2ko {

struct BuildRequest {
  ModuleText text;
  Kernel kernel;
  Cross cross;
  fs::path share;
  SignFiles sign;             // --sign
  bool plain_kbuild = false;  // --kbuild: the whole module by the kernel's build system, no cache
};

// A step and the time it took, for -v.
struct StageTime {
  std::string name;
  double ms;
};
using StageTimes = std::vector<StageTime>;

// Builds the module and puts it at `out`, complete or not at all.
Done build_module(const BuildRequest& request, const fs::path& out, StageTimes* times);

}  // namespace kt2ko
