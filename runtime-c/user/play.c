// SPDX-License-Identifier: GPL-2.0
/* Contexts, and playing the event list into the handlers in order. */
#include "home.h"

#include <stdlib.h>
#include <string.h>

#include "ktr_wire.h"

#define EVENT_NS 1000u			/* the clock's advance per event */
#define THREAD_SLOTS 8192u
#define STACK_BUDGET (1u << 20)		/* sanitizers make frames large */

bool ended;
bool failed;
struct task own_task = { .pid = 42, .tid = 42, .comm = "kt2ko" };

static struct home_ctx *contexts[MAX_CPUS][N_EVENT_LEVELS];
static struct home_ctx *thread;
static void *memory_of[MAX_CPUS * 4 + 1];
static u32 n_memory;
static s64 *shards;
static struct task last_task[MAX_CPUS];	/* what a profile handler interrupts */

/* The nested events of the one being delivered. */
static u32 nest_next, nest_end;

/* ---- contexts ----------------------------------------------------------------------------------------------- */

static u32 shard_words(void)
{
	return ktg_script.n_counters + 1;
}

u32 ktr_port_n_shards(void)
{
	return opt.cpus * N_EVENT_LEVELS + 1;
}

s64 *ktr_port_shard(u32 i)
{
	return shards + (size_t)i * shard_words();
}

static struct home_ctx *make_context(const struct ktr_ctx_cfg *cfg)
{
	struct home_ctx *h = need(calloc(1, sizeof(*h)));
	void *m = need(malloc(ktr_ctx_bytes(cfg)));

	memory_of[n_memory++] = m;
	ktr_ctx_init(&h->x, m, cfg);
	h->task = &own_task;
	return h;
}

void make_contexts(void)
{
	struct ktr_ctx_cfg cfg = { .level = KTR_LEVEL_THREAD, .stack_budget = STACK_BUDGET, .out_bytes = KTR_THREAD_OUT };
	u32 cpu, level;

	shards = need(calloc(ktr_port_n_shards(), shard_words() * sizeof(*shards)));
	cfg.n_slots = ktg_script.main_slots * 2 > THREAD_SLOTS ? ktg_script.main_slots * 2 : THREAD_SLOTS;
	cfg.scratch_bytes = 1u << 20;
	cfg.shard = ktr_port_shard(opt.cpus * N_EVENT_LEVELS);
	thread = make_context(&cfg);
	for (cpu = 0; cpu < opt.cpus; cpu++) {
		snprintf(last_task[cpu].comm, sizeof(last_task[cpu].comm), "swapper/%u", cpu % MAX_CPUS);
		for (level = 0; level < N_EVENT_LEVELS; level++) {
			struct ktr_ctx_cfg ev = { .level = (u16)level, .cpu = (u16)cpu, .stack_budget = STACK_BUDGET };

			ev.shard = ktr_port_shard(cpu * N_EVENT_LEVELS + level);
			contexts[cpu][level] = make_context(&ev);
		}
	}
}

void free_contexts(void)
{
	u32 cpu, level;

	for (cpu = 0; cpu < opt.cpus; cpu++) {
		for (level = 0; level < N_EVENT_LEVELS; level++)
			free(contexts[cpu][level]);
	}
	free(thread);
	while (n_memory)
		free(memory_of[--n_memory]);
	free(shards);
}

struct home_ctx *thread_ctx(void)
{
	return thread;
}

/* ---- one run ------------------------------------------------------------------------------------------------ */

static void report(struct home_ctx *h)
{
	char text[KTR_OUT_HEADROOM + 1024];
	u32 n;

	if (opt.continue_on_error && h->x.pub.level != KTR_LEVEL_THREAD) {
		ktr_count(KTR_STAT_HANDLER_ERROR);
		return;
	}
	if (__atomic_exchange_n(&failed, true, __ATOMIC_RELAXED))
		return;
	n = ktr_error_text(&h->x, text + KTR_OUT_HEADROOM, sizeof(text) - KTR_OUT_HEADROOM);
	h->x.pub.ev = NULL;
	ktr_port_emit(&h->x.pub, KTR_REC_TEXT, KTR_RF_ERROR, text, n);
	__atomic_store_n(&ended, true, __ATOMIC_RELAXED);
}

bool run_handler(struct home_ctx *h, const struct task *task, struct ktr_event *ev, const struct ktr_trace *t,
		 const struct ktr_val *f, bool is_main)
{
	int rc = 1;

	h->busy = true;
	h->task = task;
	ktr_ctx_begin(&h->x, ev);
	if (t && ktr_has_filter(t))
		rc = ktr_run_filter(&h->x, t, f);
	if (rc > 0)
		rc = is_main ? ktr_run_main(&h->x) : ktr_run(&h->x, f);
	if (rc == KTR_ERR)
		report(h);
	else if (rc == KTR_EXIT)
		__atomic_store_n(&ended, true, __ATOMIC_RELAXED);
	ktr_ctx_end(&h->x);
	h->busy = false;
	return __atomic_load_n(&ended, __ATOMIC_RELAXED);
}

/* ---- events ------------------------------------------------------------------------------------------------- */

static bool selected(const struct task *task, u32 cpu)
{
	return (!opt.pid || opt.pid == task->pid) && (opt.cpu < 0 || (u32)opt.cpu == cpu);
}

void deliver(const struct line *l, u32 cpu)
{
	struct home_ctx *h = contexts[cpu][l->level];
	const struct ktr_probe *p;
	u32 i;

	if (!opt.threads)
		last_task[cpu] = l->task;
	if (!selected(&l->task, cpu))
		return;
	for (i = 0; i < n_regs && !__atomic_load_n(&ended, __ATOMIC_RELAXED); i++) {
		p = reg_matches(&regs[i], l);
		if (!p)
			continue;
		if (h->busy) {
			ktr_count(KTR_STAT_REENTRY);
		} else {
			struct ktr_event ev = { l, p };

			run_handler(h, &l->task, &ev, regs[i].trace, &regs[i].func, false);
		}
	}
}

void play_nested(void)
{
	const struct line *l;

	while (nest_next < nest_end) {
		l = &events.lines[nest_next++];
		deliver(l, l->cpu);
	}
}

/* Plays the event at index i with what is nested in it; the index of the next. */
static u32 play_event(u32 i)
{
	const struct line *l = &events.lines[i];
	u32 next = i + 1;

	while (next < events.n && events.lines[next].kind == LINE_EVENT && events.lines[next].nested)
		next++;
	mono_ns += EVENT_NS;
	nest_next = i + 1;
	nest_end = next;
	deliver(l, l->cpu);
	/* handlers without output leave no place to nest in: after it, then */
	play_nested();
	refill_if_wanted();
	return next;
}

/* ---- timers ------------------------------------------------------------------------------------------------- */

static void start_timers(void)
{
	bool profile;
	u32 i;

	for (i = 0; i < n_regs; i++)
		regs[i].next_ns = (s64)mono_ns + reg_interval(&regs[i], &profile);
}

static void fire(struct reg *r, bool profile)
{
	u32 cpu;

	if (!profile) {
		run_handler(thread, &own_task, NULL, r->trace, &r->func, false);
		return;
	}
	for (cpu = 0; cpu < opt.cpus && !ended; cpu++) {
		if (!r->removed && (opt.cpu < 0 || (u32)opt.cpu == cpu))
			run_handler(contexts[cpu][KTR_LEVEL_HARDIRQ], &last_task[cpu], NULL, r->trace, &r->func, false);
	}
}

/* Lets time pass, timers firing in order; those due at the same time in the order of their statements. */
static void pass_time(s64 ms)
{
	s64 until = (s64)mono_ns + ms * 1000000;
	struct reg *due;
	bool profile;
	u32 i;

	while (!ended) {
		due = NULL;
		for (i = 0; i < n_regs; i++) {
			if (reg_interval(&regs[i], &profile) && regs[i].next_ns <= until &&
			    (!due || regs[i].next_ns < due->next_ns))
				due = &regs[i];
		}
		if (!due)
			break;
		mono_ns = (u64)due->next_ns;
		due->next_ns += reg_interval(due, &profile);
		fire(due, profile);
		reap_removed();
		refill_if_wanted();
	}
	mono_ns = (u64)until;
}

void play_all(void)
{
	u32 i = 0;

	start_timers();
	while (i < events.n && !ended && events.lines[i].kind != LINE_EXIT) {
		if (events.lines[i].kind == LINE_TICK)
			pass_time(events.lines[i++].tick_ms);
		else
			i = play_event(i);
		reap_removed();
		if (nothing_registered())
			break;		/* nothing can happen any more */
	}
}
