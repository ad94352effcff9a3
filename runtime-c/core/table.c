// SPDX-License-Identifier: GPL-2.0
/* Tables: finding, storing, incrementing, clearing. See table.h for the shape, table_room.c for its memory, iter.c for loops. */
#include "agg.h"
#include "ways.h"

#define MAX_TRIES 4u
#define VISIT_BATCH 64u

u32 ktr__table_max = KTR_DEF_MAX_ELEMENTS;

/* ---- finding ------------------------------------------------------------------------------------------------ */

static inline struct ktr__ent **bucket_of(const struct ktr_table *t, u32 hash)
{
	u32 b = hash & t->mask;

	if (b >= t->n_buckets)
		b &= t->mask >> 1;
	return ktr__tab_bucket(t, b);
}

/* The hashes are equal already. */
static inline bool same_key(const struct ktr__ent *e, const struct ktr_val *k)
{
	const struct ktr_str *s;

	if (e->ktype != k->type)
		return false;
	if (e->k == k->i)
		return true;
	if (!ktr__has_bytes(k->type))
		return false;
	s = (const struct ktr_str *)(unsigned long)e->k;
	return s->len == k->s->len && ktr__same_bytes(s->s, k->s->s, s->len);
}

static inline __attribute__((always_inline)) struct ktr__ent *find(const struct ktr_table *t, const struct ktr_val *k, u32 hash)
{
	struct ktr__ent *e;

	if (ktr_unlikely(!t->n_buckets))
		return KTR_NULL;
	for (e = *bucket_of(t, hash); e; e = e->next) {
		if (e->hash == hash && same_key(e, k))
			return e;
	}
	return KTR_NULL;
}

static inline struct ktr__ent *find_int(const struct ktr_table *t, s64 k)
{
	u32 hash = ktr__hash_int(k, KTR_INT);
	struct ktr__ent *e;

	if (ktr_unlikely(!t->n_buckets))
		return KTR_NULL;
	for (e = *bucket_of(t, hash); e; e = e->next) {
		if (e->k == k && e->ktype == KTR_INT)
			return e;
	}
	return KTR_NULL;
}

struct ktr__ent *ktr__tab_find_int(const struct ktr_table *t, s64 k)
{
	return find_int(t, k);
}

/* ---- entries that come and go --------------------------------------------------------------------------------- */

enum insert_rc { INS_OK, INS_FULL, INS_NO_MEMORY };

/* A new entry with the key, its value nil; the lock is held. */
static enum insert_rc insert(struct ktr_ctx *c, struct ktr_table *t, const struct ktr_val *k, u32 hash,
			     struct ktr__ent **out)
{
	struct ktr__ent *e, **b;
	struct ktr_val own;

	if (t->n_live >= t->max)
		return INS_FULL;
	if (ktr_unlikely(!t->n_buckets) && !ktr__tab_begin(c, t))
		return INS_NO_MEMORY;
	/* two at most: catches up after a shortage of memory, and stays bounded */
	if (t->n_live >= t->n_buckets)
		ktr__tab_split(c, t);
	if (t->n_live > t->n_buckets)
		ktr__tab_split(c, t);
	if (!ktr__own_atomic(c, &own, k))
		return INS_NO_MEMORY;
	e = ktr__tab_take_ent(c, t);
	if (!e) {
		ktr__disown(c, &own);
		return INS_NO_MEMORY;
	}
	e->hash = hash;
	e->ktype = (u8)own.type;
	e->kflags = (u8)own.flags;
	e->k = own.i;
	e->vtype = KTR_NIL;
	e->vflags = 0;
	e->v = 0;
	b = bucket_of(t, hash);
	e->next = *b;
	*b = e;
	t->n_live++;
	if (ktr__is_small(e)) {
		t->n_small++;
		if (e->k >= t->end_small)
			t->end_small = (u16)(e->k + 1);
	}
	*out = e;
	return INS_OK;
}

/* Takes an entry out; what it owned is left in *k and *v for the caller to disown after unlocking. */
static void remove_ent(struct ktr_table *t, struct ktr__ent *e, struct ktr_val *k, struct ktr_val *v)
{
	struct ktr__ent **p = bucket_of(t, e->hash);

	while (*p != e)
		p = &(*p)->next;
	*p = e->next;
	ktr__ent_key(e, k);
	ktr__ent_val(e, v);
	if (ktr_unlikely(v->type == KTR_WAYS))
		ktr__ways_unlink(v->w);
	if (ktr__is_small(e))
		t->n_small--;
	e->ktype = KTR_NIL;
	e->next = t->free;
	t->free = e;
	t->n_live--;
}

/* ---- what scripts do ---------------------------------------------------------------------------------------- */

/* A store that found no place; false: try again, memory has been made. The locks are released. */
static bool give_up(struct ktr_ctx *c, struct ktr_table *t, enum insert_rc rc, u32 *tries)
{
	if (rc != INS_FULL && ++*tries < MAX_TRIES && ktr__mem_more(c))
		return false;
	if (rc == INS_FULL)
		ktr_count(KTR_STAT_TABLE_FULL);
	else
		ktr__count_no_memory();
	__atomic_fetch_add(rc == INS_FULL ? &t->n_full : &t->n_missed, 1, __ATOMIC_RELAXED);
	return true;
}

static int get(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *tv, const struct ktr_val *k, u32 hash)
{
	struct ktr_table *t = tv->t;
	struct ktr__ent *e;
	unsigned long flags;
	bool settled = false;
	struct ktr_val v;
	u32 need;

	for (;;) {
		if (!ktr__lock(c, &t->lock, &flags))
			return ktr__skip_locked(c);
		e = find(t, k, hash);
		need = 0;
		ktr_set_nil(&v);
		if (e)
			ktr__ent_val(e, &v);
		if (ktr_unlikely(ktr__is_unsettled(&v)) && !settled) {
			ktr__unlock(&t->lock, flags);
			ktr__ways_settle(c, v.w);
			settled = true;
			continue;
		}
		if (e)
			need = ktr__fetch(c, &v);
		ktr__unlock(&t->lock, flags);
		if (ktr_likely(!need))
			break;
		if (ktr__room(c, need))
			return KTR_ERR;
	}
	ktr__adopt(c, out, &v);
	return 0;
}

/* key[n]: an element of a composite key, as a loop over a table gives it. */
static int get_from_other(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *t, const struct ktr_val *k)
{
	if (t->type == KTR_HIST || t->type == KTR_STATS)
		return ktr__agg_field(c, out, t, k);
	if (t->type != KTR_TUPLE)
		return ktr_fail(c, "get key from non-table");
	if (k->type == KTR_INT && k->i > 0 && k->i <= 0xffff)
		return ktr_tuple_get(c, out, t, (u32)k->i);
	ktr_set_nil(out);
	return 0;
}

int ktr_get(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *t, const struct ktr_val *k)
{
	if (ktr_unlikely(t->type != KTR_TABLE))
		return get_from_other(c, out, t, k);
	if (k->type == KTR_NIL) {
		ktr_set_nil(out);
		return 0;
	}
	return get(c, out, t, k, ktr__hash_val(k));
}

int ktr_get_int(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *t, s64 k)
{
	struct ktr_val kv;

	ktr_set_int(&kv, k);
	return ktr_get(c, out, t, &kv);
}

static int unset(struct ktr_ctx *c, struct ktr_table *t, const struct ktr_val *k, u32 hash)
{
	struct ktr_val old_k, old_v;
	struct ktr__ent *e;
	unsigned long flags;

	if (!ktr__lock(c, &t->lock, &flags))
		return ktr__skip_locked(c);
	e = find(t, k, hash);
	if (e)
		remove_ent(t, e, &old_k, &old_v);
	ktr__unlock(&t->lock, flags);
	if (e) {
		ktr__disown(c, &old_k);
		ktr__disown(c, &old_v);
	}
	return 0;
}

/* Stores an owned value; it is given back when it could not be stored. */
static int put(struct ktr_ctx *c, struct ktr_table *t, const struct ktr_val *k, u32 hash, struct ktr_val own)
{
	enum insert_rc rc = INS_OK;
	struct ktr_val old = { .type = KTR_NIL };
	struct ktr__ent *e;
	unsigned long flags;
	u32 tries = 0;

	for (;;) {
		if (!ktr__lock(c, &t->lock, &flags)) {
			ktr__disown(c, &own);
			return ktr__skip_locked(c);
		}
		e = find(t, k, hash);
		if (!e)
			rc = insert(c, t, k, hash, &e);
		if (e) {
			ktr__ent_val(e, &old);
			if (ktr_unlikely(old.type == KTR_WAYS))
				ktr__ways_unlink(old.w);
			e->vtype = (u8)own.type;
			e->vflags = (u8)own.flags;
			e->v = own.i;
		}
		ktr__unlock(&t->lock, flags);
		if (e) {
			ktr__disown(c, &old);
			return 0;
		}
		if (give_up(c, t, rc, &tries)) {
			ktr__disown(c, &own);
			return 0;
		}
	}
}

int ktr_set(struct ktr_ctx *c, const struct ktr_val *t, const struct ktr_val *k, const struct ktr_val *v)
{
	struct ktr_val own;

	if (t->type != KTR_TABLE)
		return ktr_fail(c, "set key to non-table");
	if (k->type == KTR_NIL)
		return ktr_fail(c, "table nil index");
	if (v->type == KTR_NIL)
		return unset(c, t->t, k, ktr__hash_val(k));
	if (!ktr__own(c, &own, v))
		return 0;
	return put(c, t->t, k, ktr__hash_val(k), own);
}

int ktr_set_at(struct ktr_ctx *c, const struct ktr_val *t, s64 k, const struct ktr_val *v)
{
	struct ktr_val kv;

	ktr_set_int(&kv, k);
	return ktr_set(c, t, &kv, v);
}

/* What aggregate an entry holds, for messages; NULL: none. The lock is held. */
static const char *aggregate_in(const struct ktr__ent *e)
{
	struct ktr_val v;

	ktr__ent_val(e, &v);
	return ktr__is_aggregate(&v) ? ktr__agg_what(&v) : KTR_NULL;
}

/* Adds to an element that is a number; false: it is none. The lock is held. */
static inline bool add_number(struct ktr__ent *e, s64 d)
{
	struct ktr_val v;

	if (ktr_likely(e->vtype == KTR_INT)) {
		e->v += d;
		return true;
	}
	if (e->vtype != KTR_WAYS || e->vflags)
		return false;
	ktr__ent_val(e, &v);
	v.w->base += d;
	return true;
}

/* adder: NULL, or the way from there to the element is made too. */
static int incr_slow(struct ktr_ctx *c, struct ktr_table *t, const struct ktr_val *k, u32 hash, s64 d,
		     struct ktr_adder *adder)
{
	enum insert_rc rc = INS_OK;
	struct ktr__ent *e;
	unsigned long flags;
	const char *had = KTR_NULL;
	bool is_int = true;
	u32 tries = 0;

	for (;;) {
		if (!ktr__lock(c, &t->lock, &flags))
			return ktr__skip_locked(c);
		e = find(t, k, hash);
		if (ktr_unlikely(!e)) {
			rc = insert(c, t, k, hash, &e);
			if (e)
				e->vtype = KTR_INT;
		}
		if (e) {
			is_int = add_number(e, d);
			if (!is_int)
				had = aggregate_in(e);
			else if (adder)
				ktr__way_make(c, t, e, k, adder);
		}
		ktr__unlock(&t->lock, flags);
		if (had)
			return ktr_fail(c, "cannot add a number to %s", had);
		if (ktr_likely(e || give_up(c, t, rc, &tries)))
			return is_int ? 0 : ktr_fail(c, "use '+=' operator on non-number value");
	}
}

/* The element is there and a number; everything else is incr_slow()'s. */
static inline __attribute__((always_inline)) int incr(struct ktr_ctx *c, struct ktr_table *t, const struct ktr_val *k,
						      u32 hash, s64 d)
{
	struct ktr__ent *e;
	unsigned long flags;

	if (!ktr__lock(c, &t->lock, &flags))
		return ktr__skip_locked(c);
	e = find(t, k, hash);
	if (ktr_likely(e && add_number(e, d))) {
		ktr__unlock(&t->lock, flags);
		return 0;
	}
	ktr__unlock(&t->lock, flags);
	return incr_slow(c, t, k, hash, d, KTR_NULL);
}

int ktr_incr(struct ktr_ctx *c, const struct ktr_val *t, const struct ktr_val *k, s64 d)
{
	if (ktr_unlikely(t->type != KTR_TABLE))
		return ktr_fail(c, "set key to non-table");
	if (ktr_unlikely(k->type == KTR_NIL))
		return ktr_fail(c, "table nil index");
	return incr(c, t->t, k, ktr__hash_val(k), d);
}

int ktr_incr_int(struct ktr_ctx *c, const struct ktr_val *t, s64 k, s64 d)
{
	struct ktr_val kv;

	if (ktr_unlikely(t->type != KTR_TABLE))
		return ktr_fail(c, "set key to non-table");
	ktr_set_int(&kv, k);
	return incr(c, t->t, &kv, ktr__hash_int(k, KTR_INT), d);
}

int ktr_incr_at(struct ktr_ctx *c, const struct ktr_val *t, const struct ktr_val *k, s64 d, struct ktr_adder *adder)
{
	if (ktr_unlikely(t->type != KTR_TABLE || k->type == KTR_NIL))
		return ktr_incr(c, t, k, d);
	return incr_slow(c, t->t, k, ktr__hash_val(k), d, adder);
}

int ktr_incr_int_at(struct ktr_ctx *c, const struct ktr_val *t, s64 k, s64 d, struct ktr_adder *adder)
{
	struct ktr_val kv;

	ktr_set_int(&kv, k);
	return ktr_incr_at(c, t, &kv, d, adder);
}

/* ktr__agg_apply() to an element; the lock is held. A new one goes again when there is no memory. */
static enum ktr_agg_rc apply(struct ktr_ctx *c, struct ktr_table *t, const struct ktr_val *k, struct ktr__ent *e, bool is_new,
			     const struct ktr_agg_op *op, const char **had)
{
	struct ktr_val v, old_k;
	enum ktr_agg_rc rc;

	ktr__ent_val(e, &v);
	rc = ktr__agg_apply(c, &v, op);
	e->vtype = (u8)v.type;
	e->vflags = (u8)v.flags;
	e->v = v.i;
	if (ktr_likely(rc == KTR_AGG_DONE)) {
		if (op->adder)
			ktr__way_make(c, t, e, k, op->adder);
		return rc;
	}
	if (rc == KTR_AGG_MISMATCH)
		*had = ktr__agg_what(&v);
	if (is_new) {
		remove_ent(t, e, &old_k, &v);
		ktr__disown(c, &old_k);
	}
	return rc;
}

int ktr__tab_agg(struct ktr_ctx *c, struct ktr_table *t, const struct ktr_val *k, u32 hash, const struct ktr_agg_op *op)
{
	enum ktr_agg_rc rc = KTR_AGG_DONE;
	enum insert_rc ins;
	const char *had = KTR_NULL;
	struct ktr__ent *e;
	unsigned long flags;
	u32 tries = 0;
	bool is_new;

	for (;;) {
		if (!ktr__lock(c, &t->lock, &flags))
			return ktr__skip_locked(c);
		ins = INS_OK;
		e = find(t, k, hash);
		is_new = !e;
		if (ktr_unlikely(!e))
			ins = insert(c, t, k, hash, &e);
		if (ktr_likely(e))
			rc = apply(c, t, k, e, is_new, op, &had);
		ktr__unlock(&t->lock, flags);
		if (had)
			return ktr__agg_mismatch(c, had, op);
		if (ktr_likely(e && rc == KTR_AGG_DONE))
			return 0;
		if (give_up(c, t, ins == INS_OK ? INS_NO_MEMORY : ins, &tries))
			return 0;
	}
}

static int new_table(struct ktr_ctx *c, struct ktr_val *out, u32 hint, u32 max)
{
	struct ktr_table *t = ktr_mem_alloc(c, sizeof(*t));
	struct ktr_val v = { .type = KTR_TABLE };

	if (!t)
		return ktr_fail(c, "out of memory");
	memset(t, 0, sizeof(*t));
	t->refs = 1;
	t->id = ktr__next_id();
	t->hint = hint > KTR_SEG_ENTS ? KTR_SEG_ENTS : hint;
	t->max = max ? max : ktr__table_max;
	v.t = t;
	ktr__adopt(c, out, &v);
	return 0;
}

static u32 part_of_segment(s64 n)
{
	return n < 0 ? 0 : n > KTR_SEG_ENTS ? KTR_SEG_ENTS : (u32)n;
}

int ktr_tab_new(struct ktr_ctx *c, struct ktr_val *out, s64 narr, s64 nrec)
{
	return new_table(c, out, part_of_segment(narr) + part_of_segment(nrec), 0);
}

int ktr__tab_make(struct ktr_ctx *c, struct ktr_val *out, u32 n, u32 max)
{
	struct ktr_mem_info info;

	if (!max && n > ktr__table_max)
		max = n;
	if (new_table(c, out, n, max))
		return KTR_ERR;
	if (!n || !ktr_port_may_sleep(c) || ktr__tab_make_room(c, out->t, n))
		return 0;
	ktr_mem_get_info(&info);
	return ktr_fail(c, "no memory for a table of %u elements: %d of %d KiB are in use (memory_kb)", n,
			(s64)(info.used >> 10), (s64)(info.limit >> 10));
}

int ktr_set_list(struct ktr_ctx *c, const struct ktr_val *t, s64 first, const struct ktr_val *v, u32 n)
{
	u32 i;
	int rc = 0;

	for (i = 0; i < n && !rc; i++)
		rc = ktr_set_at(c, t, first + i, &v[i]);
	return rc;
}

/* ---- clearing, visiting -------------------------------------------------------------------------------------- */

u32 ktr__tab_parts(const struct ktr_table *t)
{
	return t->n_ents;
}

int ktr__tab_clear(struct ktr_ctx *c, struct ktr_table *t)
{
	struct ktr__seg *s;
	unsigned long flags;

	if (!ktr__lock(c, &t->lock, &flags))
		return ktr__skip_locked(c);
	s = ktr__tab_detach(t);
	ktr__unlock(&t->lock, flags);
	if (s && s->cap <= KTR_FIRST_ENTS && !s->next)
		ktr__seg_free(c, &s, ~0u);
	else if (s)
		ktr__dead_push((struct ktr_obj *)s, KTR_DEAD_SEG);
	return 0;
}

int ktr__tab_len(struct ktr_ctx *c, struct ktr_table *t, u32 *n)
{
	unsigned long flags;

	if (!ktr__lock(c, &t->lock, &flags))
		return ktr__skip_locked(c);
	*n = t->n_live;
	ktr__unlock(&t->lock, flags);
	return 0;
}

/* The lock keeps the table from going while its numbers are read. */
static bool table_in(const struct ktr_cell *cell, struct ktr_table_info *info)
{
	struct ktr_cell *locked = (struct ktr_cell *)cell;
	const struct ktr_table *t;
	unsigned long flags;

	ktr__lock(KTR_NULL, &locked->lock, &flags);
	t = cell->v.type == KTR_TABLE ? cell->v.t : KTR_NULL;
	if (t) {
		info->n = __atomic_load_n(&t->n_live, __ATOMIC_RELAXED);
		info->max = t->max;
		info->n_full = __atomic_load_n(&t->n_full, __ATOMIC_RELAXED);
		info->n_missed = __atomic_load_n(&t->n_missed, __ATOMIC_RELAXED);
	}
	ktr__unlock(&locked->lock, flags);
	return t != KTR_NULL;
}

bool ktr_table_next(u32 *at, struct ktr_table_info *info)
{
	u32 i, n = ktg_script.cell_names ? ktg_script.n_cells : 0;
	struct ktr_cell *cell;

	for (;;) {
		i = (*at)++;
		if (i < n)
			info->name = ktg_script.cell_names[i];
		cell = i < n ? ktg_script.cells[i] : ktr__tapset_cell(i - n, &info->name);
		if (!cell)
			return false;
		if (table_in(cell, info))
			return true;
	}
}

int ktr__tab_visit(struct ktr_ctx *c, struct ktr_table *t, bool (*fn)(void *arg, const struct ktr__ent *e), void *arg)
{
	struct ktr__seg *s = KTR_NULL;
	u32 at = 0, gen = 0, n;
	unsigned long flags;
	bool more = true, begun = false;

	ktr__tab_settle(c, t);
	while (more) {
		if (!ktr__lock(c, &t->lock, &flags))
			return ktr__skip_locked(c);
		if (!begun) {
			s = t->first;
			gen = t->gen;
			begun = true;
		}
		more = gen == t->gen && s;
		for (n = 0; more && n < VISIT_BATCH; n++) {
			if (at == s->used) {
				s = s->next;
				at = 0;
				more = s != KTR_NULL;
				continue;
			}
			if (s->ents[at].ktype != KTR_NIL)
				more = fn(arg, &s->ents[at]);
			at++;
		}
		ktr__unlock(&t->lock, flags);
	}
	return 0;
}
