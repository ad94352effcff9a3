// SPDX-License-Identifier: GPL-2.0
/* Counts system calls by task name. */
#include "hw.h"

static struct hw_table __percpu *tab;

static void probe(void *data, struct pt_regs *regs, long nr)
{
	hw_count(tab, current->comm);
}

HW_SHOW_EVENTS(hw_table_sum(tab));
HW_ON_TRACEPOINT("sys_enter", probe)

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
