/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ways.h - numbers in tables to which quick handlers add without a lock (see ktr_leaf.h), and the ways to them.
 *
 * Such an element is a KTR_WAYS: a chain of ways, one for each statement (struct ktr_adder) that adds to it. Its number is the sum of the ways' bases, which are
 * added to under the table's lock, and of their cells, which each CPU has its own of. What takes an element away first
 * takes its ways out of their slots, under the lock; a handler that has found one before may still add to it, which then
 * happened before the element went. So a way is used again only when no handler can know it any more.
 *
 * Context: any, the lock of the table held, unless a function says otherwise.
 */
#ifndef KTR_WAYS_H
#define KTR_WAYS_H

#include "table.h"

/* The number of an element. No lock is needed where the element cannot go. */
s64 ktr__ways_sum(const struct ktr_way *w);
/* Makes the way from a statement to an element that is a number, unless there is none to be had or the slot is taken. */
void ktr__way_make(struct ktr_ctx *c, struct ktr_table *t, struct ktr__ent *e, const struct ktr_val *k,
		   struct ktr_adder *adder);
/* Nobody finds the element any more; to be called before it goes or gets another value. */
void ktr__ways_unlink(struct ktr_way *w);
/* The same for all elements of a table. */
void ktr__ways_unlink_all(struct ktr_table *t);
/* Gives the ways of an element back that was unlinked. The lock need not be held. */
void ktr__ways_drop(struct ktr_way *w);

/* 0, or KTR_ERR: no memory. Context: process. */
int ktr__ways_init(void);
/* No handler runs any more, none of the tables is used. Context: process. */
void ktr__ways_exit(void);
/* Makes what was given back usable again, and more when little is left. Context: process, may sleep. */
void ktr__ways_refill(void);

#endif
