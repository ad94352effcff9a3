// SPDX-License-Identifier: GPL-2.0
// Output, and the files in /proc. See README.md.
#include "../kernel/stream.c"
#include "../kernel/records.c"
#include "../kernel/render.c"
#include "../kernel/doorbell.c"
#include "../kernel/proc.c"
#include "../kernel/proc_control.c"
#include "../kernel/proc_cpu.c"
#include "../kernel/proc_formats.c"
#include "../kernel/proc_resolve.c"
#include "../kernel/proc_status.c"
#include "../kernel/proc_trace.c"
