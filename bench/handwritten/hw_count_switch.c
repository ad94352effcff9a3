// SPDX-License-Identifier: GPL-2.0
/* A counter on a tracepoint. */
#include "hw.h"

static DEFINE_PER_CPU(u64, n);

static void probe(void *data)
{
	this_cpu_inc(n);
}

HW_SHOW_EVENTS(hw_sum(&n));
HW_ON_TRACEPOINT("sched_switch", probe)
HW_MODULE(hw_attach, hw_detach);
