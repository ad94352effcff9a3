// SPDX-License-Identifier: GPL-2.0
// The limits that a module is built with.
#pragma once

#include <string>
#include <vector>

#include "lower/kir.h"
#include "project/result.h"

namespace kt2ko {

// From words NAME=VALUE. Fails for a NAME that is no limit (ktr_limits.h), and a value that it cannot have.
Result<std::vector<kir::Limit>> limits_of(const std::vector<std::string>& params);

}  // namespace kt2ko
