/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ways.h - table elements to which quick handlers add without a lock (see ktr_leaf.h), and the ways to them.
 *
 * Such an element is a KTR_WAYS: a chain of ways, one for each statement (struct ktr_adder) that adds to it. Its value is what
 * the ways' bases hold, which are added to under the table's lock, and what is in their cells, which each CPU has its own of.
 * What takes an element away first takes its ways out of their slots, under the lock; a handler that has found one before may
 * still add to it, which then happened before the element went. So a way is used again only when no handler can know it any
 * more.
 *
 * An aggregation of several cells (avg, stddev, stats, hist) is read in two steps: ktr__..._settle() copies the cells, then
 * the element is read under the lock (settle.c).
 *
 * Context: any, the lock of the table held, unless a function says otherwise.
 */
#ifndef KTR_WAYS_H
#define KTR_WAYS_H

#include "agg.h"
#include "table.h"

/* A way whose cells are more than one number. */
struct ktr__sample_way {
	struct ktr_way way;
	struct ktr_agg settled;		/* what its cells held when they were read last */
};

/* The number of an element. No lock is needed where the element cannot go. */
s64 ktr__ways_sum(const struct ktr_way *w);
/* The same of one that is a min() or max(). */
s64 ktr__ways_extreme(const struct ktr_way *w);
/* Bucket i of an element, and all of it with n buckets from number `from` on, as last settled. */
u64 ktr__ways_bucket(const struct ktr_way *w, u32 i);
void ktr__ways_fold(const struct ktr_way *w, struct ktr_agg *to, u32 from, u32 n);
/* Makes the way from a statement to an element, unless there is none to be had or the slot is taken. */
void ktr__way_make(struct ktr_ctx *c, struct ktr_table *t, struct ktr__ent *e, const struct ktr_val *k,
		   struct ktr_adder *adder);
/* Nobody finds the element any more; to be called before it goes or gets another value. */
void ktr__ways_unlink(struct ktr_way *w);
/* The same for all elements of a table. */
void ktr__ways_unlink_all(struct ktr_table *t);
/* Gives the ways of an element back that was unlinked. The lock need not be held. */
void ktr__ways_drop(struct ktr_ctx *c, struct ktr_way *w);

/* Whether an element must be settled before it is read. */
static inline bool ktr__is_unsettled(const struct ktr_val *v)
{
	return v->type == KTR_WAYS && v->flags >= KTR_AGG_AVG;
}

/*
 * Copies what is in the cells of an element, or of all elements. Context: without locks; nobody but the script's thread reads,
 * elsewhere they do nothing (and ktr__ways_settle() returns false).
 */
bool ktr__ways_settle(struct ktr_ctx *c, struct ktr_way *w);
void ktr__tab_settle(struct ktr_ctx *c, struct ktr_table *t);
void ktr__way_settled_init(struct ktr_way *w, u32 kind);

/* How many slots the adder has of its own. */
static inline u32 ktr__adder_slots(const struct ktr_adder *adder)
{
	switch (adder->kind) {
	case KTR_ADDER_NAME:
		return 0;
	case KTR_ADDER_ONE:
		return 1;
	default:
		return KTR_ADDER_SLOTS;
	}
}

/* A way for an enum ktr_agg_kind, its cells at 0; NULL: there is none now. */
struct ktr_way *ktr__way_take(struct ktr_ctx *c, u32 kind);
int ktr__way_pool_init(void);

/* 0, or KTR_ERR: no memory. Context: process. */
int ktr__ways_init(void);
/* No handler runs any more, none of the tables is used. Context: process. */
void ktr__ways_exit(void);
/* Makes what was given back usable again, and more when little is left. Context: process, may sleep. */
void ktr__ways_refill(void);

#endif
