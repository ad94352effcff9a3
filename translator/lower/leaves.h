// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "lower/kir.h"

namespace kt2ko::lower_detail {

// Marks the functions that need no frame, and those that need no context (leaves); gives the traces whose handler and
// filter are leaves the names of the functions that run them so.
// traces: false gives no trace such names: a leaf cannot be stopped by kdebug.remove at once.
// Requires: all functions of the program are lowered.
void find_leaves(kir::Program* program, bool traces);

}  // namespace kt2ko::lower_detail
