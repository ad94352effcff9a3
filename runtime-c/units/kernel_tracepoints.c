// SPDX-License-Identifier: GPL-2.0
// Tracepoints and sampling. See README.md.
#include "../kernel/attach_tracepoint.c"
#include "../kernel/tracepoint_set.c"
#include "../kernel/perf_record.c"
#include "../kernel/quick.c"
#include "../kernel/attach_profile.c"
