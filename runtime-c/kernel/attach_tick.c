// SPDX-License-Identifier: GPL-2.0
/*
 * attach_tick.c - tick-N: run one after the other by the script's own thread.
 *
 * Ticks that could not be run in time, because a handler before them took long, are merged into one and counted.
 */
#include "attach.h"
#include "ktr_units.def"

#include <linux/list.h>
#include <linux/math64.h>

struct tick {
	struct list_head node;
	struct ktr_att *att;
	u64 interval;
	u64 next;
};

static LIST_HEAD(ticks);

static int tick_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	struct tick *t;

	if (a->probe->interval_ns < KTR_MIN_TICK_NS)
		return ktr_fail(c, "%s: the interval is too short: the shortest is %d ns", a->probe->text,
				(s64)KTR_MIN_TICK_NS);
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return ktr_fail(c, "no memory");
	INIT_LIST_HEAD(&t->node);
	t->att = a;
	t->interval = a->probe->interval_ns;
	a->points = t;
	return 1;
}

static int tick_attach(struct ktr_ctx *c, struct ktr_att *a)
{
	struct tick *t = a->points;

	list_add_tail(&t->node, &ticks);
	return 0;
}

static void tick_detach(struct ktr_att *a)
{
	struct tick *t = a->points;

	list_del_init(&t->node);
}

static void tick_release(struct ktr_att *a)
{
	kfree(a->points);
}

bool ktr_ticks_any(void)
{
	return !list_empty(&ticks);
}

void ktr_ticks_start(void)
{
	u64 now = ktime_get_mono_fast_ns();
	struct tick *t;

	list_for_each_entry(t, &ticks, node)
		t->next = now + t->interval;
}

/* The tick is due: how many were missed until now, and when the next one is. */
static void advance(struct tick *t, u64 now)
{
	u64 missed = div64_u64(now - t->next, t->interval);

	if (missed)
		ktr_count_n(KTR_STAT_MISSED_TICK, missed);
	t->next += (missed + 1) * t->interval;
}

u64 ktr_ticks_run(void)
{
	u64 first = 0;
	struct tick *t;

	list_for_each_entry(t, &ticks, node) {
		u64 now = ktime_get_mono_fast_ns();

		if (test_bit(KTR_REG_REMOVED, &t->att->reg->flags))
			continue;
		if (now >= t->next && !(READ_ONCE(ktr_gate) & KTR_GATE_CLOSED)) {
			advance(t, now);
			ktr_life_run(t->att);
		}
		first = first ? min(first, t->next) : t->next;
	}
	return first;
}

const struct ktr_back_end ktr_be_tick = {
	.name = "tick",
	.resolve = tick_resolve,
	.attach = tick_attach,
	.detach = tick_detach,
	.release = tick_release,
};
