// SPDX-License-Identifier: GPL-2.0
// A module from loading to unloading, and what it may take. See README.md.
#include "../kernel/module_life.c"
#include "../kernel/params.c"
#include "../kernel/contexts.c"
#include "../kernel/memory.c"
#include "../kernel/overload.c"
#include "../kernel/own_task.c"
#include "../kernel/self.c"
#include "../kernel/task.c"
