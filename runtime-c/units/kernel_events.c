// SPDX-License-Identifier: GPL-2.0
// What all events share; timers. See README.md.
#include "../kernel/attach.c"
#include "../kernel/lib_register.c"
#include "../kernel/scope.c"
#include "../kernel/trace_list.c"
#include "../kernel/trace_list_hidden.c"
#include "../kernel/blocklist.c"
#include "../kernel/attach_tick.c"
