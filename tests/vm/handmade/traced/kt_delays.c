// SPDX-License-Identifier: GPL-2.0
/*
 * A module that takes its time before delayed work is asked for, in tasks named `task`: what should happen later has happened
 * by then.
 */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched.h>

static char *task = "cat";
module_param(task, charp, 0444);

static int ms = 40;
module_param(ms, int, 0444);

static atomic_t delayed = ATOMIC_INIT(0);

static int delay(struct kprobe *probe, struct pt_regs *regs)
{
	if (!strcmp(current->comm, task)) {
		atomic_inc(&delayed);
		mdelay(ms);
	}
	return 0;
}

static int show_delayed(char *to, const struct kernel_param *kp)
{
	return sysfs_emit(to, "%d\n", atomic_read(&delayed));
}

static const struct kernel_param_ops delayed_ops = { .get = show_delayed };
module_param_cb(delayed, &delayed_ops, NULL, 0444);

static struct kprobe probe = { .symbol_name = "queue_delayed_work_on", .pre_handler = delay };

static int __init delays_init(void)
{
	return register_kprobe(&probe);
}

static void __exit delays_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(delays_init);
module_exit(delays_exit);
MODULE_LICENSE("GPL");
