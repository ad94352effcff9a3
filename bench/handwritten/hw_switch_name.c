// SPDX-License-Identifier: GPL-2.0
/* Counts switches by the name of the task that leaves the CPU. */
#include "hw.h"

static struct hw_table __percpu *tab;

static void probe(void *data, bool preempt, struct task_struct *prev)
{
	hw_count(tab, prev->comm);
}

HW_SHOW_EVENTS(hw_table_sum(tab));
HW_ON_TRACEPOINT("sched_switch", probe)

static int attach(void)
{
	tab = alloc_percpu(struct hw_table);
	return tab ? hw_attach() : -ENOMEM;
}

static void detach(void)
{
	hw_detach();
	free_percpu(tab);
}

HW_MODULE(attach, detach);
