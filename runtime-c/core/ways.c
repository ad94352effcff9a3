// SPDX-License-Identifier: GPL-2.0
/* Ways from quick handlers to the cells of table elements; see ways.h. way_pool.c has what they are made of. */
#include "agg.h"
#include "ways.h"

struct ktr_way ktr_no_way = { .key = { 0, 1ull << 63 } };

_Static_assert(KTR_ADDER_SLOTS * sizeof(struct ktr_way *) == KTR_SIZE_ADDER_SLOTS, "ktr_sizes.h");

/* ---- adders -------------------------------------------------------------------------------------------------- */

/* Whether the adder belongs to the table: it does from the first time on. */
static bool belongs(struct ktr_table *t, struct ktr_adder *adder)
{
	struct ktr_table *none = KTR_NULL;

	if (ktr_likely(adder->table == t))
		return true;
	if (!__atomic_compare_exchange_n(&adder->table, &none, t, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return false;
	adder->next = t->adders;
	__atomic_store_n(&t->adders, adder, __ATOMIC_RELEASE);	/* for ktr__tab_settle() */
	return true;
}

static bool short_text(const char *bytes, u32 len, u64 key[2])
{
	if (len > 15)
		return false;
	key[0] = key[1] = 0;
	memcpy(key, bytes, len);
	return true;
}

/* A key as its adder's handler has it at hand; false: it never has one like that. */
static bool words_of(const struct ktr_val *k, u64 key[KTR_WAY_WORDS])
{
	if (k->type == KTR_INT) {
		key[0] = (u64)k->i;
		key[1] = KTR_WAY_INT;
		return true;
	}
	return k->type == KTR_STR && short_text(k->s->s, k->s->len, key);
}

/* The same of a key of several parts. Events may differ in the types of what they have. */
static bool words_of_parts(const struct ktr_adder *adder, const struct ktr_val *k, u64 key[KTR_WAY_WORDS])
{
	u32 pos = 0, i, at = 0;
	struct ktr_elem e;

	if (k->type != KTR_TUPLE)
		return false;
	for (i = 0; ktr__tuple_next(k->s, &pos, &e); i++) {
		bool text = adder->texts >> i & 1;

		if (i == adder->n_parts || e.type != (text ? KTR_STR : KTR_INT))
			return false;
		if (text && !short_text(e.bytes, e.len, &key[at]))
			return false;
		if (!text)
			key[at] = (u64)e.i;
		at += text ? 2 : 1;
	}
	return i == adder->n_parts;
}

static struct ktr_way **slot_of(struct ktr_ctx *c, struct ktr_adder *adder, const struct ktr_val *k, u64 key[KTR_WAY_WORDS])
{
	memset(key, 0, KTR_WAY_WORDS * sizeof(*key));
	if (adder->kind == KTR_ADDER_NAME)
		return c->ev ? ktr_port_name_slot(c) : KTR_NULL;
	if (adder->kind == KTR_ADDER_ONE)
		return adder->slots;
	if (adder->kind == KTR_ADDER_PARTS)
		return words_of_parts(adder, k, key) ? &adder->slots[ktr__parts_hash(key[0], key[1], key[2])] : KTR_NULL;
	return words_of(k, key) ? &adder->slots[ktr__key_hash(key[0], key[1])] : KTR_NULL;
}

static void leave_adder(struct ktr_way *w)
{
	struct ktr_way **p;

	for (p = &w->adder->ways; *p; p = &(*p)->next) {
		if (*p == w) {
			*p = w->next;
			return;
		}
	}
}

static bool is_listed(const struct ktr_adder *adder)
{
	return adder->kind == KTR_ADDER_NAME || adder->agg;
}

/* Handlers do not find the way any more; what they have added still counts. */
static void close_way(struct ktr_way *w)
{
	if (w->slot && *w->slot == w)
		__atomic_store_n(w->slot, &ktr_no_way, __ATOMIC_RELAXED);
	w->slot = KTR_NULL;
}

static void unlink_one(struct ktr_way *w)
{
	close_way(w);
	if (is_listed(w->adder))
		leave_adder(w);
}

/* ---- elements ----------------------------------------------------------------------------------------------- */

s64 ktr__ways_sum(const struct ktr_way *w)
{
	u64 sum = 0;

	for (; w; w = w->more)
		sum += (u64)w->base + (u64)ktr_port_cell_sum(w->cell);
	return (s64)sum;
}

static bool is_kind(const struct ktr_val *v, u32 kind)
{
	switch (v->type) {
	case KTR_INT:
		return !kind;
	case KTR_WAYS:
		return v->flags == kind;
	case KTR_TALLY:
		return v->flags == kind;	/* an empty one has a flag more */
	case KTR_AGG:
		return v->a->kind == kind;
	default:
		return false;
	}
}

/* Puts the way into the element, whose value is v. */
static void join(struct ktr__ent *e, struct ktr_val *v, struct ktr_way *w)
{
	if (v->type == KTR_WAYS) {
		w->base = 0;
		w->more = v->w->more;
		__atomic_store_n(&v->w->more, w, __ATOMIC_RELEASE);
		return;
	}
	w->base = v->i;		/* or the aggregate */
	w->more = KTR_NULL;
	v->w = w;
	e->vtype = KTR_WAYS;
	e->vflags = w->adder->agg;
	e->v = v->i;
}

/*
 * Whether a slot may be had. One that leads to another element is given away when its own has been asked for often enough in
 * vain: by then the other one may be of a thread that has ended. Two that are busy do not take it from each other each time.
 */
#define MISSES_TO_REPLACE 16

static bool may_have(struct ktr_adder *adder, struct ktr_way *const *slot)
{
	if (*slot == &ktr_no_way)
		return true;
	if (adder->kind == KTR_ADDER_NAME || adder->kind == KTR_ADDER_ONE || ++adder->misses < MISSES_TO_REPLACE)
		return false;
	adder->misses = 0;
	return true;
}

/* The way of this adder that the element has from before, and that lost its slot; NULL: none. */
static struct ktr_way *closed_way(const struct ktr_val *v, const struct ktr_adder *adder)
{
	struct ktr_way *w = v->type == KTR_WAYS ? v->w : KTR_NULL;

	while (w && (w->adder != adder || w->slot))
		w = w->more;
	return w;
}

/* A new way from the adder to the element, whose value is v; NULL: there is none to be had. */
static struct ktr_way *new_way(struct ktr_ctx *c, struct ktr__ent *e, struct ktr_val *v, struct ktr_adder *adder,
			       const u64 key[KTR_WAY_WORDS])
{
	struct ktr_way *w = ktr__way_take(c, adder->agg);

	if (!w)
		return KTR_NULL;
	memcpy(w->key, key, sizeof(w->key));
	w->adder = adder;
	w->next = KTR_NULL;
	join(e, v, w);
	if (is_listed(adder)) {
		w->next = adder->ways;
		__atomic_store_n(&adder->ways, w, __ATOMIC_RELEASE);
	}
	return w;
}

/* Handlers find the way, and not the one that they found there. */
static void open_way(struct ktr_way *w, struct ktr_way **slot)
{
	if (*slot != &ktr_no_way)
		close_way(*slot);
	w->slot = slot;
	__atomic_store_n(slot, w, __ATOMIC_RELEASE);
}

void ktr__way_make(struct ktr_ctx *c, struct ktr_table *t, struct ktr__ent *e, const struct ktr_val *k,
		   struct ktr_adder *adder)
{
	struct ktr_way **slot, *w;
	struct ktr_val v;
	u64 key[KTR_WAY_WORDS];

	ktr__ent_val(e, &v);
	if (!is_kind(&v, adder->agg) || !belongs(t, adder))
		return;
	slot = slot_of(c, adder, k, key);
	if (!slot || !may_have(adder, slot))
		return;
	w = adder->kind == KTR_ADDER_NAME ? KTR_NULL : closed_way(&v, adder);
	if (!w)
		w = new_way(c, e, &v, adder, key);
	if (w)
		open_way(w, slot);
}

void ktr__ways_unlink(struct ktr_way *w)
{
	for (; w; w = w->more)
		unlink_one(w);
}

static void unlink_adder(struct ktr_adder *adder)
{
	struct ktr_way *w;
	u32 i, n = ktr__adder_slots(adder);

	for (i = 0; i < n; i++)
		__atomic_store_n(&adder->slots[i], &ktr_no_way, __ATOMIC_RELAXED);
	while ((w = adder->ways)) {
		adder->ways = w->next;
		close_way(w);
	}
}

void ktr__ways_unlink_all(struct ktr_table *t)
{
	struct ktr_adder *adder;

	for (adder = t->adders; adder; adder = adder->next)
		unlink_adder(adder);
}

void ktr_quick_forget(struct ktr_quick_point *q)
{
	struct ktr_way *w = q->name;
	struct ktr_table *t;
	unsigned long flags;

	if (!w || w == &ktr_no_way)
		return;
	t = w->adder->table;
	ktr__lock(KTR_NULL, &t->lock, &flags);
	if (q->name == w)
		close_way(w);
	ktr__unlock(&t->lock, flags);
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

static void init_adder(struct ktr_adder *adder)
{
	u32 i, n = ktr__adder_slots(adder);

	adder->table = KTR_NULL;
	adder->next = KTR_NULL;
	adder->ways = KTR_NULL;
	adder->misses = 0;
	for (i = 0; i < n; i++)
		adder->slots[i] = &ktr_no_way;
}

int ktr__ways_init(void)
{
	u32 i;

	for (i = 0; i < ktg_script.n_adders; i++)
		init_adder(ktg_script.adders[i]);
	return ktr__way_pool_init();
}
