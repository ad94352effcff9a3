// SPDX-License-Identifier: GPL-2.0
/*
 * Loops over tables. A plain loop keeps a position and takes the lock for one step at a time; a sorted loop walks a
 * snapshot that owns its keys and values.
 */
#include "agg.h"
#include "table.h"
#include "ways.h"

enum { PHASE_SMALL, PHASE_REST, PHASE_SORTED, PHASE_END };

#define STEP_MAX 64u		/* positions looked at under one lock */
#define N_BINS 32u

/* ---- plain loops -------------------------------------------------------------------------------------------- */

int ktr_iter_begin(struct ktr_ctx *c, struct ktr_iter *it, const struct ktr_val *t)
{
	memset(it, 0, sizeof(*it));
	if (t->type != KTR_TABLE)
		return ktr__wrong_type(c, 1);
	it->t = t;
	it->phase = PHASE_SMALL;
	ktr__tab_settle(c, t->t);
	return 0;
}

/*
 * The second phase goes by position. it->small becomes the number of positions left: what the loop's body or other CPUs
 * add behind them is not visited, or a loop that adds elements would never end.
 */
static void begin_rest(struct ktr_iter *it, const struct ktr_table *t)
{
	it->phase = PHASE_REST;
	it->snap = t->first;
	it->n_snap = t->gen;
	it->next = 0;
	it->small = t->last ? (s64)t->n_ents - t->last->cap + t->last->used : 0;
}

/* The next entry with a small key at or after it->small; NULL: none within STEP_MAX keys, or the phase is over. */
static struct ktr__ent *find_small(struct ktr_iter *it, const struct ktr_table *t)
{
	struct ktr__ent *e;
	u32 n;

	for (n = 0; n < STEP_MAX; n++) {
		if (!t->n_small || it->small >= t->end_small) {
			begin_rest(it, t);
			return KTR_NULL;
		}
		e = ktr__tab_find_int(t, it->small);
		if (e)
			return e;
		it->small++;
	}
	return KTR_NULL;
}

/* The next entry of the other kinds at or after the position; a table that was cleared meanwhile has no more. */
static struct ktr__ent *find_rest(struct ktr_iter *it, const struct ktr_table *t)
{
	struct ktr__seg *s = it->snap;
	u32 n;

	for (n = 0; n < STEP_MAX; n++) {
		if (it->n_snap != t->gen || it->small <= 0) {
			it->phase = PHASE_END;
			return KTR_NULL;
		}
		if (it->next == s->used) {
			s = s->next;
			it->snap = s;
			it->next = 0;
			continue;
		}
		if (s->ents[it->next].ktype != KTR_NIL && !ktr__is_small(&s->ents[it->next]))
			return &s->ents[it->next];
		it->next++;
		it->small--;
	}
	return KTR_NULL;
}

/* Fetches what the loop wants of an entry, all or nothing; see ktr__fetch(). */
static u32 fetch_both(struct ktr_ctx *c, const struct ktr__ent *e, struct ktr_val *k, struct ktr_val *v, bool want_k,
		      bool want_v)
{
	u32 need = 0;

	ktr__ent_key(e, k);
	ktr__ent_val(e, v);
	if (want_k)
		need += ktr__fetch_bytes(k);
	if (want_v)
		need += ktr__fetch_bytes(v);
	if (!ktr__has_room(ktr__ictx(c), need))
		return need;
	if (want_k)
		ktr__fetch(c, k);
	if (want_v)
		ktr__fetch(c, v);
	return 0;
}

/*
 * Hands out key and value. Both leave the lock protected by nothing but the counts that fetching took: adopting one may
 * release objects that no slot holds, but never the other.
 */
static int hand_out(struct ktr_ctx *c, struct ktr_val *k, struct ktr_val *v, const struct ktr_val *fk,
		    const struct ktr_val *fv)
{
	if (k)
		ktr__adopt(c, k, fk);
	if (v)
		ktr__adopt(c, v, fv);
	return 1;
}

static void advance(struct ktr_iter *it)
{
	if (it->phase == PHASE_SMALL) {
		it->small++;
	} else {
		it->next++;
		it->small--;
	}
}

static int plain_next(struct ktr_ctx *c, struct ktr_iter *it, struct ktr_val *k, struct ktr_val *v)
{
	struct ktr_table *t = it->t->t;
	struct ktr_val fk, fv;
	struct ktr__ent *e;
	unsigned long flags;
	u32 need;

	while (it->phase != PHASE_END) {
		if (!ktr__lock(c, &t->lock, &flags))
			return ktr__skip_locked(c);
		e = it->phase == PHASE_SMALL ? find_small(it, t) : find_rest(it, t);
		need = 0;
		if (e) {
			need = fetch_both(c, e, &fk, &fv, k, v);
			if (!need)
				advance(it);
		}
		ktr__unlock(&t->lock, flags);
		if (need) {
			if (ktr__room(c, need))
				return KTR_ERR;
		} else if (e) {
			return hand_out(c, k, v, &fk, &fv);
		}
	}
	return 0;
}

/* ---- snapshots ---------------------------------------------------------------------------------------------- */

struct node {
	struct node *next;	/* in loop order */
	struct ktr_val k, v;	/* owned */
};

#define BLOCK_NODES ((KTR_MEM_MAX - 32u) / (u32)sizeof(struct node))

struct node_block {
	struct node_block *next;
	u32 n, cap;
	struct node nodes[];
};

/* The head of a snapshot; it->snap. */
struct snapshot {
	struct node *next;		/* of the loop */
	struct node_block *blocks, *last;
	u32 n;
};

/* For ktr__tab_visit(). */
struct collector {
	struct ktr_ctx *c;
	struct snapshot *s;
	bool no_memory;
};

static u32 block_bytes(u32 cap)
{
	return (u32)(sizeof(struct node_block) + cap * sizeof(struct node));
}

static struct node *new_node(struct ktr_ctx *c, struct snapshot *s)
{
	struct node_block *b = s->last;
	u32 cap = s->n < 8 ? 8 : s->n < BLOCK_NODES ? s->n : BLOCK_NODES;

	if (!b || b->n == b->cap) {
		b = ktr__mem_get(c, block_bytes(cap));
		if (!b)
			return KTR_NULL;
		b->n = 0;
		b->cap = cap;
		b->next = KTR_NULL;
		if (s->last)
			s->last->next = b;
		else
			s->blocks = b;
		s->last = b;
	}
	s->n++;
	return &b->nodes[b->n++];
}

static bool collect_ent(void *arg, const struct ktr__ent *e)
{
	struct collector *col = arg;
	struct node *n = new_node(col->c, col->s);

	if (!n) {
		col->no_memory = true;
		return false;
	}
	ktr__ent_key(e, &n->k);
	ktr__ent_val(e, &n->v);
	if (!ktr__agg_freeze(col->c, &n->v)) {
		ktr_set_nil(&n->k);
		ktr_set_nil(&n->v);
		col->no_memory = true;
		return false;
	}
	ktr__own_more(&n->k);
	return true;
}

static void free_snapshot(struct ktr_ctx *c, struct snapshot *s)
{
	struct node_block *b, *next;
	u32 i;

	for (b = s->blocks; b; b = next) {
		next = b->next;
		for (i = 0; i < b->n; i++) {
			ktr__disown(c, &b->nodes[i].k);
			ktr__disown(c, &b->nodes[i].v);
		}
		ktr_mem_free(c, b, block_bytes(b->cap));
	}
	ktr_mem_free(c, s, sizeof(*s));
}

/* All entries of the table; NULL: failed. */
static struct snapshot *take_snapshot(struct ktr_ctx *c, struct ktr_table *t)
{
	struct collector col = { c, KTR_NULL, false };
	u32 tries;
	int rc;

	for (tries = 0; tries < 4; tries++) {
		col.s = ktr_mem_alloc(c, sizeof(*col.s));
		if (!col.s)
			break;
		memset(col.s, 0, sizeof(*col.s));
		col.no_memory = false;
		rc = ktr__tab_visit(c, t, collect_ent, &col);
		if (!rc && !col.no_memory)
			return col.s;
		free_snapshot(c, col.s);
		if (rc)
			return KTR_NULL;
		if (!ktr__mem_more(c))
			break;
	}
	ktr_fail(c, "out of memory: cannot sort a table of so many elements");
	return KTR_NULL;
}

/* ---- sorting ------------------------------------------------------------------------------------------------ */

/* Sets a slot to a value that the snapshot owns. */
static int load_owned(struct ktr_ctx *c, struct ktr_val *slot, const struct ktr_val *from)
{
	struct ktr_val v = *from;
	u32 need = ktr__fetch_bytes(&v);

	if (need && ktr__room(c, need))
		return KTR_ERR;
	ktr__fetch(c, &v);
	ktr__adopt(c, slot, &v);
	return 0;
}

/* The order of a sorted loop: a script's function, or by key or value; equal values go by key, ascending. */
struct order {
	const struct ktr_val *cmp;	/* NULL: none */
	bool by_key, descending;
};

/* *before: b must come before a. A script's function gets (b, a); numbers and strings are compared here. */
static int goes_before(struct ktr_ctx *c, const struct node *b, const struct node *a, const struct order *o,
		       bool *before)
{
	struct ktr_val *s;
	int rc, order;

	if (!o->cmp) {
		order = o->by_key ? 0 : ktr__sort_order(&b->v, &a->v, o->descending);
		if (order == 0)
			order = ktr__sort_order(&b->k, &a->k, o->by_key && o->descending);
		*before = order < 0;
		return 0;
	}
	s = ktr_enter(c, 3);
	if (!s)
		return c->rc;
	rc = load_owned(c, &s[0], &b->v);
	if (!rc)
		rc = load_owned(c, &s[1], &a->v);
	if (!rc)
		rc = ktr_call(c, o->cmp, s, 2, &s[2], 1);
	if (!rc)
		*before = ktr_truth(&s[2]);
	ktr_leave(c, s);
	return rc ? rc : ktr_loop(c);
}

/* Merges two sorted lists; elements of a come first where they are equal. */
static int merge(struct ktr_ctx *c, struct node *a, struct node *b, const struct order *o, struct node **out)
{
	bool before = false;
	int rc;

	while (a && b) {
		rc = goes_before(c, b, a, o, &before);
		if (rc)
			return rc;
		if (before) {
			*out = b;
			out = &b->next;
			b = b->next;
		} else {
			*out = a;
			out = &a->next;
			a = a->next;
		}
	}
	*out = a ? a : b;
	return 0;
}

/* Merge sort from below: bins[i] is a sorted list of 2^i nodes, or empty. Bounded stack, n log n for any cmp. */
static int sort_nodes(struct ktr_ctx *c, struct snapshot *s, const struct order *o)
{
	struct node *bins[N_BINS] = { KTR_NULL }, *list;
	struct node_block *b;
	u32 i, k;
	int rc;

	for (b = s->blocks; b; b = b->next) {
		for (i = 0; i < b->n; i++) {
			list = &b->nodes[i];
			list->next = KTR_NULL;
			for (k = 0; k < N_BINS - 1 && bins[k]; k++) {
				rc = merge(c, bins[k], list, o, &list);
				if (rc)
					return rc;
				bins[k] = KTR_NULL;
			}
			bins[k] = list;
		}
	}
	for (list = KTR_NULL, k = 0; k < N_BINS; k++) {
		rc = merge(c, bins[k], list, o, &list);
		if (rc)
			return rc;
	}
	s->next = list;
	return 0;
}

static bool is_text(const struct ktr_str *s, const char *text)
{
	return s->len == strlen(text) && !memcmp(s->s, text, s->len);
}

/* The second argument of sort_pairs(). */
static int order_of(struct ktr_ctx *c, const struct ktr_val *v, struct order *o)
{
	o->cmp = KTR_NULL;
	o->by_key = false;
	o->descending = true;
	if (!v || v->type == KTR_NIL)
		return 0;
	if (v->type == KTR_FUNC || v->type == KTR_LIB) {
		o->cmp = v;
		return 0;
	}
	if (v->type != KTR_STR)
		return ktr__wrong_type(c, 2);
	o->by_key = is_text(v->s, "key") || is_text(v->s, "-key");
	o->descending = v->s->len && v->s->s[0] == '-';
	if (o->by_key || is_text(v->s, "value") || is_text(v->s, "-value"))
		return 0;
	return ktr_fail(c, "unknown order '%s': use key, -key, value or -value", v->s->s);
}

/* Ends the loop after n elements; the rest is freed with the snapshot. */
static void keep_first(struct snapshot *s, s64 n)
{
	struct node **p = &s->next;

	for (; *p && n > 0; n--)
		p = &(*p)->next;
	*p = KTR_NULL;
}

int ktr_iter_top(struct ktr_ctx *c, struct ktr_iter *it, const struct ktr_val *t, const struct ktr_val *order,
		 const struct ktr_val *limit)
{
	struct snapshot *s;
	struct order o;
	int rc;

	memset(it, 0, sizeof(*it));
	it->phase = PHASE_END;
	if (t->type != KTR_TABLE)
		return ktr__wrong_type(c, 1);
	if (order_of(c, order, &o))
		return KTR_ERR;
	if (limit && limit->type != KTR_NIL && limit->type != KTR_INT)
		return ktr__wrong_type(c, 3);
	s = take_snapshot(c, t->t);
	if (!s)
		return c->rc;
	rc = sort_nodes(c, s, &o);
	if (rc) {
		free_snapshot(c, s);
		return rc;
	}
	if (limit && limit->type == KTR_INT)
		keep_first(s, limit->i);
	it->t = t;
	it->snap = s;
	it->n_snap = s->n;
	it->phase = PHASE_SORTED;
	return 0;
}

int ktr_iter_sorted(struct ktr_ctx *c, struct ktr_iter *it, const struct ktr_val *t, const struct ktr_val *order)
{
	return ktr_iter_top(c, it, t, order, KTR_NULL);
}

static int sorted_next(struct ktr_ctx *c, struct ktr_iter *it, struct ktr_val *k, struct ktr_val *v)
{
	struct snapshot *s = it->snap;
	struct node *n = s->next;
	struct ktr_val fk, fv;
	u32 need;

	if (!n)
		return 0;
	fk = n->k;
	fv = n->v;
	need = (k ? ktr__fetch_bytes(&fk) : 0) + (v ? ktr__fetch_bytes(&fv) : 0);
	if (need && ktr__room(c, need))
		return KTR_ERR;
	if (k)
		ktr__fetch(c, &fk);
	if (v)
		ktr__fetch(c, &fv);
	s->next = n->next;
	return hand_out(c, k, v, &fk, &fv);
}

int ktr_iter_next(struct ktr_ctx *c, struct ktr_iter *it, struct ktr_val *k, struct ktr_val *v)
{
	if (it->phase == PHASE_SORTED)
		return sorted_next(c, it, k, v);
	return plain_next(c, it, k, v);
}

void ktr_iter_end(struct ktr_ctx *c, struct ktr_iter *it)
{
	if (it->phase == PHASE_SORTED)
		free_snapshot(c, it->snap);
	it->phase = PHASE_END;
	it->snap = KTR_NULL;
}
