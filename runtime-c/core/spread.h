/* SPDX-License-Identifier: GPL-2.0 */
/* spread.h - the inside of histograms of which each CPU has its own (spread.c). */
#ifndef KTR_SPREAD_H
#define KTR_SPREAD_H

#include "agg.h"

_Static_assert(KTR_SPREAD_SUM == KTR_LOG2_N, "the buckets come first");

_Static_assert(2 * KTR_SPREAD_WORDS * sizeof(s64) == KTR_SIZE_SPREAD, "see ktr_sizes.h");

/* 0 is the least in both: cells are made of zeros. */
static inline s64 ktr__spread_from_most(u64 v)
{
	return (s64)(v ^ 1ull << 63);
}

static inline s64 ktr__spread_from_least(u64 v)
{
	return ktr__spread_from_most(~v);
}

/* 0, or KTR_ERR: no memory. Context: process. */
int ktr__spread_init(void);
/* No handler runs any more. Context: process. */
void ktr__spread_exit(void);
/* Adds a whole aggregate to a variable. */
int ktr__cell_fold(struct ktr_ctx *c, struct ktr_cell *cell, const struct ktr_agg *a);

#endif
