// SPDX-License-Identifier: GPL-2.0
// What functions have in common, and their returns by kretprobes; counters. See README.md.
#include "../kernel/functions.c"
#include "../kernel/attach_kretprobe.c"
#include "../kernel/perf_counters.c"
#include "../kernel/symbols.c"
