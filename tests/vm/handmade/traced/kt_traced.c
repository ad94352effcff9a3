// SPDX-License-Identifier: GPL-2.0
/*
 * A module with trace events of its own. Writing N to its parameter `fire` makes one round of events with N, writing it to
 * `deep` too, where at most N bytes are left of the task's stack; with the parameter `busy` a thread makes rounds all the time,
 * until the module goes.
 */
#include <linux/bitmap.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/task_stack.h>

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

#define STEP 200	/* bytes of stack that a call takes, about */

static noinline void descend(int n)
{
	unsigned long left = (unsigned long)__builtin_frame_address(0) - (unsigned long)task_stack_page(current);
	char taken[STEP];

	OPTIMIZER_HIDE_VAR(n);
	barrier_data(taken);
	if (left <= n)
		fire(n);
	else
		descend(n);
	barrier_data(taken);	/* else the call could reuse this frame */
}

static int set(const char *text, void (*call)(int n))
{
	int n, err = kstrtoint(text, 0, &n);

	if (!err)
		call(n);
	return err;
}

static int set_fire(const char *text, const struct kernel_param *kp)
{
	return set(text, fire);
}

static int set_deep(const char *text, const struct kernel_param *kp)
{
	return set(text, descend);
}

static const struct kernel_param_ops fire_ops = { .set = set_fire };
static const struct kernel_param_ops deep_ops = { .set = set_deep };
module_param_cb(fire, &fire_ops, NULL, 0200);
module_param_cb(deep, &deep_ops, NULL, 0200);

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
