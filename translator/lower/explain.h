// SPDX-License-Identifier: GPL-2.0
// Puts the choices of lowering into words.
#pragma once

#include "lower/explanation.h"
#include "lower/program_builder.h"

namespace kt2ko::lower_detail {

// Requires: the program is lowered, its leaves are found.
Explanation explain(const ProgramBuilder& builder, const kir::Program& program);

}  // namespace kt2ko::lower_detail
