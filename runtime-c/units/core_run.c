// SPDX-License-Identifier: GPL-2.0
// Running a script: calls, events, failures, output. See README.md.
#include "../core/run.c"
#include "../core/event.c"
#include "../core/fail.c"
#include "../core/limits.c"
#include "../core/filter.c"
#include "../core/ffi.c"
#include "../core/prebuilt.c"
#include "../core/out.c"
#include "../core/deferred.c"
#include "../core/spec.c"
#include "../core/hist_text.c"
