/* SPDX-License-Identifier: GPL-2.0 */
/*
 * overload.h - how long handlers take, and what is done when that is too much of a CPU; see overload.c.
 *
 * Times in here are those of ktr_clock().
 */
#ifndef KTR_OVERLOAD_H
#define KTR_OVERLOAD_H

#include "arch.h"
#include "home.h"

#include <linux/ktime.h>
#include <linux/timekeeping.h>

struct ktr_att;
struct ktr_quick_point;

/* What the guard's byte `load` asks for. */
enum ktr_load_ask {
	KTR_LOAD_SAMPLE = 1,	/* the next handler without a context is to be timed */
	KTR_LOAD_HELD = 2,	/* handlers took too much of this CPU: no more of them until the script's thread has looked */
};

/* Of one attachment, on one CPU. */
struct ktr_att_time {
	u64 all;		/* in handlers, each without those that interrupted it */
	u64 worst;		/* of one run */
	u64 runs;		/* in a context: each was timed */
	/* runs without a context, of which some are timed */
	u64 sample;		/* what the last one took that was */
	u64 counted;		/* runs whose time is in `all` */
	u64 looked;		/* when that was added */
	/* the CPU's window */
	u64 before;		/* `all` when it began */
	u32 window;		/* its number */
};

/* Of one CPU. A window is the time in which handlers take as much as they may. */
struct ktr_load {
	u64 spent;		/* in all handlers since loading */
	u64 alarm;		/* when `spent` is more, somebody has to look */
	u64 longest;		/* run of this window */
	u64 spent_before;	/* `spent` when the window began */
	u64 begin;		/* when that was; 0: it begins with the next run */
	u32 window;
	u64 over_spent;		/* what was too much */
	u64 over_passed;	/* in which time */
};

DECLARE_PER_CPU(struct ktr_load, ktr_load);

/* Units of ktr_clock() in a millisecond, when it is the CPU's own counter. 0: that is not to be relied on. */
extern u32 ktr_clock_khz;

/* Of this CPU: not to be compared with another one's. Context: any. */
static __always_inline u64 ktr_clock(void)
{
#ifdef KTR_ARCH_CLOCK
	if (likely(ktr_clock_khz))
		return ktr_arch_clock();
#endif
	return ktime_get_mono_fast_ns();
}

u64 ktr_clock_ns(u64 time);		/* a duration in nanoseconds */

/* ---- the way of an event. Context: any, preemption off ------------------------------------------------------- */

struct ktr_timing {
	u64 start;
	u64 spent;
};

static __always_inline void ktr_load_begin(struct ktr_timing *t)
{
	t->spent = this_cpu_read(ktr_load.spent);
	t->start = ktr_clock();
}

/* The run of a's handler that began with ktr_load_begin() is over. */
void ktr_load_end(struct ktr_att *a, u64 start, u64 spent);

/* Whether handlers may not run on this CPU. */
static __always_inline bool ktr_load_held(void)
{
	return this_cpu_read(ktr_guard.load) == KTR_LOAD_HELD;
}

/* Runs a leaf, and takes its time if that is asked for. */
void ktr_load_run_leaf(struct ktr_att *a, struct ktr_leaf *l, void (*run)(struct ktr_leaf *l));
/* A quick handler stands aside. True: that was for taking its time, and it has run now. */
bool ktr_load_run_quick(struct ktr_quick_point *p, const void *ev);

/* ---- the script's thread -------------------------------------------------------------------------------------- */

int ktr_load_init(void);		/* before anything is attached */
/* How much of a CPU patterns of the whole system may take of `ns`, so that they are no overload. */
u64 ktr_load_share(u64 ns);
/* Some CPU is held, and nobody has looked yet. Context: any. */
bool ktr_load_is_over(void);
/* Disarms what took most of it and lets the CPU go on. */
void ktr_load_relieve(void);
/* Begins and ends to take samples. Context: process. */
void ktr_load_start(void);
void ktr_load_stop(void);
/* A tick's handler took so many nanoseconds, sleeping and waiting for the CPU included: those take nobody's CPU. */
void ktr_load_tick(struct ktr_att *a, u64 ns);

#endif
