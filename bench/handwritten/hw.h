/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hw.h - what the hand-written modules share: finding a tracepoint, a table per CPU by task name, and the count that
 * run.py checks (/sys/module/NAME/parameters/events).
 *
 * They are what a careful kernel programmer writes for one purpose: no checks for what cannot happen there, no limits.
 */
#ifndef HW_H
#define HW_H

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/unistd.h>

/* ---- tracepoints that are not exported ---------------------------------------------------------------------- */

struct hw_find {
	const char *name;
	struct tracepoint *tp;
};

static inline void hw_find_one(struct tracepoint *tp, void *data)
{
	struct hw_find *f = data;

	if (!strcmp(tp->name, f->name))
		f->tp = tp;
}

static inline struct tracepoint *hw_tracepoint(const char *name)
{
	struct hw_find f = { .name = name };

	for_each_kernel_tracepoint(hw_find_one, &f);
	return f.tp;
}

/* A module that hangs on one tracepoint. */
#define HW_ON_TRACEPOINT(tp_name, probe)						\
	static struct tracepoint *hw_tp;						\
	static int hw_attach(void)							\
	{										\
		hw_tp = hw_tracepoint(tp_name);						\
		return hw_tp ? tracepoint_probe_register(hw_tp, probe, NULL) : -ENOENT;	\
	}										\
	static void hw_detach(void)							\
	{										\
		tracepoint_probe_unregister(hw_tp, probe, NULL);			\
		tracepoint_synchronize_unregister();					\
	}

/* ---- the count ---------------------------------------------------------------------------------------------- */

/* u64 hw_events(void) of the module, shown as a parameter. */
#define HW_SHOW_EVENTS(sum)								\
	static int hw_get_events(char *buf, const struct kernel_param *kp)		\
	{										\
		return sysfs_emit(buf, "%llu\n", (unsigned long long)(sum));		\
	}										\
	static const struct kernel_param_ops hw_events_ops = { .get = hw_get_events };	\
	module_param_cb(events, &hw_events_ops, NULL, 0444)

static inline u64 hw_sum(u64 __percpu *n)
{
	unsigned int cpu;
	u64 sum = 0;

	for_each_possible_cpu(cpu)
		sum += *per_cpu_ptr(n, cpu);
	return sum;
}

/* ---- a table per CPU, by 16 bytes --------------------------------------------------------------------------- */

#define HW_SLOTS 1024u		/* more than there are keys */

struct hw_ent {
	u64 a, b;		/* the key; 0: free */
	u64 n;
};

struct hw_table {
	struct hw_ent ents[HW_SLOTS];
};

/* Preemption off; not for events that interrupt each other. */
static __always_inline void hw_count(struct hw_table __percpu *tab, const char comm[16])
{
	u64 a = ((const u64 *)comm)[0], b = ((const u64 *)comm)[1];
	u32 i = (a ^ b) * 0x9e3779b97f4a7c15ull >> 54;
	struct hw_table *t = this_cpu_ptr(tab);

	while (unlikely(t->ents[i].a != a || t->ents[i].b != b)) {
		if (!t->ents[i].a) {
			t->ents[i].a = a;
			t->ents[i].b = b;
			break;
		}
		i = (i + 1) % HW_SLOTS;
	}
	t->ents[i].n++;
}

/* All that was counted in a table of HW_SLOTS `ents` with an `n` each. */
#define hw_table_sum(tab) ({								\
	unsigned int cpu_, i_;								\
	u64 sum_ = 0;									\
											\
	for_each_possible_cpu(cpu_)							\
		for (i_ = 0; i_ < HW_SLOTS; i_++)					\
			sum_ += per_cpu_ptr(tab, cpu_)->ents[i_].n;			\
	sum_;										\
})

/* ---- life --------------------------------------------------------------------------------------------------- */

#define HW_MODULE(attach, detach)							\
	static int __init hw_init(void)							\
	{										\
		return attach();							\
	}										\
	static void __exit hw_exit(void)						\
	{										\
		detach();								\
	}										\
	module_init(hw_init);								\
	module_exit(hw_exit);								\
	MODULE_LICENSE("GPL");								\
	MODULE_DESCRIPTION("hand-written counterpart of a benchmark script")

#endif
