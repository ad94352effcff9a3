// SPDX-License-Identifier: GPL-2.0
/* Ten comparisons on an argument of one system call, and a counter. */
#include "hw.h"

static DEFINE_PER_CPU(u64, n);

static void probe(void *data, struct pt_regs *regs, long nr)
{
	long x;

	if (nr != __NR_lseek)
		return;
	x = regs->si;
	if (x > 10 && x < 900000 && x != 100 && x != 300 && x != 700 && x != 1500 && x != 3100 && x != 6300 &&
	    x != 12700 && x != 25500)
		this_cpu_inc(n);
}

HW_SHOW_EVENTS(hw_sum(&n));
HW_ON_TRACEPOINT("sys_enter", probe)
HW_MODULE(hw_attach, hw_detach);
