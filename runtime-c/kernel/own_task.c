// SPDX-License-Identifier: GPL-2.0
/*
 * own_task.c - threads as owners of values (core/own.h): they are known by their task, which no other thread has before
 * the kernel tells that it is about to be freed.
 */
#include "attach.h"

#include <linux/tracepoint.h>

#include "../core/own.h"
#include "trace_list.h"

u64 ktr_port_task(struct ktr_ctx *c)
{
	return (unsigned long)current;
}

struct ktr_own *ktr_quick_own(u32 n)
{
	struct ktr__owner *o = ktr__owner_find((unsigned long)current);

	return o ? &o->own[n] : NULL;
}

static void free_hook(void *data, struct task_struct *task)
{
	ktr_own_task_gone((unsigned long)task);
}

static struct tracepoint *freed;	/* hooked */

int ktr_own_task_init(void)
{
	struct tracepoint *tp;
	int err;

	if (!ktg_script.n_owns)
		return 0;
	tp = ktr_kernel_tracepoint("sched_process_free");
	err = tp ? tracepoint_probe_register(tp, free_hook, NULL) : -ENOENT;
	if (!err)
		freed = tp;
	return err;
}

void ktr_own_task_exit(void)
{
	if (!freed)
		return;
	tracepoint_probe_unregister(freed, free_hook, NULL);
	tracepoint_synchronize_unregister();
	freed = NULL;
}
