// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <string>

#include "lower/kir.h"

namespace kt2ko {

struct EmitOptions {
  bool line_directives = true;  // #line, so that the C compiler speaks of script lines
};

// The C text of a program; it includes ktr.h and nothing else. Same input, same bytes.
std::string emit(const kir::Program& program, const EmitOptions& options);

// The C text of the second file, events.c, which needs the kernel's headers; empty when no event of the program wants it.
std::string emit_events(const kir::Program& program);

}  // namespace kt2ko
