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
  std::optional<std::string> types;  // see c_types_of()
};

// The C types of the target's facts as a header; empty: not known. Kept in the target.
const std::string& c_types_of(CheckTarget* target);

// Those named with -k; else the running one; else, when it has no headers, all that have.
Result<std::vector<CheckTarget>> check_targets(const Options& options);

}  // namespace kt2ko
