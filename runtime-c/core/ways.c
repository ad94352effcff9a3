// SPDX-License-Identifier: GPL-2.0
/* Ways from quick handlers to the cells of table elements; see ways.h. */
#include "ways.h"

#define CHUNK_WAYS ((u32)KTR_WAYS_CHUNK)
#define MAX_CHUNKS ((u32)KTR_WAYS_CHUNKS)
#define FEW_WAYS (CHUNK_WAYS / 2)

struct ktr_way ktr_no_way = { .key = { 0, 1ull << 63 } };

_Static_assert(sizeof(struct ktr_way) == KTR_SIZE_WAY, "ktr_sizes.h");
_Static_assert(KTR_ADDER_SLOTS * sizeof(struct ktr_way *) == KTR_SIZE_ADDER_SLOTS, "ktr_sizes.h");

/* Ways with their cells, made together. */
struct chunk {
	struct chunk *next;
	unsigned long cells;
	struct ktr_way ways[CHUNK_WAYS];
};

static struct {
	u32 lock;
	u32 n_chunks;
	u32 n_free;
	struct ktr_way *free;
	struct chunk *chunks;
	struct ktr_way *given_back;	/* chains linked by `next`, pushed without the lock */
} pool;

/* ---- the pool ----------------------------------------------------------------------------------------------- */

static void put_ways(struct ktr_way *first, struct ktr_way *last, u32 n)
{
	unsigned long flags;

	ktr__lock(KTR_NULL, &pool.lock, &flags);
	last->more = pool.free;
	pool.free = first;
	pool.n_free += n;
	ktr__unlock(&pool.lock, flags);
}

static struct ktr_way *take_way(struct ktr_ctx *c)
{
	struct ktr_way *w;
	unsigned long flags;
	bool few;

	if (!ktr__lock(c, &pool.lock, &flags))
		return KTR_NULL;
	w = pool.free;
	if (w) {
		pool.free = w->more;
		pool.n_free--;
	}
	few = pool.n_free < FEW_WAYS && pool.n_chunks < MAX_CHUNKS;
	ktr__unlock(&pool.lock, flags);
	if (few)
		ktr__want_kick();
	return w;
}

static int add_chunk(void)
{
	struct chunk *ch = ktr_port_alloc(sizeof(*ch));
	unsigned long flags;
	u32 i;

	if (!ch)
		return KTR_ERR;
	ch->cells = ktr_port_cells_new(CHUNK_WAYS);
	if (!ch->cells) {
		ktr_port_free(ch);
		return KTR_ERR;
	}
	for (i = 0; i < CHUNK_WAYS; i++) {
		ch->ways[i].cell = ch->cells + i * sizeof(s64);
		ch->ways[i].more = i + 1 < CHUNK_WAYS ? &ch->ways[i + 1] : KTR_NULL;
	}
	ktr__lock(KTR_NULL, &pool.lock, &flags);
	ch->next = pool.chunks;
	pool.chunks = ch;
	pool.n_chunks++;
	ktr__unlock(&pool.lock, flags);
	put_ways(&ch->ways[0], &ch->ways[CHUNK_WAYS - 1], CHUNK_WAYS);
	return 0;
}

/* The chain's cells start at 0 again. */
static void renew(struct ktr_way *chain)
{
	struct ktr_way *last = chain;
	u32 n = 1;

	for (;; last = last->more, n++) {
		ktr_port_cell_clear(last->cell);
		if (!last->more)
			break;
	}
	put_ways(chain, last, n);
}

void ktr__ways_drop(struct ktr_way *w)
{
	struct ktr_way *head = __atomic_load_n(&pool.given_back, __ATOMIC_RELAXED);

	do
		w->next = head;
	while (!__atomic_compare_exchange_n(&pool.given_back, &head, w, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
	ktr__want_kick();
}

void ktr__ways_refill(void)
{
	struct ktr_way *chain = __atomic_exchange_n(&pool.given_back, (struct ktr_way *)KTR_NULL, __ATOMIC_ACQUIRE);
	struct ktr_way *next;

	if (chain)
		ktr_port_sync();
	for (; chain; chain = next) {
		next = chain->next;
		renew(chain);
	}
	while (ktg_script.n_adders && __atomic_load_n(&pool.n_free, __ATOMIC_RELAXED) < FEW_WAYS &&
	       pool.n_chunks < MAX_CHUNKS)
		if (add_chunk())
			break;
}

static void init_adder(struct ktr_adder *adder)
{
	u32 i, n = adder->kind == KTR_ADDER_WORDS ? KTR_ADDER_SLOTS : 1;

	adder->table = KTR_NULL;
	adder->next = KTR_NULL;
	adder->ways = KTR_NULL;
	for (i = 0; adder->slots && i < n; i++)
		adder->slots[i] = &ktr_no_way;
}

int ktr__ways_init(void)
{
	u32 i;

	memset(&pool, 0, sizeof(pool));
	for (i = 0; i < ktg_script.n_adders; i++)
		init_adder(ktg_script.adders[i]);
	return ktg_script.n_adders ? add_chunk() : 0;
}

void ktr_cells_get_info(struct ktr_cells_info *info)
{
	u64 slots = 0, most = ktg_script.n_adders ? MAX_CHUNKS : 0, spreads = (u64)ktg_script.n_spreads * KTR_SIZE_SPREAD;
	u32 i, n = __atomic_load_n(&pool.n_chunks, __ATOMIC_RELAXED);

	for (i = 0; i < ktg_script.n_adders; i++)
		slots += ktg_script.adders[i]->kind == KTR_ADDER_WORDS ? KTR_SIZE_ADDER_SLOTS : 0;
	info->cpu = spreads + n * CHUNK_WAYS * sizeof(s64);
	info->cpu_most = spreads + most * CHUNK_WAYS * sizeof(s64);
	info->all = slots + n * sizeof(struct chunk);
	info->all_most = slots + most * sizeof(struct chunk);
}

void ktr__ways_exit(void)
{
	struct chunk *ch = pool.chunks, *next;

	for (; ch; ch = next) {
		next = ch->next;
		ktr_port_cells_free(ch->cells);
		ktr_port_free(ch);
	}
	memset(&pool, 0, sizeof(pool));
}

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
	t->adders = adder;
	return true;
}

/* A key as its adder's handler has it at hand; false: it never has one like that. */
static bool words_of(const struct ktr_val *k, u64 key[2])
{
	if (k->type == KTR_INT) {
		key[0] = (u64)k->i;
		key[1] = KTR_WAY_INT;
		return true;
	}
	if (k->type != KTR_STR || k->s->len > 15)
		return false;
	key[0] = key[1] = 0;
	memcpy(key, k->s->s, k->s->len);
	return true;
}

static struct ktr_way **slot_of(struct ktr_ctx *c, struct ktr_adder *adder, const struct ktr_val *k, u64 key[2])
{
	key[0] = key[1] = 0;
	if (adder->kind == KTR_ADDER_NAME)
		return c->ev ? ktr_port_name_slot(c) : KTR_NULL;
	if (adder->kind == KTR_ADDER_ONE)
		return adder->slots;
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

static void unlink_one(struct ktr_way *w)
{
	if (w->slot && *w->slot == w)
		__atomic_store_n(w->slot, &ktr_no_way, __ATOMIC_RELAXED);
	w->slot = KTR_NULL;
	if (w->adder->kind == KTR_ADDER_NAME)
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

void ktr__way_make(struct ktr_ctx *c, struct ktr_table *t, struct ktr__ent *e, const struct ktr_val *k,
		   struct ktr_adder *adder)
{
	struct ktr_way **slot, *w, *head;
	struct ktr_val v;
	u64 key[2];

	if (!belongs(t, adder))
		return;
	slot = slot_of(c, adder, k, key);
	if (!slot || *slot != &ktr_no_way)
		return;
	w = take_way(c);
	if (!w)
		return;
	w->key[0] = key[0];
	w->key[1] = key[1];
	w->slot = slot;
	w->adder = adder;
	w->next = KTR_NULL;
	ktr__ent_val(e, &v);
	if (v.type == KTR_WAYS) {
		head = v.w;
		w->base = 0;
		w->more = head->more;
		head->more = w;
	} else {
		w->base = v.i;
		w->more = KTR_NULL;
		v.type = KTR_WAYS;
		v.w = w;
		e->vtype = KTR_WAYS;
		e->vflags = 0;
		e->v = v.i;
	}
	if (adder->kind == KTR_ADDER_NAME) {
		w->next = adder->ways;
		adder->ways = w;
	}
	__atomic_store_n(slot, w, __ATOMIC_RELEASE);
}

void ktr__ways_unlink(struct ktr_way *w)
{
	for (; w; w = w->more)
		unlink_one(w);
}

static void unlink_adder(struct ktr_adder *adder)
{
	struct ktr_way *w;
	u32 i, n = adder->kind == KTR_ADDER_WORDS ? KTR_ADDER_SLOTS : 1;

	for (i = 0; adder->slots && i < n; i++)
		__atomic_store_n(&adder->slots[i], &ktr_no_way, __ATOMIC_RELAXED);
	while ((w = adder->ways)) {
		adder->ways = w->next;
		if (w->slot)
			__atomic_store_n(w->slot, &ktr_no_way, __ATOMIC_RELAXED);
		w->slot = KTR_NULL;
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
		unlink_one(w);
	ktr__unlock(&t->lock, flags);
}
