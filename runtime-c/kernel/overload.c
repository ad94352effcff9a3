// SPDX-License-Identifier: GPL-2.0
/*
 * overload.c - no script takes a CPU for itself: when its handlers took more than `overload` percent of one over a window of
 * `overload_ms`, the most expensive probe is disarmed; when that does not help the next; at last the script ends.
 *
 * Runs in a context are timed one by one, and the time is added up where it was spent. When the sum passes an alarm, the
 * same CPU looks whether too much time has come together too fast. If so, it lets no handler start any more: that
 * works at once in every context, also where nothing but interrupts would get a turn otherwise. The script's thread then
 * gets the CPU, chooses, detaches and opens it again.
 *
 * Runs without a context must not pay for a clock. A few times a second each CPU is asked, by a byte of the guard, for the
 * time of one such run: the handler that meets it takes the slow way, where it is timed. What its probe's other runs took
 * is estimated by it.
 */
#include "overload.h"

#include <linux/hrtimer.h>
#include <linux/math64.h>

#include "attach.h"
#include "ktr_compat.h"

#define KTR_SAMPLE_NS (NSEC_PER_SEC / 4)
#define KTR_ROUNDS 5			/* disarmed one soon after the other: then the script ends */
#define KTR_SOON_NS (10 * NSEC_PER_SEC)

DEFINE_PER_CPU(struct ktr_load, ktr_load);
u32 ktr_clock_khz;

static u64 window;		/* its length */
static u64 most;		/* of it, for handlers */
static u64 recent;		/* time that a sample stands for at most: it takes some to get one */
static bool over;

/* ---- the clock ---------------------------------------------------------------------------------------------- */

static u32 units_per_ms(void)
{
	return ktr_clock_khz ?: USEC_PER_SEC;
}

u64 ktr_clock_ns(u64 time)
{
	return mul_u64_u32_div(time, USEC_PER_SEC, units_per_ms());
}

static void choose_clock(void)
{
#ifdef KTR_ARCH_CLOCK
	ktr_clock_khz = ktr_arch_clock_khz();
#endif
}

/* ---- windows ------------------------------------------------------------------------------------------------ */

/* Context: the CPU itself. */
static void begin_window(struct ktr_load *l, u64 now)
{
	l->begin = now;
	l->spent_before = l->spent;
	l->longest = 0;
	l->window++;
	l->alarm = l->spent + most;
}

static void hold(struct ktr_load *l, u64 spent, u64 passed)
{
	l->over_spent = spent;
	l->over_passed = passed;
	l->alarm = U64_MAX;
	this_cpu_write(ktr_guard.load, KTR_LOAD_HELD);
	WRITE_ONCE(over, true);
	ktr_ring_bell(KTR_BELL_THREAD);
}

/*
 * The longest run is left out on both sides: one alone may be a machine that stood still, which is the handler's fault as
 * little as that of whom else it hit.
 */
static noinline void look(void)
{
	struct ktr_load *l = this_cpu_ptr(&ktr_load);
	u64 now = ktr_clock(), longest = l->longest, spent, passed;

	if (!l->begin) {
		begin_window(l, now);
		return;
	}
	spent = l->spent - l->spent_before - longest;
	passed = now - l->begin - longest;
	if (spent < most)
		l->alarm = l->spent_before + longest + most;
	else if ((s64)passed < 0 || div64_u64(spent * 100, passed + 1) < ktr_limits[KTR_LIM_OVERLOAD])
		begin_window(l, now);
	else
		hold(l, spent, passed);
}

static void charge_cpu(u64 time)
{
	if (time > this_cpu_read(ktr_load.longest))
		this_cpu_write(ktr_load.longest, time);
	this_cpu_add(ktr_load.spent, time);
	if (unlikely(this_cpu_read(ktr_load.spent) > this_cpu_read(ktr_load.alarm)))
		look();
}

static struct ktr_att_time *time_of(struct ktr_att *a)
{
	struct ktr_att_time *t = &this_cpu_ptr(a->stats)->time;
	u32 number = this_cpu_read(ktr_load.window);

	if (unlikely(t->window != number)) {
		t->before = t->all;
		t->window = number;
	}
	return t;
}

/* ---- runs in a context -------------------------------------------------------------------------------------- */

/* Handlers that interrupted this one have added their own time to `spent` meanwhile. */
void ktr_load_end(struct ktr_att *a, u64 start, u64 spent)
{
	u64 took = ktr_clock() - start;
	struct ktr_att_time *t = time_of(a);

	took -= this_cpu_read(ktr_load.spent) - spent;
	if (unlikely((s64)took < 0))	/* an interrupt between the two looks, or an estimate that is too high */
		took = 0;
	this_cpu_inc(a->stats->time.runs);
	this_cpu_add(a->stats->time.all, took);
	if (took > t->worst)
		t->worst = took;
	charge_cpu(took);
}

/* ---- runs without ------------------------------------------------------------------------------------------- */

/* Whether this run is the one to be timed. An NMI may hold the CPU just now. */
static bool take_sample(void)
{
	return this_cpu_read(ktr_guard.load) == KTR_LOAD_SAMPLE &&
	       this_cpu_cmpxchg(ktr_guard.load, KTR_LOAD_SAMPLE, 0) == KTR_LOAD_SAMPLE;
}

/*
 * A run took so long. What else ran since the last sample is taken to have cost as much as the cheaper of the two: they have
 * no loops, and what takes longer was stopped by something else. Interrupts are off.
 */
static void estimate(struct ktr_att *a, u64 took)
{
	struct ktr_att_time *t = time_of(a);
	u64 now = ktr_clock(), since = now - t->looked;
	u64 runs = this_cpu_read(a->stats->leaf.hits) - t->runs - t->counted;
	u64 each = min(took, t->sample), all;

	t->sample = took;
	t->looked = now;
	if (!each)
		return;		/* the first one */
	all = runs * each;
	t->counted += runs;
	t->all += all;
	t->worst = max(t->worst, each);
	/* to be held against it now is only what is not long ago */
	charge_cpu(since > recent ? mul_u64_u64_div_u64(all, recent, since) : all);
}

void ktr_load_run_leaf(struct ktr_att *a, struct ktr_leaf *l, void (*run)(struct ktr_leaf *l))
{
	unsigned long irq;
	u64 start;

	if (!take_sample()) {
		run(l);
		return;
	}
	irq = ktr_port_irq_save();
	start = ktr_clock();
	run(l);
	estimate(a, ktr_clock() - start);
	ktr_port_irq_restore(irq);
}

bool ktr_load_run_quick(struct ktr_quick_point *p, const void *ev)
{
	struct ktr_att *a = this_cpu_ptr((struct ktr_leaf __percpu __force *)p->leaf)->att;
	unsigned long irq;
	u64 start, runs;

	if (!take_sample() || this_cpu_read(ktr_guard.all))
		return false;
	irq = ktr_port_irq_save();
	runs = this_cpu_read(a->stats->time.runs);
	start = ktr_clock();
	ktr_att_quick(a)->run(p, ev);
	if (runs == this_cpu_read(a->stats->time.runs))	/* else it stood aside once more, and was timed there */
		estimate(a, ktr_clock() - start);
	ktr_port_irq_restore(irq);
	return true;
}

/* A timer rather than the script's thread: waking that would be an event of somebody's trace. */
#ifdef KTR_HAVE_LEAVES
static struct hrtimer asking;
static bool asks;

static enum hrtimer_restart ask(struct hrtimer *timer)
{
	unsigned int cpu;

	/* each CPU clears its byte by itself; if it is held meanwhile that stays */
	for_each_online_cpu(cpu)
		cmpxchg(&per_cpu_ptr(&ktr_guard, cpu)->load, 0, KTR_LOAD_SAMPLE);
	hrtimer_forward_now(timer, ns_to_ktime(KTR_SAMPLE_NS));
	return HRTIMER_RESTART;
}

void ktr_load_start(void)
{
	asks = ktr_attach_any_leaf();
	if (!asks)
		return;
	ktr_compat_hrtimer_setup(&asking, ask, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	hrtimer_start(&asking, ns_to_ktime(KTR_SAMPLE_NS), HRTIMER_MODE_REL_HARD);
}

void ktr_load_stop(void)
{
	if (asks)
		hrtimer_cancel(&asking);
	asks = false;
}
#else
void ktr_load_start(void)
{
}

void ktr_load_stop(void)
{
}
#endif

/* ---- ticks -------------------------------------------------------------------------------------------------- */

void ktr_load_tick(struct ktr_att *a, u64 ns)
{
	u64 took = mul_u64_u32_div(ns, units_per_ms(), USEC_PER_SEC);
	struct ktr_att_time *t;

	preempt_disable();
	t = time_of(a);
	t->runs++;
	t->all += took;
	t->worst = max(t->worst, took);
	preempt_enable();
}

/* ---- the script's thread ------------------------------------------------------------------------------------ */

bool ktr_load_is_over(void)
{
	return READ_ONCE(over);
}

static void let_go(unsigned int cpu)
{
	struct ktr_load *l = per_cpu_ptr(&ktr_load, cpu);

	l->begin = 0;
	WRITE_ONCE(l->alarm, 0);
	smp_wmb();
	WRITE_ONCE(per_cpu_ptr(&ktr_guard, cpu)->load, 0);
}

/* The time that an attachment's handlers took on a CPU in its last window. */
static u64 time_in_window(const struct ktr_att *a, unsigned int cpu)
{
	const struct ktr_att_time *t = &per_cpu_ptr(a->stats, cpu)->time;

	return t->window == per_cpu_ptr(&ktr_load, cpu)->window ? t->all - t->before : 0;
}

/* What tells how bad it was, and what is done about it. */
static void tell_of_stop(unsigned int cpu, const struct ktr_att *a)
{
	static char text[KTR_OUT_HEADROOM + 512] __aligned(8);
	const struct ktr_load *l = per_cpu_ptr(&ktr_load, cpu);
	const u64 percent = div64_u64(l->over_spent * 100, l->over_passed + 1);
	struct ktr_att_sum s;
	u32 n;

	ktr_att_sum(a, &s);
	n = scnprintf(text + KTR_OUT_HEADROOM, sizeof(text) - KTR_OUT_HEADROOM,
		      "%s:%u: warning: overload: handlers took %llu%% of CPU %u for %llu ms; disarmed: %s, with %llu runs of %llu ns, at most %llu ns\n",
		      ktg_script.file, a->reg->trace->pos, min(percent, 100ull), cpu,
		      div64_u64(ktr_clock_ns(l->over_passed), NSEC_PER_MSEC), a->probe->text, s.hits, s.each, s.worst);
	ktr_port_emit(&ktr_thread_ctx->pub, KTR_REC_TEXT, KTR_RF_ERROR, text, n);
}

static void tell_end(const char *why)
{
	static char text[KTR_OUT_HEADROOM + 256] __aligned(8);
	u32 n = scnprintf(text + KTR_OUT_HEADROOM, sizeof(text) - KTR_OUT_HEADROOM,
			  "%s: error: overload: %s; the script ends (parameter overload)\n", ktg_script.file, why);

	ktr_port_emit(&ktr_thread_ctx->pub, KTR_REC_TEXT, KTR_RF_ERROR, text, n);
	ktr_life_overload();
}

/* Whether probes have been disarmed in vain: as many as this one after the other. */
static bool in_vain(void)
{
	static u64 last;
	static u32 rounds;
	u64 now = ktime_get_mono_fast_ns();

	rounds = now - last < KTR_SOON_NS ? rounds + 1 : 1;
	last = now;
	return rounds >= KTR_ROUNDS;
}

static void relieve(unsigned int cpu)
{
	struct ktr_att *a = ktr_attach_worst(time_in_window, cpu);

	if (!a)
		return;		/* it has been removed meanwhile */
	ktr_attach_disarm(a);
	ktr_count(KTR_STAT_DISARMED);
	tell_of_stop(cpu, a);
	if (!ktr_attach_armed())
		tell_end("no event is left");
	else if (in_vain())
		tell_end("disarming probes does not help");
}

/* One probe at a time, that of the CPU where it was worst: it may be the reason for all. */
void ktr_load_relieve(void)
{
	unsigned int cpu, worst = nr_cpu_ids;

	if (!READ_ONCE(over))
		return;
	WRITE_ONCE(over, false);
	smp_mb();
	for_each_possible_cpu(cpu) {
		if (READ_ONCE(per_cpu_ptr(&ktr_guard, cpu)->load) != KTR_LOAD_HELD)
			continue;
		if (worst == nr_cpu_ids || per_cpu_ptr(&ktr_load, cpu)->over_spent > per_cpu_ptr(&ktr_load, worst)->over_spent)
			worst = cpu;
	}
	if (worst == nr_cpu_ids)
		return;
	relieve(worst);
	if (ktr_life_asked())
		return;
	for_each_possible_cpu(cpu)
		if (READ_ONCE(per_cpu_ptr(&ktr_guard, cpu)->load) == KTR_LOAD_HELD)
			let_go(cpu);
}

/* ---- load --------------------------------------------------------------------------------------------------- */

u64 ktr_load_share(u64 ns)
{
	u64 share = ns / 4 * 3;

	u64 percent = ktr_limits[KTR_LIM_OVERLOAD];

	return percent ? min(share, ns / 1000 * 9 * percent) : share;
}

int ktr_load_init(void)
{
	unsigned int cpu;

	choose_clock();
	window = (u64)ktr_limits[KTR_LIM_OVERLOAD_MS] * units_per_ms();
	recent = max(window, 1000ull * units_per_ms());
	most = div64_u64(window * ktr_limits[KTR_LIM_OVERLOAD], 100);
	for_each_possible_cpu(cpu)
		per_cpu_ptr(&ktr_load, cpu)->alarm = ktr_limits[KTR_LIM_OVERLOAD] ? 0 : U64_MAX;
	return 0;
}
