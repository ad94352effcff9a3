// SPDX-License-Identifier: GPL-2.0
/* Times of one system call, per thread from enter to exit, into a histogram of powers of two. */
#include <asm/syscall.h>

#include "hw.h"

#define SLOTS 4096u

/* A slot belongs to a thread once it has claimed it. */
struct slot {
	u64 tid;
	u64 since;
};

static struct slot slots[SLOTS];
static DEFINE_PER_CPU(u64 [64], hist);

static __always_inline struct slot *slot_of(u64 tid)
{
	u32 i = (u32)tid % SLOTS, k;

	for (k = 0; k < SLOTS; k++, i = (i + 1) % SLOTS) {
		u64 owner = READ_ONCE(slots[i].tid);

		if (likely(owner == tid) || (!owner && !cmpxchg(&slots[i].tid, 0, tid)))
			return &slots[i];
	}
	return NULL;
}

static void enter(void *data, struct pt_regs *regs, long nr)
{
	struct slot *s;

	if (nr != __NR_getppid)
		return;
	s = slot_of(current->pid);
	if (s)
		s->since = ktime_get_mono_fast_ns();
}

static void leave(void *data, struct pt_regs *regs, long ret)
{
	struct slot *s;
	u64 ns;

	if (syscall_get_nr(current, regs) != __NR_getppid)
		return;
	s = slot_of(current->pid);
	if (!s || !s->since)
		return;
	ns = ktime_get_mono_fast_ns() - s->since;
	s->since = 0;
	this_cpu_inc(hist[fls64(ns) & 63]);
}

static u64 sum(void)
{
	unsigned int cpu, i;
	u64 sum = 0;

	for_each_possible_cpu(cpu)
		for (i = 0; i < 64; i++)
			sum += per_cpu(hist, cpu)[i];
	return sum;
}

HW_SHOW_EVENTS(sum());

static struct tracepoint *tps[2];

static int attach(void)
{
	int err;

	tps[0] = hw_tracepoint("sys_enter");
	tps[1] = hw_tracepoint("sys_exit");
	err = tracepoint_probe_register(tps[0], enter, NULL);
	return err ? err : tracepoint_probe_register(tps[1], leave, NULL);
}

static void detach(void)
{
	tracepoint_probe_unregister(tps[0], enter, NULL);
	tracepoint_probe_unregister(tps[1], leave, NULL);
	tracepoint_synchronize_unregister();
}

HW_MODULE(attach, detach);
