// SPDX-License-Identifier: GPL-2.0
// The kernels that kt2ko check looks at: headers to build with, facts to compare with, or both.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/kernel_facts.h"
#include "driver/options.h"
#include "project/kernels.h"
#include "project/result.h"

namespace kt2ko {

struct CheckTarget {
  std::string release;
  std::optional<Kernel> headers;
  std::optional<KernelFacts> facts;
};

// Those named with -k; else the running one; else, when it has no headers, all that have.
Result<std::vector<CheckTarget>> check_targets(const Options& options);

}  // namespace kt2ko
