/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ktr_leaf.h - handlers that run without a context; part of ktr.h, which includes it.
 *
 * A leaf is a handler that is certain to neither fail nor call anything: it only computes and adds to counters. Where the
 * home has KTR_HAVE_LEAVES, back ends may run it by ktr_trace.leaf or leaf_fn instead of its ktr_code: without a context,
 * with preemption as it is. Elsewhere these functions are not called.
 *
 * A quick handler (ktr_trace.quick) also reads values of the event and adds to table elements, through a way to the
 * element's cell that has been made before, adds samples to histograms of its CPU, stores values of the current thread, and
 * prints what the event tells. It notes all this, and does it at its end. When something is missing on the way (no such
 * element yet, a closed gate), nothing has been done: it calls ktr_quick_bail(), which runs the handler in the ordinary way,
 * and that makes the way for the next time. Back ends run it with preemption off, where RCU watches.
 *
 * Context: any.
 */
#ifndef KTR_LEAF_H
#define KTR_LEAF_H

#define KTR_QUICK_VALUES 6u	/* values of the event that a quick handler can use */
#define KTR_WAY_WORDS 3
#define KTR_ADDER_SLOTS 512u	/* of a statement that adds to elements; ktr__key_hash() has as many values */

struct ktr_att;
struct ktr_way;

/*
 * What a back end gives to a leaf, by its per-CPU address: each CPU has its own at the same address behind KTR__OWN. leaf_fn
 * finds that address right before the object that its third argument points to.
 */
struct ktr_leaf {
	s64 hits;		/* of the attachment, on this CPU */
	struct ktr_att *att;
};

/* What a back end gives to a quick handler: one for each place in the kernel that is hooked. */
struct ktr_quick_point {
	struct ktr_leaf *leaf;	/* of the attachment */
	void (*bail)(struct ktr_quick_point *p, const void *ev);
	void (*deliver)(struct ktr_quick_point *p, const void *ev);	/* the home's: in the ordinary way */
	struct ktr_way *name;	/* to the element whose key is the event's name, or &ktr_no_way */
	const u64 *label;	/* the event's name as ktr_late_name() writes it; NULL: the handler does not print it */
	u32 texts;		/* bit n: value n is a text */
	u32 label_words;
	u16 at[KTR_QUICK_VALUES];	/* where in the event the values lie: numbers of 64 bits, or char[16] */
};

/*
 * A way to the cell of a number in a table: for keys as a handler has them at hand, words. A number or text takes two, in keys
 * of several parts a number takes one. Nothing of it changes while a handler can see it.
 */
struct ktr_way {
	u64 key[KTR_WAY_WORDS];
	unsigned long cell;	/* a number that each CPU has its own of: address relative to the CPU's area */
	/* core's */
	union {			/* what else belongs to the element; of the first of its ways, where it is no sum */
		s64 base;
		struct ktr_agg *agg;
	};
	struct ktr_way *more;	/* other ways to the same element; or the next in a list */
	struct ktr_way **slot;	/* where the handler finds it, NULL: nowhere any more */
	struct ktr_adder *adder;
	struct ktr_way *next;	/* of the adder, when it has a list of them */
};

/* Leads nowhere: its key matches none. */
extern struct ktr_way ktr_no_way;

enum ktr_adder_kind {
	KTR_ADDER_WORDS,	/* keys are numbers or short strings; KTR_ADDER_SLOTS slots, by their hash */
	KTR_ADDER_ONE,		/* always the same key; one slot */
	KTR_ADDER_NAME,		/* the event's name; the slot is the event's */
	KTR_ADDER_PARTS,	/* keys of several parts, each of one type; slots as above */
};

/* A statement t[key] += d, or += an aggregation, in a quick handler. */
struct ktr_adder {
	u8 kind;		/* enum ktr_adder_kind */
	u8 agg;			/* enum ktr_agg_kind up to KTR_AGG_HIST; 0: numbers */
	u8 n_parts;		/* KTR_ADDER_PARTS */
	u8 texts;		/* bit n: part n is a short string, else a number */
	struct ktr_way **slots;	/* KTR_ADDER_SLOTS or 1 of them; set to &ktr_no_way at load */
	/* core's */
	u8 misses;			/* how often a slot was wanted that leads to another element; since the last time it was taken */
	struct ktr_table *table;	/* whose elements the ways lead to */
	struct ktr_adder *next;		/* of the table */
	struct ktr_way *ways;		/* KTR_ADDER_NAME and aggregations: all of them */
};

/*
 * A value that a quick handler wants: slot of struct ktr_raw, and what it has to be: KTR_RAW_INT, KTR_RAW_COMM, or
 * KTR_RAW_NONE for either.
 */
struct ktr_quick_value {
	u8 slot;
	u8 kind;
};

struct ktr_quick {
	void (*run)(struct ktr_quick_point *p, const void *ev);
	u8 n_values;
	u8 name;		/* it prints the event's name */
	const struct ktr_quick_value *values;
};

/* ---- the guard ---------------------------------------------------------------------------------------------- */

/* Of each CPU. All zero: handlers may run, and none is running. */
union ktr_guard {
	u64 all;
	struct {
		u8 busy[4];	/* a handler of the level is running */
		u8 gate;	/* the home's: closed, or only some events pass */
		u8 absent;	/* the CPU has no contexts */
		u8 self;	/* a task of the tracer is on the CPU, whose events are left out */
		u8 load;	/* the home's: one run is to be timed, or handlers took too much of the CPU */
	};
};

#ifdef KTR_HAVE_LEAVES
extern union ktr_guard ktr_guard KTR_PER_CPU;
#endif
/* Looks closer at a guard that is not zero: runs the leaf if the event passes, else counts it as it should. */
void ktr_leaf_slow(struct ktr_leaf *l, void (*run)(struct ktr_leaf *l));

/* False: the leaf may run. */
static inline bool ktr_leaf_guarded(void)
{
#ifdef KTR_HAVE_LEAVES
	return ktr__cpu_is_set(&ktr_guard.all);
#else
	return false;
#endif
}

/* Counts a run of the leaf. */
static inline void ktr_leaf_hit(struct ktr_leaf *l)
{
#ifdef KTR_HAVE_LEAVES
	ktr__cpu_inc(&l->hits);
#else
	(void)l;
#endif
}

/*
 * Quick handlers that print, and their hooks, have room for more than they use (KTR_AS_IT_IS). What is written in there stands at
 * places that are known when it is compiled, or is an event's name, of at most KTR_LABEL_WORDS words.
 */
#if defined(__has_attribute) && __has_attribute(no_stack_protector)
#define KTR_NO_CANARY __attribute__((no_stack_protector))
#else
#define KTR_NO_CANARY
#endif

/* ---- quick handlers ----------------------------------------------------------------------------------------- */

static inline void ktr_quick_bail(struct ktr_quick_point *p, const void *ev)
{
	p->bail(p, ev);
}

/* Number i of the values that the handler uses. */
static inline s64 ktr_quick_value(const struct ktr_quick_point *p, const void *ev, u32 i)
{
	return *(const s64 *)((const char *)ev + p->at[i]);
}

static inline const char *ktr_quick_text(const struct ktr_quick_point *p, const void *ev, u32 i)
{
	return (const char *)ev + p->at[i];
}

/* The name of the current task, char[16]. */
const char *ktr_quick_comm(void);
s64 ktr_quick_cpu(void);
s64 ktr_quick_pid(void);
s64 ktr_quick_tid(void);
s64 ktr_quick_uid(void);

/* Wall-clock time in nanoseconds: gettimeofday_ns(). */
s64 ktr_quick_now(void);

static inline u64 ktr__quick_word(const char *p, u32 n)
{
	u64 w;

	__builtin_memcpy(&w, p + n * 8, 8);
	return w;
}

/* Whether a char[16] holds a string of less than 16 bytes: a, b are its words, m, n mask it and its NUL. */
static inline bool ktr_quick_is(const char *p, u64 a, u64 m, u64 b, u64 n)
{
	return (ktr__quick_word(p, 0) & m) == a && (ktr__quick_word(p, 1) & n) == b;
}

static inline u32 ktr__key_hash(u64 a, u64 b)
{
	return (u32)((a ^ b) * 0x9e3779b97f4a7c15ull >> 55);
}

static KTR_INLINE bool ktr__find_way(struct ktr_way **w, struct ktr_way **slots, u64 a, u64 b)
{
	*w = __atomic_load_n(&slots[ktr__key_hash(a, b)], __ATOMIC_RELAXED);
	return ktr_likely((*w)->key[0] == a && (*w)->key[1] == b);
}

/* What is the second word of the keys of numbers; no string has it. */
#define KTR_WAY_INT (~0ull)

/* *w: the way to the element with the key; false: there is none. */
static KTR_INLINE bool ktr_way_int(struct ktr_way **w, struct ktr_way **slots, s64 k)
{
	return ktr__find_way(w, slots, (u64)k, KTR_WAY_INT);
}

static KTR_INLINE bool ktr_way_text(struct ktr_way **w, struct ktr_way **slots, const char *p)
{
	return ktr__find_way(w, slots, ktr__quick_word(p, 0), ktr__quick_word(p, 1));
}

/* The same for keys of several parts. The key of ktr_no_way is that of some numbers, but of no text. */
static inline u32 ktr__parts_hash(u64 a, u64 b, u64 c)
{
	const u64 k = 0x9e3779b97f4a7c15ull;

	return (u32)((((a ^ c) * k ^ b) * k) >> 55);
}

static KTR_INLINE bool ktr__find_parts(struct ktr_way **w, struct ktr_way **slots, u64 a, u64 b, u64 c)
{
	*w = __atomic_load_n(&slots[ktr__parts_hash(a, b, c)], __ATOMIC_RELAXED);
	return ktr_likely((*w)->key[0] == a && (*w)->key[1] == b && (*w)->key[2] == c);
}

static KTR_INLINE bool ktr_way_pair(struct ktr_way **w, struct ktr_way **slots, s64 a, s64 b)
{
	return ktr__find_parts(w, slots, (u64)a, (u64)b, 0) && ktr_likely(*w != &ktr_no_way);
}

static KTR_INLINE bool ktr_way_triple(struct ktr_way **w, struct ktr_way **slots, s64 a, s64 b, s64 c)
{
	return ktr__find_parts(w, slots, (u64)a, (u64)b, (u64)c) && ktr_likely(*w != &ktr_no_way);
}

static KTR_INLINE bool ktr_way_int_text(struct ktr_way **w, struct ktr_way **slots, s64 a, const char *p)
{
	return ktr__find_parts(w, slots, (u64)a, ktr__quick_word(p, 0), ktr__quick_word(p, 1));
}

static KTR_INLINE bool ktr_way_text_int(struct ktr_way **w, struct ktr_way **slots, const char *p, s64 a)
{
	return ktr__find_parts(w, slots, ktr__quick_word(p, 0), ktr__quick_word(p, 1), (u64)a);
}

/* By value number i of the event. */
static KTR_INLINE bool ktr_way_value(struct ktr_way **w, struct ktr_way **slots, const struct ktr_quick_point *p, const void *ev,
				     u32 i)
{
	if (p->texts & 1u << i)
		return ktr_way_text(w, slots, ktr_quick_text(p, ev, i));
	return ktr_way_int(w, slots, ktr_quick_value(p, ev, i));
}

static KTR_INLINE bool ktr_way_one(struct ktr_way **w, struct ktr_way **slots)
{
	*w = __atomic_load_n(&slots[0], __ATOMIC_RELAXED);
	return ktr_likely(*w != &ktr_no_way);
}

static KTR_INLINE bool ktr_way_name(struct ktr_way **w, const struct ktr_quick_point *p)
{
	*w = __atomic_load_n(&p->name, __ATOMIC_RELAXED);
	return ktr_likely(*w != &ktr_no_way);
}

static KTR_INLINE void ktr_way_add(struct ktr_way *w, s64 d)
{
#ifdef KTR_HAVE_LEAVES
	ktr__cpu_add_at(w->cell, d);
#else
	(void)w;
	(void)d;
#endif
}

/* ---- elements that belong to threads ------------------------------------------------------------------------- */

/* Element n of the current thread; NULL: it has none yet, which reads as nil. */
struct ktr_own *ktr_quick_own(u32 n);

static KTR_INLINE bool ktr_own_is(const struct ktr_own *own, u64 tag)
{
	return own && __atomic_load_n(&own->tag, __ATOMIC_RELAXED) == tag;
}

/* Of one that is no number: anything. */
static KTR_INLINE s64 ktr_own_number(const struct ktr_own *own)
{
	return own ? __atomic_load_n(&own->i, __ATOMIC_RELAXED) : 0;
}

/* Of one that is a number. */
static KTR_INLINE void ktr_own_bump(struct ktr_own *own, s64 d)
{
#ifdef KTR_HAVE_LEAVES
	ktr__own_add(&own->i, d);
#else
	(void)own;
	(void)d;
#endif
}

/* ---- histograms of each CPU ------------------------------------------------------------------------------------ */

void ktr__spread_raise(unsigned long at, u64 v);

static KTR_INLINE bool ktr__spread_beats(unsigned long at, u64 v)
{
#ifdef KTR_HAVE_LEAVES
	return ktr__cpu_is_less_at(at, v);
#else
	(void)at;
	(void)v;
	return false;
#endif
}

static KTR_INLINE void ktr__cell_raise(unsigned long at, u64 v)
{
	if (ktr_unlikely(ktr__spread_beats(at, v)))
		ktr__spread_raise(at, v);
}

static KTR_INLINE u64 ktr__most(s64 x)
{
	return (u64)x ^ 1ull << 63;
}

/* One more in number i of the cells. */
static KTR_INLINE void ktr__cell_inc(unsigned long cells, u64 i)
{
#ifdef KTR_HAVE_LEAVES
	ktr__cpu_inc_at(cells, i);
#else
	(void)cells;
	(void)i;
#endif
}

/* Adds to the 128 bits in cells number i and i + 1; i: a constant. */
static KTR_INLINE void ktr__cell_add128(unsigned long cells, u32 i, s64 x)
{
#ifdef KTR_HAVE_LEAVES
	ktr__cpu_add128_at(cells, i, x);
#else
	(void)cells;
	(void)i;
	(void)x;
#endif
}

/* x in the cells of a histogram. Each step is one that an interrupt may come before or after. */
static KTR_INLINE void ktr__cells_hist(unsigned long cells, s64 x)
{
	ktr__cell_inc(cells, x > 0 ? 65 - (u32)__builtin_clzll((u64)x) : x == 0);	/* as log2_index() of core/agg.c */
	ktr__cell_add128(cells, KTR_SPREAD_SUM, x);
	ktr__cell_raise(cells + KTR_SPREAD_MAX * 8, ktr__most(x));
	ktr__cell_raise(cells + KTR_SPREAD_MIN * 8, ~ktr__most(x));
}

/* h += hist(x), with preemption off. */
static KTR_INLINE void ktr_spread_add(struct ktr_spread *sp, s64 x)
{
	ktr__cells_hist(__atomic_load_n(&sp->cells, __ATOMIC_RELAXED), x);
}

/* ---- aggregations in elements --------------------------------------------------------------------------------- */

/* Cells of avg, stddev and stats; those of hist are a spread's. KTR_..._SEQ is odd while the CPU adds. */
enum {
	KTR_STATS_SUM, KTR_STATS_MIN = 2, KTR_STATS_MAX, KTR_STATS_COUNT, KTR_STATS_SQUARES, KTR_STATS_SEQ = 8,
	KTR_HIST_SEQ = KTR_SPREAD_WORDS
};

static KTR_INLINE void ktr__cells_square(unsigned long at, s64 x)
{
#ifdef KTR_HAVE_LEAVES
	u64 m = x < 0 ? 0 - (u64)x : (u64)x;
	unsigned __int128 sq = (unsigned __int128)m * m;

	ktr__cpu_add192_at(at, (u64)sq, (u64)(sq >> 64));
#else
	(void)at;
	(void)x;
#endif
}

static KTR_INLINE void ktr__cells_stats(unsigned long cells, u32 kind, s64 x)
{
	ktr__cell_inc(cells, KTR_STATS_COUNT);
	ktr__cell_add128(cells, KTR_STATS_SUM, x);
	if (kind != KTR_AGG_AVG)
		ktr__cells_square(cells + KTR_STATS_SQUARES * 8, x);
	if (kind == KTR_AGG_STATS) {
		ktr__cell_raise(cells + KTR_STATS_MAX * 8, ktr__most(x));
		ktr__cell_raise(cells + KTR_STATS_MIN * 8, ~ktr__most(x));
	}
}

/* t[k] += KIND(x), with preemption off; count() and sum(x) are ktr_way_add(). kind: a constant. */
static KTR_INLINE void ktr_way_sample(struct ktr_way *w, u32 kind, s64 x)
{
	unsigned long cells = w->cell;

	if (kind == KTR_AGG_MIN || kind == KTR_AGG_MAX) {
		ktr__cell_raise(cells, kind == KTR_AGG_MAX ? ktr__most(x) : ~ktr__most(x));
		return;
	}
	/* a reader takes what it copied when the number was even and the same before and after; interrupts add 2 */
	ktr__cell_inc(cells, kind == KTR_AGG_HIST ? KTR_HIST_SEQ : KTR_STATS_SEQ);
	if (kind == KTR_AGG_HIST)
		ktr__cells_hist(cells, x);
	else
		ktr__cells_stats(cells, kind, x);
	ktr__cell_inc(cells, kind == KTR_AGG_HIST ? KTR_HIST_SEQ : KTR_STATS_SEQ);
}

/* ---- output of quick handlers ------------------------------------------------------------------------------- */

/*
 * A quick handler puts a record KTR_REC_FORMAT (ktr_wire.h) together in an array of KTR_LATE_WORDS words, of which the first
 * KTR_LATE_HEAD are filled in by ktr_quick_print(). Each function below writes argument i at w and returns where the next
 * one goes.
 */
#define KTR_LATE_HEAD 3u
#define KTR_LABEL_WORDS 9u	/* of an event's name, the longest */
#define KTR_LATE_WORDS (KTR_LATE_HEAD + 2 * KTR_FORMAT_ARGS + KTR_LABEL_WORDS)

/* Writing zeros to all of it first would take as long as the rest; nothing in there is used that was not written. */
#if __has_attribute(uninitialized)
#define KTR_AS_IT_IS __attribute__((uninitialized))
#else
#define KTR_AS_IT_IS
#endif

static KTR_INLINE u64 *ktr_late_s64(u64 *w, u32 *tags, u32 i, s64 v)
{
	*tags |= KTR_ARG_INT << 4 * i;
	*w = (u64)v;
	return w + 1;
}

static KTR_INLINE u64 *ktr_late_comm(u64 *w, u32 *tags, u32 i, const char *comm)
{
	*tags |= KTR_ARG_COMM << 4 * i;
	w[0] = ktr__quick_word(comm, 0);
	w[1] = ktr__quick_word(comm, 1);
	return w + 2;
}

/* Value number n of the event. */
static KTR_INLINE u64 *ktr_late_value(u64 *w, u32 *tags, u32 i, const struct ktr_quick_point *p, const void *ev, u32 n)
{
	if (p->texts & 1u << n)
		return ktr_late_comm(w, tags, i, ktr_quick_text(p, ev, n));
	return ktr_late_s64(w, tags, i, ktr_quick_value(p, ev, n));
}

static KTR_INLINE u64 *ktr_late_name(u64 *w, u32 *tags, u32 i, const struct ktr_quick_point *p)
{
	u32 k;

	*tags |= KTR_ARG_TEXT << 4 * i;
	for (k = 0; k < p->label_words; k++)
		w[k] = p->label[k];
	return w + k;
}

/* Commits the record that ends at `end`; when there is no room it is counted as lost. */
void ktr_quick_print(u64 *rec, u64 *end, u32 format, u32 tags);

/* t[k] += d where a quick handler stands aside: also makes its way to the element. See ktr_incr(). */
int ktr_incr_at(struct ktr_ctx *c, const struct ktr_val *t, const struct ktr_val *k, s64 d, struct ktr_adder *adder);
int ktr_incr_int_at(struct ktr_ctx *c, const struct ktr_val *t, s64 k, s64 d, struct ktr_adder *adder);
/* The same for t[k] += KIND(x), the adder's. */
int ktr_agg_add_at(struct ktr_ctx *c, const struct ktr_val *t, const struct ktr_val *k, s64 x, struct ktr_adder *adder);
int ktr_agg_add_int_at(struct ktr_ctx *c, const struct ktr_val *t, s64 k, s64 x, struct ktr_adder *adder);

#endif
