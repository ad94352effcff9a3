// SPDX-License-Identifier: GPL-2.0
/*
 * settle.c - aggregations that quick handlers add to in elements (ways.h): what the CPUs have added, as it can be read.
 *
 * A sample changes several cells of its CPU, so a reader copies those of one CPU until it has got a state that nobody was
 * changing, and keeps the sum over the CPUs beside the way. That takes as long as others take to add, so it is done before
 * the table is locked. Only the script's thread reads such tables (lower/storage.h), and only it takes elements away.
 */
#include "agg.h"
#include "ctx.h"
#include "spread.h"
#include "ways.h"
#include "wide.h"

static inline struct ktr__sample_way *outer(struct ktr_way *w)
{
	return (struct ktr__sample_way *)w;
}

void ktr__way_settled_init(struct ktr_way *w, u32 kind)
{
	struct ktr_agg *a = &outer(w)->settled;

	ktr__agg_init(a, kind, KTR_NULL);
	if (kind == KTR_AGG_HIST) {
		a->n = KTR_LOG2_N;
		memset(a->w, 0, KTR_LOG2_N * sizeof(u64));
	}
}

/* One CPU's cells, all of the same moment; false: it has never added anything. */
static bool copy_cpu(u64 *cells, unsigned long from, u32 seq_at, u32 cpu)
{
	u64 seq;
	u32 i;

	for (;;) {
		seq = ktr_port_cell_at(from + seq_at * sizeof(s64), cpu);
		if (!seq)
			return false;
		ktr_port_read_barrier();
		for (i = 0; i < seq_at; i++)
			cells[i] = ktr_port_cell_at(from + i * sizeof(s64), cpu);
		ktr_port_read_barrier();
		if (!(seq & 1) && seq == ktr_port_cell_at(from + seq_at * sizeof(s64), cpu))
			return true;
		ktr_port_relax();
	}
}

/* The least and the largest value in cells number i and i + 1. */
static void add_ends(struct ktr_agg *a, const u64 *cells)
{
	s64 min = ktr__spread_from_least(cells[0]), max = ktr__spread_from_most(cells[1]);

	a->min = min < a->min ? min : a->min;
	a->max = max > a->max ? max : a->max;
}

static void add_hist(struct ktr_agg *a, const u64 *cells)
{
	u32 i;

	for (i = 0; i < KTR_LOG2_N; i++) {
		a->w[i] += cells[i];
		a->count += cells[i];
	}
	ktr__wide_add(a->sum, cells + KTR_SPREAD_SUM, 2);
	add_ends(a, cells + KTR_SPREAD_MIN);
}

static void add_stats(struct ktr_agg *a, const u64 *cells)
{
	a->count += cells[KTR_STATS_COUNT];
	ktr__wide_add(a->sum, cells + KTR_STATS_SUM, 2);
	if (a->kind != KTR_AGG_AVG)
		ktr__wide_add(a->w, cells + KTR_STATS_SQUARES, 3);
	if (a->kind == KTR_AGG_STATS)
		add_ends(a, cells + KTR_STATS_MIN);
}

static void settle(struct ktr_way *w)
{
	bool is_hist = w->adder->agg == KTR_AGG_HIST;
	u32 cpu, seq_at = is_hist ? KTR_HIST_SEQ : KTR_STATS_SEQ;
	struct ktr_agg *a = &outer(w)->settled;
	static u64 cells[KTR_HIST_SEQ];	/* the script's thread is alone here */

	ktr__way_settled_init(w, w->adder->agg);
	for (cpu = 0; cpu < ktr_port_n_cpus(); cpu++) {
		if (!copy_cpu(cells, w->cell, seq_at, cpu))
			continue;
		if (is_hist)
			add_hist(a, cells);
		else
			add_stats(a, cells);
	}
}

static bool is_reader(const struct ktr_ctx *c)
{
	return c->level == KTR_LEVEL_THREAD;
}

bool ktr__ways_settle(struct ktr_ctx *c, struct ktr_way *w)
{
	if (!is_reader(c))
		return false;
	for (; w; w = __atomic_load_n(&w->more, __ATOMIC_ACQUIRE))
		settle(w);
	return true;
}

void ktr__tab_settle(struct ktr_ctx *c, struct ktr_table *t)
{
	struct ktr_adder *adder = __atomic_load_n(&t->adders, __ATOMIC_ACQUIRE);
	struct ktr_way *w;

	if (!is_reader(c))
		return;
	for (; adder; adder = adder->next) {
		if (adder->agg < KTR_AGG_AVG)
			continue;
		for (w = __atomic_load_n(&adder->ways, __ATOMIC_ACQUIRE); w; w = w->next)
			settle(w);
	}
}

/* ---- the sum over an element's ways --------------------------------------------------------------------------- */

static void add_header(struct ktr_agg *to, const struct ktr_agg *a)
{
	to->count += a->count;
	ktr__wide_add(to->sum, a->sum, 2);
	to->min = a->min < to->min ? a->min : to->min;
	to->max = a->max > to->max ? a->max : to->max;
	if (ktr__agg_extra(a->kind))
		ktr__wide_add(to->w, a->w, 3);
}

void ktr__ways_fold(const struct ktr_way *head, struct ktr_agg *to, u32 from, u32 n)
{
	const struct ktr_way *w;
	u32 i;

	ktr__agg_init(to, head->adder->agg, KTR_NULL);
	add_header(to, head->agg);
	for (w = head; w; w = w->more)
		add_header(to, &((const struct ktr__sample_way *)w)->settled);
	to->first = n ? (u16)from : 0;
	to->n = (u16)n;
	for (i = 0; i < n; i++)
		ktr__agg_buckets(to)[i] = ktr__ways_bucket(head, from + i);
}

u64 ktr__ways_bucket(const struct ktr_way *head, u32 i)
{
	u64 n = ktr__agg_bucket(head->agg, i);
	const struct ktr_way *w;

	for (w = head; w; w = w->more)
		n += ktr__agg_bucket(&((const struct ktr__sample_way *)w)->settled, i);
	return n;
}

s64 ktr__ways_extreme(const struct ktr_way *head)
{
	bool is_max = head->adder->agg == KTR_AGG_MAX;
	s64 best = head->base, x;
	const struct ktr_way *w;
	u32 cpu;

	for (w = head; w; w = w->more) {
		for (cpu = 0; cpu < ktr_port_n_cpus(); cpu++) {
			u64 cell = ktr_port_cell_at(w->cell, cpu);

			x = is_max ? ktr__spread_from_most(cell) : ktr__spread_from_least(cell);
			best = is_max ? (x > best ? x : best) : x < best ? x : best;
		}
	}
	return best;
}
