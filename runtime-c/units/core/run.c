// SPDX-License-Identifier: GPL-2.0
// Running a script: calls, events, failures, output. See README.md.
#include "../../core/run.c"
#include "../../core/event.c"
#include "../../core/fail.c"
#include "../../core/ffi.c"
#include "../../core/out.c"
#include "../../core/deferred.c"
