// SPDX-License-Identifier: GPL-2.0
// The runtime, built once by kbuild for one kernel, and the short way to a module that this makes
// possible.
//
// kbuild spends seconds on reading makefiles and on kernel headers; a script's own C needs no
// kernel header and compiles in a few hundredths of a second. So the first script of a kernel is
// built by kbuild under stand-in names and everything is kept; for each script then only its own C
// is compiled, all is linked, checked by objtool and given the kept module header, each by the
// command that kbuild had recorded.
#pragma once

#include "project/build_module.h"

namespace kt2ko {

// Names the prepared runtime: all that its objects depend on.
std::string runtime_key(const BuildRequest& request);

enum class FastBuild {
  kDone,
  kCannot,  // this kernel's build, or what the script imports, does not fit: take the plain way
};

// Builds request.text with the cached runtime, preparing that when needed.
// Fails when the C does not build or a file cannot be written.
Result<FastBuild> build_fast(const BuildRequest& request, const fs::path& cache,
                             const fs::path& out, StageTimes* times);

}  // namespace kt2ko
