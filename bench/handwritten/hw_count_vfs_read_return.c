// SPDX-License-Identifier: GPL-2.0
/* A counter on the return of vfs_read, by a kretprobe. */
#include <linux/kprobes.h>

#include "hw.h"

static DEFINE_PER_CPU(u64, n);

static int hook(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	this_cpu_inc(n);
	return 0;
}

static struct kretprobe probe = { .handler = hook, .maxactive = 64, .kp.symbol_name = "vfs_read" };

HW_SHOW_EVENTS(hw_sum(&n));

static int attach(void)
{
	return register_kretprobe(&probe);
}

static void detach(void)
{
	unregister_kretprobe(&probe);
}

HW_MODULE(attach, detach);
