/* SPDX-License-Identifier: GPL-2.0 */
/*
 * table.h - the inside of tables, for table.c, table_room.c, iter.c and obj.c.
 *
 * Entries live in segments and never move, so a loop can go by position and a chain can be relinked at any time. Buckets
 * grow by linear hashing, one at a time, so no operation ever rehashes a table. Both come from blocks of at most
 * KTR_MEM_MAX bytes.
 */
#ifndef KTR_TABLE_H
#define KTR_TABLE_H

#include "internal.h"

#define KTR_SMALL_KEYS 1024u	/* integer keys below this come first in loops, ascending */
#define KTR_FIRST_ENTS 4u	/* of the first segment, unless more were asked for */
#define KTR_SEG_ENTS 254u	/* of a full-sized segment: fills a block of KTR_MEM_MAX bytes */
#define KTR_BUCKET_SHIFT 10u	/* buckets of a full-sized bucket segment: a block of KTR_MEM_MAX bytes */
#define KTR_BUCKET_SEG (1u << KTR_BUCKET_SHIFT)
#define KTR_DIR_MAX 1020u	/* bucket segments; beyond that chains get longer */
#define KTR_BUCKETS_MAX (KTR_DIR_MAX << KTR_BUCKET_SHIFT)

/* Two 16-byte values squeezed into 24 bytes; two entries to a cache line. */
struct ktr__ent {
	struct ktr__ent *next;	/* of the chain, or of the free list */
	u32 hash;
	u8 ktype;		/* KTR_NIL: free */
	u8 kflags;
	u8 vtype;
	u8 vflags;
	s64 k;			/* the payload words of the values */
	s64 v;
};

_Static_assert(sizeof(struct ktr__ent) == KTR_SIZE_ENTRY && sizeof(struct ktr__ent *) == KTR_SIZE_BUCKET, "ktr_sizes.h");

/* Starts like struct ktr_obj, because the first segment stands for the whole content on the dead list. */
struct ktr__seg {
	u32 cap;
	u32 used;		/* entries handed out at least once */
	unsigned long link;
	struct ktr__seg *next;
	struct ktr__ent **b0;	/* of the first segment of a detached content: the buckets go with it */
	struct ktr__dir *dir;
	u32 n_buckets;
	u32 pad;
	struct ktr__ent ents[];
};

struct ktr__dir {
	u32 n, cap;
	struct ktr__ent **segs[];
};

struct ktr_table {
	s32 refs;
	u32 lock;
	unsigned long link;
	struct ktr__ent **b0;	/* the first (or only) segment of buckets */
	u32 n_buckets;
	u32 mask;		/* next power of two, minus one */
	u32 n_live;
	u32 gen;		/* changes when the content is dropped: positions of loops become void */
	struct ktr__ent *free;
	struct ktr__seg *first;
	struct ktr__seg *last;	/* the one that is being filled; those behind it are room made ahead */
	struct ktr__dir *dir;	/* NULL while one segment of buckets is enough */
	u32 n_ents;		/* in the segments up to `last` */
	u32 id;
	u16 n_small;		/* live keys 0..KTR_SMALL_KEYS-1 */
	u16 end_small;		/* they are below this */
	u32 hint;		/* entries that the first segment should have */
	struct ktr_adder *adders;	/* that have ways to elements, see ways.h */
	u32 max;		/* live entries at most */
	u32 n_full;		/* stores that found no place because of that */
	u32 n_missed;		/* stores that found no memory */
};

_Static_assert(sizeof(struct ktr_table) == KTR_SIZE_TABLE, "ktr_sizes.h");

extern u32 ktr__table_max;	/* entries of a table that has no limit of its own */

static inline bool ktr__is_small(const struct ktr__ent *e)
{
	return e->ktype == KTR_INT && (u64)e->k < KTR_SMALL_KEYS;
}

static inline void ktr__ent_key(const struct ktr__ent *e, struct ktr_val *k)
{
	k->type = e->ktype;
	k->flags = e->kflags;
	k->i = e->k;
}

static inline void ktr__ent_val(const struct ktr__ent *e, struct ktr_val *v)
{
	v->type = e->vtype;
	v->flags = e->vflags;
	v->i = e->v;
}

/* Bucket b of those in use: the head of its chain. */
static inline struct ktr__ent **ktr__tab_bucket(const struct ktr_table *t, u32 b)
{
	if (ktr_likely(!t->dir))
		return &t->b0[b];
	return &t->dir->segs[b >> KTR_BUCKET_SHIFT][b & (KTR_BUCKET_SEG - 1)];
}

/* The entry of key k, or NULL; the lock is held. */
struct ktr__ent *ktr__tab_find_int(const struct ktr_table *t, s64 k);

/* ---- table_room.c: growing with the lock held, in any context but where it says more ---------------------------- */

/* The first entries and buckets of a table that has no buckets; false: no memory. */
bool ktr__tab_begin(struct ktr_ctx *c, struct ktr_table *t);
/*
 * One step of linear hashing: bucket n comes into use and takes its share of the one it was part of. Without memory chains get
 * longer, nothing else.
 */
void ktr__tab_split(struct ktr_ctx *c, struct ktr_table *t);
/* An entry that is not in use; NULL: no memory. */
struct ktr__ent *ktr__tab_take_ent(struct ktr_ctx *c, struct ktr_table *t);
/* Room for n entries of a table that nobody else knows yet; false: no memory. Context: process, may sleep. */
bool ktr__tab_make_room(struct ktr_ctx *c, struct ktr_table *t, u32 n);

/* Takes the whole content out of a table (locked or dead) and leaves it empty; NULL: there is none. */
struct ktr__seg *ktr__tab_detach(struct ktr_table *t);
/* Frees up to `work` items of a detached content; *seg is what is left of it. Returns the work done. */
u32 ktr__seg_free(struct ktr_ctx *c, struct ktr__seg **seg, u32 work);

/* ---- table.c -------------------------------------------------------------------------------------------------- */

/* A bound on the work that freeing its content takes. */
u32 ktr__tab_parts(const struct ktr_table *t);

/*
 * A new table with room for n entries made now, where the context may sleep, and at most max of them (0: the default, but
 * n at least). Fails when there is no memory for the room. May collect.
 */
int ktr__tab_make(struct ktr_ctx *c, struct ktr_val *out, u32 n, u32 max);

struct ktr_agg_op;
/* t[k] += a sample or an aggregate. hash: of the key. */
int ktr__tab_agg(struct ktr_ctx *c, struct ktr_table *t, const struct ktr_val *k, u32 hash, const struct ktr_agg_op *op);

int ktr__tab_clear(struct ktr_ctx *c, struct ktr_table *t);
int ktr__tab_len(struct ktr_ctx *c, struct ktr_table *t, u32 *n);

/*
 * Visits the live entries in batches, the lock released between them. fn runs under the lock, must not sleep or
 * collect, and returns false to stop. 0, or the code of a skip in NMI.
 */
int ktr__tab_visit(struct ktr_ctx *c, struct ktr_table *t, bool (*fn)(void *arg, const struct ktr__ent *e), void *arg);

#endif
