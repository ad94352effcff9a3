// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that outlives a run: size classes over chunks from the home. One arena per script for now; every call has the
 * context (so the CPU) at hand, and nothing else knows how blocks are kept, so it can become one per CPU.
 *
 * Blocks have no header: who frees a block knows its size. A class that has run dry takes from the current chunk, then
 * from the spare chunks, then splits a block of a larger class.
 */
#include "own.h"
#include "ways.h"

#define N_CLASSES 32u
#define CHUNK_BYTES (64u << 10)
#define CHUNK_HEAD 32u			/* keeps blocks 16-aligned behind the header */
#define DEF_LIMIT ((u64)KTR_DEF_MEMORY_KB << 10)
#define DEF_RESERVE ((u64)KTR_DEF_RESERVE_KB << 10)
#define MAX_TARGET (4ull << 20)
#define DEAD_BURST 300u			/* items freed by an allocation that found nothing: a segment of a table */
#define DEAD_ROUND 256u			/* items between two looks of the worker at the world */

/*
 * The sanitizer is told which blocks are free, so that it finds uses after free in this allocator too. The kernel's does
 * not offer that to modules.
 */
#if defined(__KERNEL__)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KTR_ASAN
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define KTR_ASAN
#endif
#ifdef KTR_ASAN
void __asan_poison_memory_region(void const volatile *p, unsigned long n);
void __asan_unpoison_memory_region(void const volatile *p, unsigned long n);
#define POISON(p, n) __asan_poison_memory_region(p, n)
#define UNPOISON(p, n) __asan_unpoison_memory_region(p, n)
#else
#define POISON(p, n) ((void)0)
#define UNPOISON(p, n) ((void)0)
#endif

struct block {
	struct block *next;
};

struct chunk {
	struct chunk *next;		/* all chunks */
	struct chunk *next_spare;
};

struct arena {
	u32 lock;
	struct block *free[N_CLASSES];
	char *cur, *end;		/* rest of the current chunk */
	struct chunk *chunks, *spare;
	u64 limit, reserve;
	u64 reserve_wanted;		/* with the headers of its chunks */
	u64 taken;			/* from the home */
	u64 used;			/* in blocks handed out */
	u64 avail;			/* rest of the current chunk and the spare ones */
	u64 target;			/* what a refill fills avail up to */
};

static struct arena arena;
u32 ktr__kick_wanted;

static u32 class_of(u32 bytes)
{
	u32 b, e;

	if (bytes <= 128)
		return bytes <= 16 ? 0 : (bytes - 1) / 16;
	b = bytes - 1;
	e = 31u - (u32)__builtin_clz(b);
	return 8 + (e - 7) * 4 + ((b >> (e - 2)) & 3);
}

static u32 class_bytes(u32 cl)
{
	return cl < 8 ? (cl + 1) * 16 : (5 + (cl & 3)) << (cl / 4 + 3);
}

/* The largest class whose blocks fit into bytes (at least 16). */
static u32 class_within(u32 bytes)
{
	u32 cl = bytes > KTR_MEM_MAX ? N_CLASSES - 1 : class_of(bytes);

	return class_bytes(cl) > bytes ? cl - 1 : cl;
}

static void put_free(struct arena *a, char *p, u32 cl)
{
	struct block *b = (struct block *)p;

	UNPOISON(p, sizeof(*b));
	b->next = a->free[cl];
	a->free[cl] = b;
	POISON(p + sizeof(*b), class_bytes(cl) - sizeof(*b));
}

/* Gives the piece from p to end to the free lists. */
static void put_rest(struct arena *a, char *p, char *end)
{
	u32 cl;

	while (end - p >= 16) {
		cl = class_within((u32)(end - p));
		put_free(a, p, cl);
		p += class_bytes(cl);
	}
}

static char *take_free(struct arena *a, u32 cl)
{
	struct block *b = a->free[cl];

	if (b) {
		a->free[cl] = b->next;
		UNPOISON(b, class_bytes(cl));
	}
	return (char *)b;
}

static char *carve(struct arena *a, u32 bytes)
{
	struct chunk *ch;
	char *p;

	if ((unsigned long)(a->end - a->cur) < bytes) {
		ch = a->spare;
		if (!ch)
			return KTR_NULL;
		a->spare = ch->next_spare;
		a->avail -= (u64)(a->end - a->cur);
		put_rest(a, a->cur, a->end);
		a->cur = (char *)ch + CHUNK_HEAD;
		a->end = (char *)ch + CHUNK_BYTES;
	}
	p = a->cur;
	a->cur += bytes;
	a->avail -= bytes;
	UNPOISON(p, bytes);
	return p;
}

static char *split_larger(struct arena *a, u32 cl)
{
	u32 k;
	char *p;

	for (k = cl + 1; k < N_CLASSES; k++) {
		p = take_free(a, k);
		if (p) {
			put_rest(a, p + class_bytes(cl), p + class_bytes(k));
			return p;
		}
	}
	return KTR_NULL;
}

void *ktr__mem_get(struct ktr_ctx *c, u32 bytes)
{
	struct arena *a = &arena;
	u32 cl = class_of(bytes);
	unsigned long flags;
	bool low;
	char *p;

	if (!ktr__lock(c, &a->lock, &flags))
		return KTR_NULL;
	p = take_free(a, cl);
	if (!p)
		p = carve(a, class_bytes(cl));
	if (!p)
		p = split_larger(a, cl);
	if (p)
		a->used += class_bytes(cl);
	low = a->avail < a->target / 2 && a->taken + CHUNK_BYTES <= a->limit;
	ktr__unlock(&a->lock, flags);
	if (low || !p)
		ktr__want_kick();
	return p;
}

void ktr__kick(void)
{
	if (__atomic_exchange_n(&ktr__kick_wanted, 0u, __ATOMIC_RELAXED))
		ktr_port_kick();
}

bool ktr__mem_more(struct ktr_ctx *c)
{
	if (c && ktr_port_may_sleep(c)) {
		ktr_mem_refill();
		return true;
	}
	/* in NMI every lock on the way may be one that never opens */
	if (c && c->level == KTR_LEVEL_NMI)
		return false;
	return ktr__dead_step(c, DEAD_BURST);
}

void ktr__count_no_memory(void)
{
	struct arena *a = &arena;

	ktr_count(__atomic_load_n(&a->taken, __ATOMIC_RELAXED) + CHUNK_BYTES > a->limit ? KTR_STAT_NO_MEMORY
										       : KTR_STAT_LATE_MEMORY);
}

void *ktr_mem_alloc(struct ktr_ctx *c, u32 bytes)
{
	void *p;
	u32 k;

	for (k = 0; k < 3; k++) {
		p = ktr__mem_get(c, bytes);
		if (p || !ktr__mem_more(c))
			break;
	}
	if (!p)
		p = ktr__mem_get(c, bytes);
	if (!p)
		ktr__count_no_memory();
	ktr__kick_if_wanted();
	return p;
}

void ktr_mem_free(struct ktr_ctx *c, void *p, u32 bytes)
{
	struct arena *a = &arena;
	u32 cl = class_of(bytes);
	struct ktr_obj *o = p;
	unsigned long flags;

	if (!p)
		return;
	if (!ktr__lock(c, &a->lock, &flags)) {
		o->refs = (s32)bytes;
		ktr__dead_push(o, KTR_DEAD_RAW);
		return;
	}
	put_free(a, p, cl);
	a->used -= class_bytes(cl);
	ktr__unlock(&a->lock, flags);
}

/* One more chunk; false: at the limit, or the home has no memory. */
static bool add_chunk(struct arena *a)
{
	struct chunk *ch;
	unsigned long flags;
	bool room;

	ktr__lock(KTR_NULL, &a->lock, &flags);
	room = a->taken + CHUNK_BYTES <= a->limit;
	if (room)
		a->taken += CHUNK_BYTES;
	ktr__unlock(&a->lock, flags);
	if (!room)
		return false;

	ch = ktr_port_alloc(CHUNK_BYTES);

	ktr__lock(KTR_NULL, &a->lock, &flags);
	if (ch) {
		POISON((char *)ch + CHUNK_HEAD, CHUNK_BYTES - CHUNK_HEAD);
		ch->next = a->chunks;
		a->chunks = ch;
		ch->next_spare = a->spare;
		a->spare = ch;
		a->avail += CHUNK_BYTES - CHUNK_HEAD;
	} else {
		a->taken -= CHUNK_BYTES;
	}
	ktr__unlock(&a->lock, flags);
	return ch != KTR_NULL;
}

static u64 shortage(struct arena *a)
{
	unsigned long flags;
	u64 n;

	ktr__lock(KTR_NULL, &a->lock, &flags);
	a->target = a->used / 8 < MAX_TARGET ? a->used / 8 : MAX_TARGET;
	if (a->target < a->reserve)
		a->target = a->reserve;
	n = a->avail < a->target ? a->target - a->avail : 0;
	ktr__unlock(&a->lock, flags);
	return n;
}

void ktr_mem_refill(void)
{
	ktr__ways_refill();
	ktr__own_refill();
	while (ktr__dead_step(KTR_NULL, DEAD_ROUND))
		;
	while (shortage(&arena) && add_chunk(&arena))
		;
}

int ktr__mem_init(u64 limit, u64 reserve)
{
	struct arena *a = &arena;

	memset(a, 0, sizeof(*a));
	a->limit = limit ? limit : DEF_LIMIT;
	a->reserve = reserve ? reserve : DEF_RESERVE;
	if (a->limit < CHUNK_BYTES)
		a->limit = CHUNK_BYTES;
	if (a->reserve > a->limit)
		a->reserve = a->limit;
	a->reserve_wanted = a->reserve;
	/* the headers of the chunks do not count: whole chunks are asked for */
	a->reserve -= a->reserve / CHUNK_BYTES * CHUNK_HEAD;
	while (shortage(a)) {
		if (!add_chunk(a))
			return a->taken + CHUNK_BYTES <= a->limit ? KTR_ERR : 0;
	}
	return 0;
}

void ktr__mem_destroy(void)
{
	struct arena *a = &arena;
	struct chunk *ch = a->chunks, *next;

	for (; ch; ch = next) {
		next = ch->next;
		UNPOISON(ch, CHUNK_BYTES);
		ktr_port_free(ch);
	}
	memset(a, 0, sizeof(*a));
}

void ktr_mem_get_info(struct ktr_mem_info *info)
{
	struct arena *a = &arena;
	unsigned long flags;

	ktr__lock(KTR_NULL, &a->lock, &flags);
	info->limit = a->limit;
	info->taken = a->taken;
	info->used = a->used;
	info->reserve = a->reserve_wanted;
	ktr__unlock(&a->lock, flags);
	info->dead = ktr__dead_count();
}
