// SPDX-License-Identifier: GPL-2.0
/* A counter on the entry of vfs_read, by the function tracer. */
#include <linux/ftrace.h>

#include "hw.h"

static DEFINE_PER_CPU(u64, n);

static void hook(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	this_cpu_inc(n);
}

static struct ftrace_ops ops = { .func = hook };

HW_SHOW_EVENTS(hw_sum(&n));

static int attach(void)
{
	int err = ftrace_set_filter(&ops, "vfs_read", strlen("vfs_read"), 1);

	return err ? err : register_ftrace_function(&ops);
}

static void detach(void)
{
	unregister_ftrace_function(&ops);
}

HW_MODULE(attach, detach);
