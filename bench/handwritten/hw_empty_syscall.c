// SPDX-License-Identifier: GPL-2.0
/* An empty handler on one system call. */
#include "hw.h"

static void probe(void *data, struct pt_regs *regs, long nr)
{
	if (nr == __NR_getppid)
		barrier();
}

HW_ON_TRACEPOINT("sys_enter", probe)
HW_MODULE(hw_attach, hw_detach);
