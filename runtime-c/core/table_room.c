// SPDX-License-Identifier: GPL-2.0
/* The memory of tables: segments of entries, and buckets, which grow step by step. See table.h for the shape. */
#include "table.h"
#include "ways.h"

#define FIRST_BUCKETS 4u
#define FIRST_DIR 28u			/* with its header it fills a block of 256 bytes less a bit */

/* ---- growing ------------------------------------------------------------------------------------------------ */

static u32 seg_bytes(u32 cap)
{
	return (u32)(sizeof(struct ktr__seg) + cap * sizeof(struct ktr__ent));
}

static u32 dir_bytes(u32 cap)
{
	return (u32)(sizeof(struct ktr__dir) + cap * sizeof(struct ktr__ent **));
}

/* The smallest power of two above n >= 1. */
static u32 pow2_above(u32 n)
{
	return 2u << (31 - __builtin_clz(n));
}

/* Buckets that the first segment has room for, when n are in use. */
static u32 b0_cap(u32 n)
{
	if (n <= FIRST_BUCKETS)
		return FIRST_BUCKETS;
	return n > KTR_BUCKET_SEG ? KTR_BUCKET_SEG : pow2_above(n - 1);
}

/* The first segment of buckets doubles until it has its full size: a copy of at most half a block. */
static bool grow_b0(struct ktr_ctx *c, struct ktr_table *t, u32 cap)
{
	struct ktr__ent **b = ktr__mem_get(c, cap * (u32)sizeof(*b));
	u32 old = t->n_buckets * (u32)sizeof(*b);

	if (!b)
		return false;
	if (old)
		memcpy(b, t->b0, old);
	memset((char *)b + old, 0, cap * sizeof(*b) - old);
	if (old)
		ktr_mem_free(c, t->b0, old);
	t->b0 = b;
	return true;
}

static bool grow_dir(struct ktr_ctx *c, struct ktr_table *t)
{
	u32 cap = t->dir ? KTR_DIR_MAX : FIRST_DIR;
	struct ktr__dir *d = ktr__mem_get(c, dir_bytes(cap)), *old = t->dir;

	if (!d)
		return false;
	d->cap = cap;
	d->n = old ? old->n : 1;
	d->segs[0] = t->b0;
	if (old) {
		memcpy(d->segs, old->segs, old->n * sizeof(old->segs[0]));
		ktr_mem_free(c, old, dir_bytes(old->cap));
	}
	t->dir = d;
	return true;
}

/* Room for one more bucket. */
static bool make_bucket(struct ktr_ctx *c, struct ktr_table *t)
{
	u32 n = t->n_buckets;
	struct ktr__ent **b;

	if (n < KTR_BUCKET_SEG)
		return n < b0_cap(n) && t->b0 ? true : grow_b0(c, t, b0_cap(n + 1));
	if (n & (KTR_BUCKET_SEG - 1))
		return true;
	if (n >> KTR_BUCKET_SHIFT >= KTR_DIR_MAX)
		return false;
	if ((!t->dir || t->dir->n == t->dir->cap) && !grow_dir(c, t))
		return false;
	b = ktr__mem_get(c, KTR_BUCKET_SEG * (u32)sizeof(*b));
	if (!b)
		return false;
	memset(b, 0, KTR_BUCKET_SEG * sizeof(*b));
	t->dir->segs[t->dir->n++] = b;
	return true;
}

void ktr__tab_split(struct ktr_ctx *c, struct ktr_table *t)
{
	u32 n = t->n_buckets, mask = pow2_above(n) - 1;
	struct ktr__ent **from, **to, *e;

	if (!make_bucket(c, t))
		return;
	t->n_buckets = n + 1;
	t->mask = mask;
	from = ktr__tab_bucket(t, n & (mask >> 1));
	to = ktr__tab_bucket(t, n);
	while ((e = *from)) {
		if ((e->hash & mask) == n) {
			*from = e->next;
			e->next = *to;
			*to = e;
		} else {
			from = &e->next;
		}
	}
}

static bool first_buckets(struct ktr_ctx *c, struct ktr_table *t)
{
	if (!grow_b0(c, t, FIRST_BUCKETS))
		return false;
	t->n_buckets = FIRST_BUCKETS;
	t->mask = FIRST_BUCKETS - 1;
	return true;
}

static bool add_seg(struct ktr_ctx *c, struct ktr_table *t)
{
	u32 cap = t->n_ents < KTR_FIRST_ENTS ? KTR_FIRST_ENTS : t->n_ents;
	struct ktr__seg *s;

	if (!t->n_ents && cap < t->hint)
		cap = t->hint;
	if (cap > KTR_SEG_ENTS)
		cap = KTR_SEG_ENTS;
	s = ktr__mem_get(c, seg_bytes(cap));
	if (!s)
		return false;
	memset(s, 0, sizeof(*s));
	s->cap = cap;
	if (t->last)
		t->last->next = s;
	else
		t->first = s;
	t->last = s;
	t->n_ents += cap;
	return true;
}

/* Goes on to the segment behind the full one, which is made if it is not there yet. */
static bool next_seg(struct ktr_ctx *c, struct ktr_table *t)
{
	if (!t->last || !t->last->next)
		return add_seg(c, t);
	t->last = t->last->next;
	t->n_ents += t->last->cap;
	return true;
}

struct ktr__ent *ktr__tab_take_ent(struct ktr_ctx *c, struct ktr_table *t)
{
	struct ktr__ent *e = t->free;

	if (e) {
		t->free = e->next;
		return e;
	}
	if ((!t->last || t->last->used == t->last->cap) && !next_seg(c, t))
		return KTR_NULL;
	return &t->last->ents[t->last->used++];
}

bool ktr__tab_begin(struct ktr_ctx *c, struct ktr_table *t)
{
	/* the segment first: what is detached hangs on it */
	return (t->first || add_seg(c, t)) && first_buckets(c, t);
}

/* One step towards room for n entries and so many buckets; false: no memory. */
static bool add_room(struct ktr_ctx *c, struct ktr_table *t, u32 n)
{
	u32 before = t->n_buckets;

	if (t->n_ents < n)
		return add_seg(c, t);
	if (!before)
		return first_buckets(c, t);
	ktr__tab_split(c, t);
	return t->n_buckets > before;
}

bool ktr__tab_make_room(struct ktr_ctx *c, struct ktr_table *t, u32 n)
{
	u32 buckets = n < KTR_BUCKETS_MAX ? n : KTR_BUCKETS_MAX;

	while (t->n_ents < n || t->n_buckets < buckets) {
		if (!add_room(c, t, n) && !(ktr__mem_more(c) && add_room(c, t, n)))
			return false;
	}
	t->last = t->first;
	t->n_ents = t->first ? t->first->cap : 0;
	return true;
}

/* ---- freeing ----------------------------------------------------------------------------------------------- */

struct ktr__seg *ktr__tab_detach(struct ktr_table *t)
{
	struct ktr__seg *s = t->first;

	if (!s)
		return KTR_NULL;
	if (ktr_unlikely(t->adders))
		ktr__ways_unlink_all(t);
	s->b0 = t->b0;
	s->dir = t->dir;
	s->n_buckets = t->n_buckets;
	t->first = KTR_NULL;
	t->last = KTR_NULL;
	t->free = KTR_NULL;
	t->b0 = KTR_NULL;
	t->dir = KTR_NULL;
	t->n_buckets = 0;
	t->mask = 0;
	t->n_live = 0;
	t->n_ents = 0;
	t->n_small = 0;
	t->end_small = 0;
	t->gen++;
	return s;
}

/* Gives back buckets of a detached content, as far as `work` goes. */
static u32 free_buckets(struct ktr_ctx *c, struct ktr__seg *s, u32 work)
{
	struct ktr__dir *d = s->dir;
	u32 done = 0;

	if (d) {
		for (; d->n > 1 && done < work; done++)
			ktr_mem_free(c, d->segs[--d->n], KTR_BUCKET_SEG * (u32)sizeof(struct ktr__ent **));
		if (d->n > 1)
			return done;
		ktr_mem_free(c, d, dir_bytes(d->cap));
		s->dir = KTR_NULL;
	}
	ktr_mem_free(c, s->b0, b0_cap(s->n_buckets) * (u32)sizeof(struct ktr__ent **));
	s->b0 = KTR_NULL;
	return done + 1;
}

/* Gives back the entries of one segment from its end, as far as `work` goes. */
static u32 free_ents(struct ktr_ctx *c, struct ktr__seg *s, u32 work)
{
	const struct ktr__ent *e;
	struct ktr_val v;
	u32 done;

	for (done = 0; s->used && done < work; done++) {
		e = &s->ents[--s->used];
		if (e->ktype == KTR_NIL)
			continue;
		ktr__ent_key(e, &v);
		ktr__disown(c, &v);
		ktr__ent_val(e, &v);
		ktr__disown(c, &v);
	}
	return done;
}

u32 ktr__seg_free(struct ktr_ctx *c, struct ktr__seg **seg, u32 work)
{
	struct ktr__seg *s = *seg, *next;
	u32 done = 0;

	while (s && done < work) {
		if (s->b0) {
			done += free_buckets(c, s, work - done);
			continue;
		}
		done += free_ents(c, s, work - done);
		if (s->used)
			break;
		next = s->next;
		ktr_mem_free(c, s, seg_bytes(s->cap));
		s = next;
		done++;
	}
	*seg = s;
	return done;
}
