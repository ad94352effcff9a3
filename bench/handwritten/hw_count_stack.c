// SPDX-License-Identifier: GPL-2.0
/* Counts entries of vfs_read by kernel stack. */
#include <linux/ftrace.h>

#include <asm/unwind.h>

#include "hw.h"

#define DEPTH 32
#define SLOTS 64u

struct entry {
	u64 hash;		/* 0: free */
	u64 n;
	u32 depth;
	unsigned long addrs[DEPTH];
};

struct table {
	struct entry ents[SLOTS];
};

static struct table __percpu *tab;

/* From the function's entry on: its stack pointer is there, and nothing of the tracer is on the way. */
static __always_inline unsigned int walk(unsigned long ip, const struct pt_regs *entry, unsigned long *addrs)
{
	struct pt_regs regs = { .ip = ip, .sp = entry->sp, .bp = entry->bp, .cs = __KERNEL_CS, .ss = __KERNEL_DS };
	struct unwind_state state;
	unsigned int n = 0;

	addrs[n++] = ip;
	for (unwind_start(&state, current, &regs, NULL); !unwind_done(&state) && n < DEPTH; unwind_next_frame(&state))
		addrs[n++] = unwind_get_return_address(&state);
	return n;
}

static void hook(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	unsigned long addrs[DEPTH];
	unsigned int n, i;
	u64 hash = 1;
	struct entry *e;

	preempt_disable_notrace();
	n = walk(ip, (struct pt_regs *)fregs, addrs);
	for (i = 0; i < n; i++)
		hash = (hash ^ addrs[i]) * 0x9e3779b97f4a7c15ull;
	hash |= 1;
	e = this_cpu_ptr(tab)->ents;
	for (i = hash >> 58; e[i].hash && (e[i].hash != hash || e[i].depth != n ||
					   memcmp(e[i].addrs, addrs, n * sizeof(addrs[0]))); i = (i + 1) % SLOTS)
		;
	if (unlikely(!e[i].hash)) {
		memcpy(e[i].addrs, addrs, n * sizeof(addrs[0]));
		e[i].depth = n;
		e[i].hash = hash;
	}
	e[i].n++;
	preempt_enable_notrace();
}

static u64 sum(void)
{
	unsigned int cpu, i;
	u64 sum = 0;

	for_each_possible_cpu(cpu)
		for (i = 0; i < SLOTS; i++)
			sum += per_cpu_ptr(tab, cpu)->ents[i].n;
	return sum;
}

HW_SHOW_EVENTS(sum());

static struct ftrace_ops ops = { .func = hook };

static int attach(void)
{
	int err;

	tab = __alloc_percpu(sizeof(struct table), 64);
	if (!tab)
		return -ENOMEM;
	err = ftrace_set_filter(&ops, "vfs_read", strlen("vfs_read"), 1);
	return err ? err : register_ftrace_function(&ops);
}

static void detach(void)
{
	unregister_ftrace_function(&ops);
	free_percpu(tab);
}

HW_MODULE(attach, detach);
