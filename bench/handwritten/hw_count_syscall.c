// SPDX-License-Identifier: GPL-2.0
/* A counter on one system call. */
#include "hw.h"

static DEFINE_PER_CPU(u64, n);

static void probe(void *data, struct pt_regs *regs, long nr)
{
	if (nr == __NR_getppid)
		this_cpu_inc(n);
}

HW_SHOW_EVENTS(hw_sum(&n));
HW_ON_TRACEPOINT("sys_enter", probe)
HW_MODULE(hw_attach, hw_detach);
