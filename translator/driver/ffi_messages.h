// SPDX-License-Identifier: GPL-2.0
// What the C compiler says about a script's C types, as messages about the script.
#pragma once

#include "emit/emit.h"
#include "project/ffi_errors.h"
#include "support/diag.h"
#include "support/source.h"

namespace kt2ko {

// found: nullptr, or gets them too; has to live as long as what is returned is used.
FfiErrorText script_messages(const Source& source, const Glue& glue, bool color, std::vector<Finding>* found);

}  // namespace kt2ko
