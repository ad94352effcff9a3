// SPDX-License-Identifier: GPL-2.0
/*
 * A module with trace events of its own. Writing N to its parameter `fire` makes one round of events with N; with the
 * parameter `busy` a thread makes rounds all the time, until the module goes.
 */
#include <linux/bitmap.h>
#include <linux/kthread.h>
#include <linux/module.h>

#define CREATE_TRACE_POINTS
#include "kt_traced.h"

static const unsigned long bits[BITS_TO_LONGS(70)] = { 1 };

static struct task_struct *thread;
static int busy;
module_param(busy, int, 0444);

static void fire(int n)
{
	trace_kt_numbers(n);
	trace_kt_arrays(n & 3, "one text", bits);
	trace_kt_first(n);
	trace_kt_second(n);
}

static int set_fire(const char *text, const struct kernel_param *kp)
{
	int n, err = kstrtoint(text, 0, &n);

	if (!err)
		fire(n);
	return err;
}

static const struct kernel_param_ops fire_ops = { .set = set_fire };
module_param_cb(fire, &fire_ops, NULL, 0200);

static int run(void *unused)
{
	int n = 0;

	while (!kthread_should_stop()) {
		fire(n++);
		cond_resched();
	}
	return 0;
}

static int __init traced_init(void)
{
	fire(-1);
	if (!busy)
		return 0;
	thread = kthread_run(run, NULL, "kt_traced");
	return PTR_ERR_OR_ZERO(thread);
}

static void __exit traced_exit(void)
{
	if (thread)
		kthread_stop(thread);
	fire(-2);
}

module_init(traced_init);
module_exit(traced_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("trace events with fields of every kind");
