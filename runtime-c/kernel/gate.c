// SPDX-License-Identifier: GPL-2.0
/*
 * gate.c - whether an event may run its handler: not before the script runs, not of the tracer itself, not within another handler, not
 * when handlers take too much time.
 */
#include "attach.h"
#include "scope.h"

bool ktr_gate_passes(void)
{
	return !(READ_ONCE(ktr_gate) & KTR_GATE_CLOSED) && ktr_scope_passes();
}

void ktr_gate_set(unsigned int bits)
{
	unsigned int cpu;

	WRITE_ONCE(ktr_gate, bits);
	for_each_possible_cpu(cpu)
		WRITE_ONCE(per_cpu_ptr(&ktr_guard, cpu)->gate, bits);
}

/* Of a task of the tracer itself, which is on this CPU: an interrupt's events are not. */
static bool is_own(unsigned int level)
{
	return level == KTR_LEVEL_TASK && this_cpu_read(ktr_guard.self);
}

bool ktr_guard_passes(struct ktr_att *a, unsigned int level)
{
	if (this_cpu_read(ktr_guard.gate) && !ktr_gate_passes())
		return false;
	if (is_own(level))
		return false;
	if (likely(!this_cpu_read(ktr_guard.busy[level]) && !this_cpu_read(ktr_guard.absent) && !ktr_load_held()))
		return true;
	ktr_event_skipped(a, level);
	return false;
}

bool ktr_leaf_passes(struct ktr_att *a, unsigned int level)
{
	if (is_own(level) || (this_cpu_read(ktr_guard.gate) && !ktr_gate_passes()))
		return false;
	if (likely(!this_cpu_read(ktr_guard.busy[level]) && !ktr_load_held()))
		return true;
	ktr_event_skipped(a, level);
	return false;
}

void ktr_leaf_slow(struct ktr_leaf *l, void (*run)(struct ktr_leaf *l))
{
	struct ktr_att *a;

	preempt_disable_notrace();
	a = this_cpu_ptr((struct ktr_leaf __percpu __force *)l)->att;
	if (ktr_leaf_passes(a, interrupt_context_level()))
		ktr_load_run_leaf(a, l, run);
	preempt_enable_notrace();
}

void ktr_event_skipped(struct ktr_att *a, unsigned int level)
{
	static const enum ktr_stat stat_of[] = {
		[KTR_SKIP_REENTRY] = KTR_STAT_REENTRY,
		[KTR_SKIP_NO_CONTEXT] = KTR_STAT_NO_CONTEXT,
		[KTR_SKIP_STACK] = KTR_STAT_STACK,
		[KTR_SKIP_OVERLOAD] = KTR_STAT_OVERLOAD,
	};
	enum ktr_skip why = KTR_SKIP_STACK;

	if (is_own(level))
		return;		/* caused by the tracer itself: nothing that anybody misses */
	if (this_cpu_read(ktr_guard.busy[level]))
		why = KTR_SKIP_REENTRY;
	else if (ktr_load_held())
		why = KTR_SKIP_OVERLOAD;
	else if (this_cpu_read(ktr_guard.absent))
		why = KTR_SKIP_NO_CONTEXT;
	this_cpu_inc(a->stats->skips[why]);
	ktr_count(stat_of[why]);
}
