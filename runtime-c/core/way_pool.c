// SPDX-License-Identifier: GPL-2.0
/* What ways are made of: ways.h. */
#include "agg.h"
#include "ways.h"

#define MAX_CHUNKS ((u32)KTR_WAYS_CHUNKS)

enum { NUMBERS, STATS, HISTS, N_CLASSES };

/* Kinds of ways, by what their cells hold: how many cells on each CPU, ways that are made at once, bytes of a way. */
static const struct {
	u32 cells, chunk, bytes;
} classes[N_CLASSES] = {
	[NUMBERS] = { 1, KTR_WAYS_CHUNK, KTR_SIZE_WAY },
	[STATS] = { KTR_STATS_CELLS, KTR_STATS_WAYS_CHUNK, KTR_SIZE_STATS_WAY },
	[HISTS] = { KTR_HIST_CELLS, KTR_HIST_WAYS_CHUNK, KTR_SIZE_HIST_WAY },
};

_Static_assert(sizeof(struct ktr_way) == KTR_SIZE_WAY, "ktr_sizes.h");
_Static_assert(sizeof(struct ktr__sample_way) + 3 * sizeof(u64) == KTR_SIZE_STATS_WAY, "ktr_sizes.h");
_Static_assert(sizeof(struct ktr__sample_way) + KTR_LOG2_N * sizeof(u64) == KTR_SIZE_HIST_WAY, "ktr_sizes.h");
_Static_assert(KTR_STATS_SEQ + 1 == KTR_STATS_CELLS && KTR_HIST_SEQ + 1 == KTR_HIST_CELLS, "ktr_sizes.h");

/* Ways with their cells, made together. */
struct chunk {
	struct chunk *next;
	unsigned long cells;
	char ways[];
};

static struct pool {
	u32 lock;
	u32 n_chunks;
	u32 n_free;
	u32 wanted;		/* the script has statements that need such ways */
	struct ktr_way *free;
	struct chunk *chunks;
} pools[N_CLASSES];

static struct ktr_way *given_back;	/* chains linked by `next`, pushed without a lock */

static u32 class_of(u32 kind)
{
	if (kind < KTR_AGG_AVG)
		return NUMBERS;
	return kind == KTR_AGG_HIST ? HISTS : STATS;
}

static bool is_low(const struct pool *p, u32 class)
{
	return p->wanted && __atomic_load_n(&p->n_free, __ATOMIC_RELAXED) < classes[class].chunk / 2 &&
	       p->n_chunks < MAX_CHUNKS;
}

static void put_ways(struct pool *p, struct ktr_way *first, struct ktr_way *last, u32 n)
{
	unsigned long flags;

	ktr__lock(KTR_NULL, &p->lock, &flags);
	last->more = p->free;
	p->free = first;
	p->n_free += n;
	ktr__unlock(&p->lock, flags);
}

struct ktr_way *ktr__way_take(struct ktr_ctx *c, u32 kind)
{
	u32 class = class_of(kind);
	struct pool *p = &pools[class];
	struct ktr_way *w;
	unsigned long flags;
	bool few;

	if (!ktr__lock(c, &p->lock, &flags))
		return KTR_NULL;
	w = p->free;
	if (w) {
		p->free = w->more;
		p->n_free--;
	}
	few = is_low(p, class);
	ktr__unlock(&p->lock, flags);
	if (few)
		ktr__want_kick();
	if (w && class != NUMBERS)
		ktr__way_settled_init(w, kind);
	return w;
}

static u32 chunk_bytes(u32 class)
{
	return (u32)sizeof(struct chunk) + classes[class].chunk * classes[class].bytes;
}

static struct ktr_way *way_at(struct chunk *ch, u32 class, u32 i)
{
	return (struct ktr_way *)(ch->ways + i * classes[class].bytes);
}

static int add_chunk(u32 class)
{
	u32 i, n = classes[class].chunk;
	struct pool *p = &pools[class];
	struct chunk *ch = ktr_port_alloc(chunk_bytes(class));
	unsigned long flags;

	if (!ch)
		return KTR_ERR;
	ch->cells = ktr_port_cells_new(n * classes[class].cells);
	if (!ch->cells) {
		ktr_port_free(ch);
		return KTR_ERR;
	}
	for (i = 0; i < n; i++) {
		way_at(ch, class, i)->cell = ch->cells + i * classes[class].cells * sizeof(s64);
		way_at(ch, class, i)->more = i + 1 < n ? way_at(ch, class, i + 1) : KTR_NULL;
	}
	ktr__lock(KTR_NULL, &p->lock, &flags);
	ch->next = p->chunks;
	p->chunks = ch;
	p->n_chunks++;
	ktr__unlock(&p->lock, flags);
	put_ways(p, way_at(ch, class, 0), way_at(ch, class, n - 1), n);
	return 0;
}

/* The chain's cells start at 0 again. */
static void renew(struct ktr_way *chain)
{
	u32 i, class = class_of(chain->adder->agg), n = 1;
	struct ktr_way *last = chain;

	for (;; last = last->more, n++) {
		for (i = 0; i < classes[class].cells; i++)
			ktr_port_cell_clear(last->cell + i * sizeof(s64));
		if (!last->more)
			break;
	}
	put_ways(&pools[class], chain, last, n);
}

void ktr__ways_drop(struct ktr_ctx *c, struct ktr_way *w)
{
	struct ktr_way *head = __atomic_load_n(&given_back, __ATOMIC_RELAXED);

	if (w->adder->agg >= KTR_AGG_AVG)
		ktr__agg_free(c, w->agg);
	do
		w->next = head;
	while (!__atomic_compare_exchange_n(&given_back, &head, w, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
	ktr__want_kick();
}

void ktr__ways_refill(void)
{
	struct ktr_way *chain = __atomic_exchange_n(&given_back, (struct ktr_way *)KTR_NULL, __ATOMIC_ACQUIRE);
	struct ktr_way *next;
	u32 i;

	if (chain)
		ktr_port_sync();
	for (; chain; chain = next) {
		next = chain->next;
		renew(chain);
	}
	for (i = 0; i < N_CLASSES; i++)
		while (is_low(&pools[i], i))
			if (add_chunk(i))
				break;
}

int ktr__way_pool_init(void)
{
	u32 i;

	memset(pools, 0, sizeof(pools));
	given_back = KTR_NULL;
	for (i = 0; i < ktg_script.n_adders; i++)
		pools[class_of(ktg_script.adders[i]->agg)].wanted = 1;
	for (i = 0; i < N_CLASSES; i++)
		if (pools[i].wanted && add_chunk(i))
			return KTR_ERR;
	return 0;
}

void ktr_cells_get_info(struct ktr_cells_info *info)
{
	u32 i, n, most;

	memset(info, 0, sizeof(*info));
	info->cpu = (u64)ktg_script.n_spreads * KTR_SIZE_SPREAD;
	for (i = 0; i < ktg_script.n_adders; i++)
		info->all += ktr__adder_slots(ktg_script.adders[i]) > 1 ? KTR_SIZE_ADDER_SLOTS : 0;
	info->cpu_most = info->cpu;
	info->all_most = info->all;
	for (i = 0; i < N_CLASSES; i++) {
		u64 cpu = (u64)classes[i].chunk * classes[i].cells * sizeof(s64);

		n = __atomic_load_n(&pools[i].n_chunks, __ATOMIC_RELAXED);
		most = pools[i].wanted ? MAX_CHUNKS : 0;
		info->cpu += n * cpu;
		info->cpu_most += most * cpu;
		info->all += (u64)n * chunk_bytes(i);
		info->all_most += (u64)most * chunk_bytes(i);
	}
}

static void free_pool(struct pool *p)
{
	struct chunk *ch = p->chunks, *next;

	for (; ch; ch = next) {
		next = ch->next;
		ktr_port_cells_free(ch->cells);
		ktr_port_free(ch);
	}
}

void ktr__ways_exit(void)
{
	u32 i;

	for (i = 0; i < N_CLASSES; i++)
		free_pool(&pools[i]);
	memset(pools, 0, sizeof(pools));
}
