// SPDX-License-Identifier: GPL-2.0
// What the C compiler says about a script's C types, as messages about the script.
#pragma once

#include "emit/emit.h"
#include "project/ffi_errors.h"
#include "support/source.h"

namespace kt2ko {

FfiErrorText script_messages(const Source& source, const Glue& glue, bool color);

}  // namespace kt2ko
