// SPDX-License-Identifier: GPL-2.0
// System calls, functions, kernel breakpoints. See README.md.
#include "../kernel/attach_syscall.c"
#include "../kernel/attach_ftrace.c"
#include "../kernel/attach_kprobe.c"
#include "../kernel/attach_rethook.c"
#include "../kernel/rethook.c"
#include "../kernel/fn_names.c"
#include "../kernel/fn_set.c"
#include "../kernel/fetch.c"
