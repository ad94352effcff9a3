/* SPDX-License-Identifier: GPL-2.0 */
/*
 * own.h - what threads have of their own: tables of which the script only ever uses t[tid].
 *
 * Nobody but the thread itself, and interrupts that hit it, comes to such an element, and nobody can see the elements of a
 * thread that is gone. So a thread's values lie in one block of kept memory, found by its task without a lock; the block
 * is made when the thread first stores something, and given back when the kernel frees the task. What is taken out of
 * the buckets is used again after a grace period: handlers of other threads may be passing by.
 *
 * A value is a number or nil by itself (struct ktr_own), so that no order of a handler and one that interrupts it can leave
 * anything but what one of them stored. Everything else lies in a cell beside it, under the cell's lock.
 */
#ifndef KTR_OWN_H
#define KTR_OWN_H

#include "internal.h"

/* The values of a thread; ktg_script.n_owns of them. */
struct ktr__owner {
	u64 task;
	struct ktr__owner *next;	/* in its bucket, or in the list of those that are given back */
	struct ktr_own own[];
};

_Static_assert(sizeof(struct ktr_own) == KTR_SIZE_OWN, "see ktr_sizes.h");

#define KTR_OWNER_BUCKETS 4096u

extern struct ktr__owner **ktr__owners;

static inline struct ktr__owner **ktr__owner_bucket(u64 task)
{
	return &ktr__owners[task * 0x9e3779b97f4a7c15ull >> 52];
}

/* The values of a thread; NULL: it has none. Context: any, preemption off, where RCU watches. */
static inline struct ktr__owner *ktr__owner_find(u64 task)
{
	struct ktr__owner *o = __atomic_load_n(ktr__owner_bucket(task), __ATOMIC_RELAXED);

	while (o && o->task != task)
		o = __atomic_load_n(&o->next, __ATOMIC_RELAXED);
	return o;
}

/* 0, or KTR_ERR: no memory. Context: process. */
int ktr__own_init(void);
/* No handler runs any more, no thread is told of any more. Context: process. */
void ktr__own_exit(void);
/* Gives the memory of threads that are gone back. Context: process, may sleep. */
void ktr__own_refill(void);

#endif
