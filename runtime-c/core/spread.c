// SPDX-License-Identifier: GPL-2.0
/*
 * spread.c - histograms that event handlers only add to: each CPU has buckets of its own (struct ktr_spread in ktr.h).
 *
 * Only the script's thread reads or stores such a variable. To read, it gives the CPUs other cells, waits until nobody can
 * be adding to the old ones, and adds what is in them to the variable's plain value. So what is read is exact, and a
 * sample is in it or in the next one.
 */
#include "agg.h"
#include "ctx.h"
#include "spread.h"

#define N_CELLS KTR_SPREAD_WORDS

int ktr__spread_init(void)
{
	u32 i, k;

	for (i = 0; i < ktg_script.n_spreads; i++) {
		struct ktr_spread *sp = ktg_script.spreads[i];

		ktr_set_nil(&sp->base.v);
		for (k = 0; k < 2; k++) {
			unsigned long cells = ktr_port_cells_new(N_CELLS);

			if (!cells)
				return KTR_ERR;
			*(k ? &sp->spare : &sp->cells) = cells;
		}
	}
	return 0;
}

void ktr__spread_exit(void)
{
	u32 i;

	for (i = 0; i < ktg_script.n_spreads; i++) {
		struct ktr_spread *sp = ktg_script.spreads[i];

		ktr_set_nil(&sp->base.v);	/* its memory goes with the arena */
		if (sp->cells)
			ktr_port_cells_free(sp->cells);
		if (sp->spare)
			ktr_port_cells_free(sp->spare);
		sp->cells = sp->spare = 0;
	}
}

/* ---- what the CPUs have added ------------------------------------------------------------------------------- */

static unsigned long cell(unsigned long cells, u32 i)
{
	return cells + i * sizeof(s64);
}

static bool is_empty(unsigned long cells)
{
	u32 i;

	for (i = 0; i < KTR_LOG2_N; i++)
		if (ktr_port_cell_sum(cell(cells, i)))
			return false;
	return true;
}

static void clear(unsigned long cells)
{
	u32 i;

	for (i = 0; i < N_CELLS; i++)
		ktr_port_cell_clear(cell(cells, i));
}

/* One CPU's sum, least and largest value. */
static void add_cpu(struct ktr_agg *a, unsigned long cells, u32 cpu)
{
	u64 lo = ktr_port_cell_at(cell(cells, KTR_SPREAD_SUM), cpu);
	u64 hi = ktr_port_cell_at(cell(cells, KTR_SPREAD_SUM + 1), cpu);
	u64 least = ktr_port_cell_at(cell(cells, KTR_SPREAD_MIN), cpu);
	u64 most = ktr_port_cell_at(cell(cells, KTR_SPREAD_MAX), cpu);
	s64 min = ktr__spread_from_least(least), max = ktr__spread_from_most(most);

	a->sum[0] += lo;
	a->sum[1] += hi + (a->sum[0] < lo);
	a->min = min < a->min ? min : a->min;
	a->max = max > a->max ? max : a->max;
}

/* a: with room for all buckets. */
static void collect(struct ktr_agg *a, unsigned long cells)
{
	u32 i;

	ktr__agg_init(a, KTR_AGG_HIST, KTR_NULL);
	a->n = KTR_LOG2_N;
	for (i = 0; i < KTR_LOG2_N; i++) {
		a->w[i] = (u64)ktr_port_cell_sum(cell(cells, i));
		a->count += a->w[i];
	}
	for (i = 0; i < ktr_port_n_cpus(); i++)
		add_cpu(a, cells, i);
}

/* Moves what the CPUs have added to the variable's own value. Context: the script's thread. */
static int gather(struct ktr_ctx *c, struct ktr_spread *sp)
{
	unsigned long old = sp->cells;
	u32 bytes = ktr__agg_size(KTR_AGG_HIST, KTR_LOG2_N);
	struct ktr_agg *a;
	int rc;

	if (is_empty(old))
		return 0;
	a = ktr_mem_alloc(c, bytes);
	if (!a)
		return ktr_fail(c, "no memory");
	__atomic_store_n(&sp->cells, sp->spare, __ATOMIC_RELAXED);
	sp->spare = old;
	ktr_port_sync();
	collect(a, old);
	clear(old);
	rc = ktr__cell_fold(c, &sp->base, a);
	ktr_mem_free(c, a, bytes);
	return rc;
}

/* ---- the variable -------------------------------------------------------------------------------------------- */

int ktr_spread_load(struct ktr_ctx *c, struct ktr_val *out, struct ktr_spread *sp)
{
	return gather(c, sp) ? KTR_ERR : ktr_cell_load(c, out, &sp->base);
}

int ktr_spread_store(struct ktr_ctx *c, struct ktr_spread *sp, const struct ktr_val *v)
{
	return gather(c, sp) ? KTR_ERR : ktr_cell_store(c, &sp->base, v);
}

int ktr_spread_agg(struct ktr_ctx *c, struct ktr_spread *sp, s64 x)
{
#ifdef KTR_HAVE_LEAVES
	if (c->level != KTR_LEVEL_THREAD) {	/* with preemption off */
		ktr_spread_add(sp, x);
		return 0;
	}
#endif
	return ktr_cell_agg(c, &sp->base, KTR_AGG_HIST, x);
}

/* The larger of what is there and v, against interrupts of this CPU. */
void ktr__spread_raise(unsigned long at, u64 v)
{
#ifdef KTR_HAVE_LEAVES
	ktr__cpu_raise(at, v);
#else
	(void)at;
	(void)v;
#endif
}
