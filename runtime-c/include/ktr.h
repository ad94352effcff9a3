/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ktr.h - the border between emitted script code and the runtime; the only header that emitted C includes.
 *
 * It includes no kernel header, so the same text builds as part of a module and as part of a process. Emitted code is
 * named ktg_..., the runtime ktr_....
 *
 * The shape of emitted code
 *   A script function is a ktr_code. Its dynamic values live in *slots*: a piece of the context's slot stack that
 *   ktr_enter() hands out, all nil, and ktr_leave() takes back. Numbers and booleans whose type is known are plain C
 *   locals. Slots are the roots of the scratch collector: a string or object that a function still needs must be in a
 *   slot (or be a constant) whenever a function marked "may collect" is called. Such a function can move scratch
 *   strings, updating the slots; no pointer into a string may be kept across it.
 *
 * Failure
 *   Functions that can fail return 0 or a negative KTR_... code, with the error recorded in the context. Emitted code
 *   then calls ktr_at() with the source position and leaves with that code; the innermost position wins.
 *   KTR_EXIT is not an error: exit() unwinds the same way.
 *
 * Context: "any" means callable in every context, NMI included; "process" means the script's own thread.
 * Unless said otherwise: Context: any.
 */
#ifndef KTR_H
#define KTR_H

#define KTR_API_VERSION 8

#include "ktr_limits.h"
#include "ktr_sites.h"
#include "ktr_wire.h"

typedef signed char s8;
typedef unsigned char u8;
typedef short s16;
typedef unsigned short u16;
typedef int s32;
typedef unsigned int u32;
typedef long long s64;
typedef unsigned long long u64;

#ifndef __cplusplus
#ifndef bool
#define bool _Bool
#define true 1
#define false 0
#define KTR_DEFINED_BOOL
#endif
#endif

#define KTR_INLINE inline __attribute__((always_inline))
#define ktr_likely(x) __builtin_expect(!!(x), 1)
#define ktr_unlikely(x) __builtin_expect(!!(x), 0)

/* ---- values ------------------------------------------------------------------------------------------------- */

enum ktr_type {
	KTR_NIL,
	KTR_BOOL,	/* .i is 0 or 1 */
	KTR_INT,	/* .i */
	KTR_STR,	/* .s: bytes */
	KTR_KIP,	/* .i: a kernel code address, printed as its symbol */
	KTR_STACK,	/* .s: u64 return addresses, innermost first; len is in bytes */
	KTR_TUPLE,	/* .s: composite key: serialised elements */
	KTR_HIST,	/* .s: a histogram: the bytes of an aggregate */
	KTR_STATS,	/* .s: the same of stats() */
	KTR_SAMPLE,	/* .s: the same of avg() and stddev(); on its way into a variable or element, which then reads as number */
	KTR_TALLY,	/* .i: the same of count(), sum(), min(), max(); flags: which */
	KTR_AGG,	/* .a: an aggregate that a variable or element keeps; never in a slot */
	KTR_WAYS,	/* .w: what handlers add to on several CPUs at once; flags: enum ktr_agg_kind, 0: a number; only in an element */
	KTR_TABLE,	/* .t: counted reference */
	KTR_FUNC,	/* .f: counted reference unless static */
	KTR_LIB,	/* .l: library function */
	KTR_BOX,	/* .b: a captured variable; never visible to a script */
	KTR_N_TYPES
};

/*
 * Bytes of a string, stack or tuple. hash is 0 (not computed yet) or ktr_hash_bytes(s, len). Constants have it
 * computed by the translator. s is followed by a NUL that len does not count.
 */
struct ktr_str {
	u32 hash;
	u32 len;
	char s[];
};

struct ktr_table;
struct ktr_func;
struct ktr_box;
struct ktr_lib;
struct ktr_agg;
struct ktr_way;

enum { KTR_VF_CONST = 1 };	/* .s points to a constant that lives as long as the script: never copied or freed */

struct ktr_val {
	u32 type;		/* enum ktr_type */
	u32 flags;		/* KTR_VF_* */
	union {
		s64 i;
		const struct ktr_str *s;
		struct ktr_table *t;
		struct ktr_func *f;
		struct ktr_box *b;
		const struct ktr_lib *l;
		struct ktr_agg *a;
		struct ktr_way *w;
	};
};

_Static_assert(sizeof(struct ktr_val) == 16, "a value is two words");

/*
 * The hash of strings. With all arithmetic in 64 bits: h = len; then for each 8 bytes as a little-endian word, the last
 * ones padded with zeros: h = (h ^ word) * 0x9e3779b97f4a7c15, h ^= h >> 32. The result is the lower 32 bits, 1 for 0.
 * The translator computes the same for constants.
 */
u32 ktr_hash_bytes(const void *p, u32 len);

/* ---- the context -------------------------------------------------------------------------------------------- */

enum ktr_rc {
	KTR_OK = 0,
	KTR_ERR = -1,	/* run-time error, recorded in the context */
	KTR_EXIT = -2,	/* exit() was called, or the script is being ended */
	KTR_TAIL = -3,	/* returned by a ktr_code only: run the tail call noted in the context */
};

/*
 * Where a home has variables of which each CPU has its own, added to by a single instruction that neither an interrupt nor
 * a move to another CPU can split, counters are such variables and leaf handlers can run without a context.
 */
#if defined(__KERNEL__) && defined(__x86_64__)
#include "ktr_cpu_x86.h"
#else
#define KTR_PER_CPU
#endif

struct ktr_event;
struct ktr_calls;

/*
 * One running piece of script: an event handler of one CPU and nesting level, or the script's own thread.
 * Emitted code reads and writes only the members below, mostly through the inline functions; the runtime embeds it.
 */
struct ktr_ctx {
	s64 loops;			/* loop iterations left before ktr_loop_slow() */
	s64 calls;			/* calls left before ktr_call_slow() */
	struct ktr_val *top;		/* next free slot */
	struct ktr_val *slots_end;
	unsigned long stack_limit;	/* lowest allowed C stack address */
	u32 pos;			/* source position of the error, 0: none yet */
	int rc;				/* code of the error being unwound */
	u32 n_multi;			/* results of the last call with KTR_ALL */
	u16 level;			/* enum ktr_level */
	u16 cpu;
	struct ktr_event *ev;		/* current event, NULL outside event handlers */
	s64 *shard;			/* this CPU and level's counters, see ktr_counter_add() */
	const struct ktr_raw *raw;	/* the event's values that are at hand, or NULL */
	const struct ktr_calls *runtime;	/* the script's own runtime, for prebuilt tapsets (ktr_tapset.h) */
};

/*
 * Values that the hook of an event has put ready: slot n is argN (n < KTR_RAW_ARGS), slot KTR_RAW_ARGS + id is field id.
 * ktr_trace.values says which ones a handler uses.
 */
enum { KTR_RAW_ARGS = 10, KTR_N_RAW = 56 };

enum ktr_raw_kind {
	KTR_RAW_NONE,		/* not there */
	KTR_RAW_INT,		/* the number */
	KTR_RAW_COMM,		/* address of char[16], 8-aligned: up to its NUL */
	KTR_RAW_OTHER,		/* the home's */
};

struct ktr_raw {
	const u8 *kinds;	/* enum ktr_raw_kind of each slot */
	s64 value[KTR_N_RAW];
};

enum ktr_level {
	KTR_LEVEL_TASK,
	KTR_LEVEL_SOFTIRQ,
	KTR_LEVEL_HARDIRQ,
	KTR_LEVEL_NMI,
	KTR_LEVEL_THREAD,	/* the script's own thread: main chunk, tick handlers, trace_end */
	KTR_N_LEVELS
};

/*
 * Code of a script function.
 *   args, nargs: the arguments, in the caller's slots; missing ones are nil, surplus ones only matter for `...`.
 *   ret, want: the caller wants `want` results in ret[]; KTR_ALL: as many as there are, pushed on the slot stack
 *   (from the callee's frame base upwards), their number in c->n_multi. want may be 0.
 * Returns KTR_OK, KTR_ERR, KTR_EXIT or KTR_TAIL.
 */
enum { KTR_ALL = -1 };
typedef int ktr_code(struct ktr_ctx *c, struct ktr_func *self, struct ktr_val *args, u32 nargs, struct ktr_val *ret,
		     int want);

/*
 * A function value. Static ones (no captured variables) are emitted as objects with refs = 0 and are never counted.
 * up[] holds KTR_BOX values.
 */
struct ktr_func {
	s32 refs;			/* 0: static */
	u16 n_params;
	u16 n_up;
	ktr_code *code;
	const char *name;		/* for messages and tostring(); "function at line N" when it has none */
	struct ktr_val up[];
};

/* A library function as a value; code has the convention of ktr_code without self. */
typedef int ktr_lib_code(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want);
struct ktr_lib {
	const char *name;
	ktr_lib_code *code;
};

/* Sets the source position (line number) of the error being unwound, unless a deeper call already did. */
static inline void ktr_at(struct ktr_ctx *c, u32 pos)
{
	if (!c->pos)
		c->pos = pos;
}

/* The slow ends of the budgets: count down to the limit, let other tasks run, notice that the script must end. */
int ktr_loop_slow(struct ktr_ctx *c);
int ktr_call_slow(struct ktr_ctx *c);
int ktr_stack_overflow(struct ktr_ctx *c);	/* records "stack overflow, ..." and returns KTR_ERR */

/* To be called on every back edge of a loop. Returns 0, or fails: loop limit, or the script is being ended. */
static inline int ktr_loop(struct ktr_ctx *c)
{
	return ktr_unlikely(--c->loops < 0) ? ktr_loop_slow(c) : 0;
}

/*
 * A frame of n slots, all nil; NULL: call depth or slots exhausted, error recorded (KTR_ERR in c->rc, or KTR_EXIT).
 * Each ktr_enter() is paired with ktr_leave() or ktr_return() on every path, the failing ones too.
 */
static inline struct ktr_val *ktr_enter(struct ktr_ctx *c, u32 n)
{
	struct ktr_val *s = c->top;
	u32 k;

	if (ktr_unlikely((unsigned long)__builtin_frame_address(0) < c->stack_limit ||
			 (unsigned long)(c->slots_end - s) < n)) {
		ktr_stack_overflow(c);
		return (struct ktr_val *)0;
	}
	if (ktr_unlikely(--c->calls < 0) && ktr_call_slow(c))
		return (struct ktr_val *)0;
	for (k = 0; k < n; k++) {
		s[k].type = KTR_NIL;
		s[k].flags = 0;
		s[k].i = 0;
	}
	c->top = s + n;
	return s;
}

static inline void ktr_leave(struct ktr_ctx *c, struct ktr_val *s)
{
	c->top = s;
}

/*
 * Leaves the frame s and gives the n values at vals to the caller (see ktr_code): copies and pads with nil, or, for
 * KTR_ALL, moves them to the frame's base and leaves them there. vals may lie in the frame or above it.
 */
void ktr_return(struct ktr_ctx *c, struct ktr_val *s, const struct ktr_val *vals, u32 n, struct ktr_val *ret, int want);

/* The end of a function without a frame: no results. */
static inline void ktr_return_none(struct ktr_ctx *c, struct ktr_val *ret, int want)
{
	int k;

	if (want == KTR_ALL)
		c->n_multi = 0;
	for (k = 0; k < want; k++) {
		ret[k].type = KTR_NIL;
		ret[k].flags = 0;
		ret[k].i = 0;
	}
}

/* Pushes one value above the frame: argument lists that end in a call or `...`. Fails: stack overflow. */
int ktr_push(struct ktr_ctx *c, const struct ktr_val *v);
int ktr_push_n(struct ktr_ctx *c, const struct ktr_val *v, u32 n);

/* Pushes the surplus arguments of a function with n_params parameters: `...` at the end of a list. */
static inline int ktr_push_varargs(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, u32 n_params)
{
	return nargs > n_params ? ktr_push_n(c, args + n_params, nargs - n_params) : 0;
}

/* After a KTR_ALL call whose own arguments were pushed from `to` on: moves the results down there. */
static inline void ktr_shift_results(struct ktr_ctx *c, struct ktr_val *to)
{
	const struct ktr_val *from = c->top - c->n_multi;
	u32 k;

	for (k = 0; k < c->n_multi; k++)
		to[k] = from[k];
	c->top = to + c->n_multi;
}

/* to[0..want-1] = the n values at from, padded with nil: var a, b = ... */
static inline void ktr_take(struct ktr_ctx *c, struct ktr_val *to, u32 want, const struct ktr_val *from, u32 n)
{
	u32 k;

	(void)c;
	for (k = 0; k < want; k++) {
		to[k].type = KTR_NIL;
		to[k].flags = 0;
		to[k].i = 0;
		if (k < n)
			to[k] = from[k];
	}
}

/* Copies the parameters into the first n_params slots of the frame; the missing ones stay nil. */
static inline void ktr_params(struct ktr_val *s, u32 n_params, const struct ktr_val *args, u32 nargs)
{
	u32 k, n = nargs < n_params ? nargs : n_params;

	for (k = 0; k < n; k++)
		s[k] = args[k];
}

/* ---- plain values ------------------------------------------------------------------------------------------- */

static inline bool ktr_truth(const struct ktr_val *v)
{
	return v->type > KTR_BOOL || (v->type == KTR_BOOL && v->i);
}

static inline void ktr_set_nil(struct ktr_val *v)
{
	v->type = KTR_NIL;
	v->flags = 0;
	v->i = 0;
}

static inline void ktr_set_int(struct ktr_val *v, s64 i)
{
	v->type = KTR_INT;
	v->flags = 0;
	v->i = i;
}

static inline void ktr_set_bool(struct ktr_val *v, bool b)
{
	v->type = KTR_BOOL;
	v->flags = 0;
	v->i = b;
}

static inline void ktr_set_func(struct ktr_val *v, struct ktr_func *f)
{
	v->type = KTR_FUNC;
	v->flags = 0;
	v->f = f;
}

/* What a value was needed for: selects the message when it is not a number. */
enum ktr_need {
	KTR_NEED_ARITH,		/* Cannot make arith operation */
	KTR_NEED_NEG,		/* use '-' operator on non-number */
	KTR_NEED_INCR,		/* use '+=' on non-number */
	KTR_NEED_INCR_TAB,	/* use '+=' operator on non-number value */
	KTR_NEED_FOR,		/* 'for' init/limit/step value must be a number */
	KTR_NEED_COMPARE,	/* compare with non-number */
	KTR_NEED_ARG		/* wrong type of argument N: the argument number is need >> 8 */
};

/* The number in v; fails with the message of `need` when it is none. */
int ktr_num_slow(struct ktr_ctx *c, const struct ktr_val *v, s64 *out, u32 need);
static inline int ktr_num(struct ktr_ctx *c, const struct ktr_val *v, s64 *out, u32 need)
{
	if (ktr_likely(v->type == KTR_INT)) {
		*out = v->i;
		return 0;
	}
	return ktr_num_slow(c, v, out, need);
}

/* C division and remainder; fail on 0 ("divide 0 arith operation", "mod 0 arith operation"); LONG_MIN / -1 wraps. */
int ktr_div(struct ktr_ctx *c, s64 *out, s64 a, s64 b);
int ktr_mod(struct ktr_ctx *c, s64 *out, s64 a, s64 b);

bool ktr_eq(const struct ktr_val *a, const struct ktr_val *b);
bool ktr_eq_int(const struct ktr_val *a, s64 b);
/* Order of two numbers or two strings (bytes): *out < 0, 0, > 0. Fails with "compare with non-number" otherwise. */
int ktr_order(struct ktr_ctx *c, int *out, const struct ktr_val *a, const struct ktr_val *b);

/*
 * v[0] .. v[1] .. ... v[n-1], n >= 2. Strings and numbers; anything else: "cannot concat non-string". A result over
 * the string limit is truncated and counted. May collect. out may be one of v.
 */
int ktr_concat(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *v, u32 n);

/* Glob match of the kernel's filter operator ~ : both strings. */
int ktr_glob(struct ktr_ctx *c, bool *out, const struct ktr_val *s, const struct ktr_val *pattern);

/* for (i = from, to, step): a step of 0 fails; done tells the end; next advances and tells when it would overflow. */
int ktr_for_step(struct ktr_ctx *c, s64 step);
static inline bool ktr_for_done(s64 i, s64 to, s64 step)
{
	return step > 0 ? i > to : i < to;
}
static inline bool ktr_for_next(s64 *i, s64 step)
{
	return __builtin_add_overflow(*i, step, i);
}

/* ---- variables that outlive a call -------------------------------------------------------------------------- */

/*
 * A variable of the main chunk that functions or handlers share. It owns what it holds: strings are copied in and out,
 * objects are counted. Loads and stores are atomic with respect to each other. In NMI a store whose lock is taken
 * fails by skipping the handler (counted).
 */
struct ktr_cell {
	u32 lock;
	u32 pad;
	struct ktr_val v;
};

int ktr_cell_load(struct ktr_ctx *c, struct ktr_val *out, struct ktr_cell *cell);	/* may collect */
int ktr_cell_store(struct ktr_ctx *c, struct ktr_cell *cell, const struct ktr_val *v);
int ktr_cell_add(struct ktr_ctx *c, struct ktr_cell *cell, s64 d);	/* "use '+=' on non-number" */

/*
 * An element t[tid] of a table of which the script uses nothing else: it belongs to its thread (core/own.h says how). Its
 * number n < ktr_script.n_owns. The functions take the current thread's; what cannot be stored for want of memory is counted.
 * Context: any.
 */
enum ktr_own_tag { KTR_OWN_NIL, KTR_OWN_INT, KTR_OWN_OTHER };

struct ktr_own {
	s64 i;		/* KTR_OWN_INT */
	u64 tag;	/* enum ktr_own_tag; all zero is nil */
	struct ktr_cell other;	/* KTR_OWN_OTHER */
};

int ktr_own_load(struct ktr_ctx *c, struct ktr_val *out, u32 n);	/* may collect */
int ktr_own_store(struct ktr_ctx *c, u32 n, const struct ktr_val *v);
int ktr_own_add(struct ktr_ctx *c, u32 n, s64 d);	/* nil counts as 0; "use '+=' on non-number" */

/* In this order: a handler that comes between sees, and leaves, a value that was stored. */
static inline void ktr_own_set(struct ktr_own *own, s64 i)
{
	__atomic_store_n(&own->i, i, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&own->tag, (u64)KTR_OWN_INT, __ATOMIC_RELAXED);
}

static inline void ktr_own_clear(struct ktr_own *own)
{
	__atomic_store_n(&own->tag, (u64)KTR_OWN_NIL, __ATOMIC_RELAXED);
}

/* Shared variables that are always numbers (or booleans). */
static inline s64 ktr_ivar_get(const s64 *p) { return __atomic_load_n(p, __ATOMIC_RELAXED); }
static inline void ktr_ivar_set(s64 *p, s64 v) { __atomic_store_n(p, v, __ATOMIC_RELAXED); }
static inline void ktr_ivar_add(s64 *p, s64 d) { __atomic_fetch_add(p, d, __ATOMIC_RELAXED); }

/*
 * Counters: number variables that event handlers only add to. One word per CPU (and level, where adding is more than one
 * instruction), so adding needs no lock and no atomic; reading sums up; assigning is exact too (it becomes an offset).
 * id < ktr_script.n_counters <= KTR_MAX_COUNTERS. c may be NULL in leaves.
 */
#define KTR_MAX_COUNTERS 64
extern s64 ktg_counters[] KTR_PER_CPU;	/* defined by the script; homes without KTR_HAVE_LEAVES do not use it */

static inline void ktr_counter_add(struct ktr_ctx *c, u32 id, s64 d)
{
#ifdef KTR_HAVE_LEAVES
	(void)c;
	ktr__cpu_add(&ktg_counters[id], d);
#else
	c->shard[id] += d;
#endif
}

s64 ktr_counter_get(struct ktr_ctx *c, u32 id);
void ktr_counter_set(struct ktr_ctx *c, u32 id, s64 v);

/*
 * A variable that is a hist() and that event handlers only add to: each CPU has buckets of its own, so adding needs no lock and
 * no atomic. load, store: only on the script's own thread, may sleep.
 */
struct ktr_spread {
	unsigned long cells;	/* KTR_SPREAD_WORDS numbers that each CPU has its own of: address relative to the CPU's area */
	unsigned long spare;	/* others, all 0 */
	struct ktr_cell base;	/* what else belongs to it */
};

/* Words of the cells: the buckets, the sum (128 bits), the least and the largest value in a form that grows from 0. */
enum { KTR_SPREAD_SUM = 65, KTR_SPREAD_MIN = 67, KTR_SPREAD_MAX, KTR_SPREAD_WORDS };

int ktr_spread_load(struct ktr_ctx *c, struct ktr_val *out, struct ktr_spread *sp);	/* may collect */
int ktr_spread_store(struct ktr_ctx *c, struct ktr_spread *sp, const struct ktr_val *v);
int ktr_spread_agg(struct ktr_ctx *c, struct ktr_spread *sp, s64 x);

/* Captured variables of inner scopes: counted objects. box, out: slots. */
int ktr_box_new(struct ktr_ctx *c, struct ktr_val *out);	/* holds nil; may collect */
int ktr_box_load(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *box);	/* may collect */
int ktr_box_store(struct ktr_ctx *c, const struct ktr_val *box, const struct ktr_val *v);
int ktr_box_add(struct ktr_ctx *c, const struct ktr_val *box, s64 d);

/* A closure over n boxes (boxes[0..n-1] are KTR_BOX values in slots or in self->up). May collect. */
int ktr_closure(struct ktr_ctx *c, struct ktr_val *out, ktr_code *code, const char *name, u32 n_params,
		const struct ktr_val *const *boxes, u32 n);

/* ---- calls -------------------------------------------------------------------------------------------------- */

/* Calls a value; "attempt to call nil function" (or another type's name) when it is no function. May collect. */
int ktr_call(struct ktr_ctx *c, const struct ktr_val *f, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want);
/* Notes a tail call and returns KTR_TAIL; the caller returns that after ktr_leave(). args are copied. */
int ktr_tail(struct ktr_ctx *c, const struct ktr_val *f, const struct ktr_val *args, u32 nargs);
int ktr_tail_func(struct ktr_ctx *c, struct ktr_func *f, const struct ktr_val *args, u32 nargs);
/* Runs noted tail calls until a function returns; for ktr_call_func(). */
int ktr_tail_run(struct ktr_ctx *c, struct ktr_val *ret, int want);

/* Calls a function that is known at build time. May collect. */
static inline int ktr_call_func(struct ktr_ctx *c, struct ktr_func *f, struct ktr_val *args, u32 nargs,
				struct ktr_val *ret, int want)
{
	int rc = f->code(c, f, args, nargs, ret, want);

	return ktr_unlikely(rc == KTR_TAIL) ? ktr_tail_run(c, ret, want) : rc;
}

/* ---- tables ------------------------------------------------------------------------------------------------- */

/* A new empty table; narr and nrec are hints (table.new). May collect. */
int ktr_tab_new(struct ktr_ctx *c, struct ktr_val *out, s64 narr, s64 nrec);
/* out = t[k]; "get key from non-table". May collect. out may be t or k. */
int ktr_get(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *t, const struct ktr_val *k);
int ktr_get_int(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *t, s64 k);
/* t[k] = v; nil removes. "set key to non-table", "table nil index". A full table counts and goes on. */
int ktr_set(struct ktr_ctx *c, const struct ktr_val *t, const struct ktr_val *k, const struct ktr_val *v);
int ktr_set_at(struct ktr_ctx *c, const struct ktr_val *t, s64 k, const struct ktr_val *v);
/* t[k] += d, exact; absent counts as 0; "use '+=' operator on non-number value" when the element is no number. */
int ktr_incr(struct ktr_ctx *c, const struct ktr_val *t, const struct ktr_val *k, s64 d);
int ktr_incr_int(struct ktr_ctx *c, const struct ktr_val *t, s64 k, s64 d);
/* The composite key v[0], ..., v[n-1] (n >= 2; nil elements are an error: "table nil index"). May collect. */
int ktr_tuple(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *v, u32 n);
/* out = element n (from 1) of a tuple, nil when there is none. May collect. */
int ktr_tuple_get(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *tuple, u32 n);
/* {...}: t[first], t[first+1], ... = v[0..n-1] (nil ones leave holes). */
int ktr_set_list(struct ktr_ctx *c, const struct ktr_val *t, s64 first, const struct ktr_val *v, u32 n);

/*
 * for (k, v in pairs(t)): holds no lock between steps; changes meanwhile are allowed. Small non-negative integer keys
 * (below 1024) come first, ascending. A sorted iterator walks a snapshot. The table must stay in a slot. After
 * ktr_iter_begin() or ktr_iter_sorted() the emitted code calls ktr_iter_end() on every path out of the loop.
 */
struct ktr_iter {
	const struct ktr_val *t;
	u32 next;		/* slot index of the hash, or of the snapshot */
	u32 phase;
	s64 small;
	void *snap;
	u32 n_snap;
};
/* "wrong type of argument 1" when t is no table. */
int ktr_iter_begin(struct ktr_ctx *c, struct ktr_iter *it, const struct ktr_val *t);
/*
 * sort_pairs(t [, order [, limit]]): order is nil or "-value" (by value, descending, numbers before others), "value", "key",
 * "-key", or a function cmp(v1, v2); NULL is nil. At most `limit` elements are visited, all when it is nil or NULL.
 * "unknown order '...'". May collect.
 */
int ktr_iter_sorted(struct ktr_ctx *c, struct ktr_iter *it, const struct ktr_val *t, const struct ktr_val *order);
int ktr_iter_top(struct ktr_ctx *c, struct ktr_iter *it, const struct ktr_val *t, const struct ktr_val *order,
		 const struct ktr_val *limit);
/* 1: *k and *v are set (either may be NULL); 0: the end; negative: failure. May collect. */
int ktr_iter_next(struct ktr_ctx *c, struct ktr_iter *it, struct ktr_val *k, struct ktr_val *v);
void ktr_iter_end(struct ktr_ctx *c, struct ktr_iter *it);

/* ---- aggregations ------------------------------------------------------------------------------------------- */

/* Kinds up to KTR_AGG_MAX are a number each; from KTR_AGG_STATS on reading gives a KTR_STATS or KTR_HIST, else a number. */
enum ktr_agg_kind {
	KTR_AGG_COUNT = 1,
	KTR_AGG_SUM,
	KTR_AGG_MIN,
	KTR_AGG_MAX,
	KTR_AGG_AVG,
	KTR_AGG_STDDEV,
	KTR_AGG_STATS,
	KTR_AGG_HIST,		/* powers of two */
	KTR_AGG_QHIST,		/* eight buckets for each power of two */
	KTR_AGG_LHIST		/* buckets of one size */
};

/* Buckets from, from + step, ... below to, and one more at each end. */
struct ktr_lin {
	s64 from, to, step;
};

/*
 * t[k] += KIND(x): adds a sample, exactly; an absent element starts empty. kind is not KTR_AGG_LHIST, which has functions
 * of its own because of its bounds ("lhist: ..." when they are bad). "cannot add ... to ..." when the element is
 * something else. A full table counts and goes on.
 */
int ktr_agg_add(struct ktr_ctx *c, const struct ktr_val *t, const struct ktr_val *k, u32 kind, s64 x);
int ktr_agg_add_int(struct ktr_ctx *c, const struct ktr_val *t, s64 k, u32 kind, s64 x);
int ktr_lin_add(struct ktr_ctx *c, const struct ktr_val *t, const struct ktr_val *k, s64 x, s64 from, s64 to, s64 step);
int ktr_lin_add_int(struct ktr_ctx *c, const struct ktr_val *t, s64 k, s64 x, s64 from, s64 to, s64 step);
/* t[k] += v for a v whose type is not known: a number, or a histogram, stats or sample, which is merged. */
int ktr_incr_val(struct ktr_ctx *c, const struct ktr_val *t, const struct ktr_val *k, const struct ktr_val *v);
/* The same for shared and for captured variables. nil counts as an empty aggregate, but not as a number. */
int ktr_cell_agg(struct ktr_ctx *c, struct ktr_cell *cell, u32 kind, s64 x);
int ktr_cell_lin(struct ktr_ctx *c, struct ktr_cell *cell, s64 x, s64 from, s64 to, s64 step);
int ktr_cell_add_val(struct ktr_ctx *c, struct ktr_cell *cell, const struct ktr_val *v);
int ktr_box_agg(struct ktr_ctx *c, const struct ktr_val *box, u32 kind, s64 x);
int ktr_box_lin(struct ktr_ctx *c, const struct ktr_val *box, s64 x, s64 from, s64 to, s64 step);
int ktr_box_add_val(struct ktr_ctx *c, const struct ktr_val *box, const struct ktr_val *v);

/* ---- events ------------------------------------------------------------------------------------------------- */

/* "invalid event context" without an event; may collect. n < KTR_RAW_ARGS. */
int ktr_arg_slow(struct ktr_ctx *c, u32 n, struct ktr_val *out);
static inline int ktr_arg(struct ktr_ctx *c, u32 n, struct ktr_val *out)
{
	const struct ktr_raw *r = c->raw;

	if (!r || r->kinds[n] != KTR_RAW_INT)
		return ktr_arg_slow(c, n, out);
	ktr_set_int(out, r->value[n]);
	return 0;
}
int ktr_argstr(struct ktr_ctx *c, struct ktr_val *out);		/* with its newline; may collect */
int ktr_probename(struct ktr_ctx *c, struct ktr_val *out);	/* may collect */
/* The field with the name ktr_script.fields[id]; fails when the event has none of that name. May collect. */
int ktr_field_slow(struct ktr_ctx *c, u32 id, struct ktr_val *out);
static inline int ktr_field(struct ktr_ctx *c, u32 id, struct ktr_val *out)
{
	const struct ktr_raw *r = c->raw;
	u32 n = KTR_RAW_ARGS + id;

	if (!r || n >= KTR_N_RAW || r->kinds[n] != KTR_RAW_INT)
		return ktr_field_slow(c, id, out);
	ktr_set_int(out, r->value[n]);
	return 0;
}
bool ktr_has_field(struct ktr_ctx *c, u32 id);
int ktr_execname(struct ktr_ctx *c, struct ktr_val *out);	/* may collect */
s64 ktr_pid(struct ktr_ctx *c);
s64 ktr_tid(struct ktr_ctx *c);
s64 ktr_uid(struct ktr_ctx *c);
s64 ktr_cpu(struct ktr_ctx *c);

/* ---- output ------------------------------------------------------------------------------------------------- */

/*
 * One call of print or printf is one record: begin, any number of pieces, end. When a piece fails (only
 * ktr_out_format() can) the record is dropped. Between begin and end nothing else may be called.
 */
void ktr_out_begin(struct ktr_ctx *c);
void ktr_out_bytes(struct ktr_ctx *c, const char *s, u32 n);
void ktr_out_s64(struct ktr_ctx *c, s64 v);			/* %d without flags */
void ktr_out_val(struct ktr_ctx *c, const struct ktr_val *v);	/* as print() and %s show it */
/*
 * One conversion with flags, width and precision. spec: conversion character, KTR_FMT_* flags, width and precision
 * (0xff: none). argno: the argument's number for messages (the format is 1).
 */
struct ktr_fmt {
	char conv;
	u8 flags;
	u8 width;
	u8 prec;
};
enum { KTR_FMT_LEFT = 1, KTR_FMT_PLUS = 2, KTR_FMT_SPACE = 4, KTR_FMT_ALT = 8, KTR_FMT_ZERO = 16, KTR_FMT_NONE = 0xff };
int ktr_out_format(struct ktr_ctx *c, struct ktr_fmt f, const struct ktr_val *v, u32 argno);
void ktr_out_format_s64(struct ktr_ctx *c, struct ktr_fmt f, s64 v);	/* conversions of numbers only */
void ktr_out_end(struct ktr_ctx *c);

/*
 * A print or printf with a literal format, which needs its arguments written only: readers make the text. ktr_print_values()
 * writes them, for conversion n v[n]; where their text could be longer than such a record's may be, it makes it at once.
 * Fails as ktr_out_format() does.
 */
struct ktr_line_format {
	const char *text;	/* as printf() has it; it is a good one */
	u32 len;
	u32 bound;		/* longest text, what %s shows of strings and %p of symbols left out */
	u32 n_args;
	const char *convs;	/* conversion characters of the arguments */
};
int ktr_print_values(struct ktr_ctx *c, u32 format, const struct ktr_val *v);
static inline struct ktr_val ktr_int_val(s64 i)
{
	struct ktr_val v;

	v.type = KTR_INT;
	v.flags = 0;
	v.i = i;
	return v;
}

/* print(argstr) and nothing else: the event's text without its newline, marked for ktrun -T. */
int ktr_print_argstr(struct ktr_ctx *c);

#include "ktr_leaf.h"

/* ---- registration ------------------------------------------------------------------------------------------- */

enum ktr_probe_kind {
	KTR_PROBE_TRACEPOINT,	/* system, event: globs; also ftrace:function and syscalls:... */
	KTR_PROBE_KPROBE,	/* event: function name or glob, offset */
	KTR_PROBE_KRETPROBE,
	KTR_PROBE_UPROBE,	/* path; event: symbol, or NULL and offset */
	KTR_PROBE_URETPROBE,
	KTR_PROBE_SDT,		/* path; system: provider or NULL; event */
	KTR_PROBE_TICK,		/* interval */
	KTR_PROBE_PROFILE,
	KTR_N_PROBE_KINDS
};

enum ktr_fetch_op {
	KTR_FETCH_REG,		/* name: register without % */
	KTR_FETCH_STACK_N,	/* offset: word number */
	KTR_FETCH_STACK,	/* address of the stack */
	KTR_FETCH_RETVAL,
	KTR_FETCH_COMM,
	KTR_FETCH_ADDR,		/* offset: address */
	KTR_FETCH_SYM,		/* name, offset */
	KTR_FETCH_DEREF		/* offset: add and read from there; applied to what precedes */
};

struct ktr_fetch_step {
	u8 op;			/* enum ktr_fetch_op */
	s64 offset;
	const char *name;
};

/* One fetch argument: steps run in order, then the type reads and converts. */
struct ktr_fetch {
	const char *name;	/* "arg1" when the script gave none */
	const char *type;	/* "u64", "s32", "x8", "string", "ustring", ... */
	u16 n_steps;
	const struct ktr_fetch_step *steps;
};

/* One event of a trace statement. Strings the kind does not use are NULL. */
struct ktr_probe {
	u16 kind;		/* enum ktr_probe_kind */
	u16 n_fetch;
	const char *text;	/* the event as written, for messages and status */
	const char *system;
	const char *event;
	const char *path;
	s64 offset;
	s64 interval_ns;
	const struct ktr_fetch *fetch;
	const struct ktr_sites *sites;	/* user-space kinds: what was found when the script was built; NULL: nothing */
};

/* What a handler and its filter use, so that back ends build only that. */
enum ktr_uses {
	KTR_USES_ARGS = 1,	/* argN or fields */
	KTR_USES_ARGSTR = 2,
	KTR_USES_PROBENAME = 4,
	KTR_USES_ANY = 7	/* it cannot be told (handlers that are values) */
};

struct ktr_filter;

/* A trace, tick or profile statement. filter: NULL, or 1 pass, 0 no, negative failure. */
struct ktr_trace {
	u32 pos;
	u16 n_probes;
	u16 uses;		/* KTR_USES_* */
	const struct ktr_probe *probes;
	int (*filter)(struct ktr_ctx *c, struct ktr_func *self);
	const u16 *fields;	/* ids of fields that every event of it must have */
	u16 n_fields;
	u64 values;		/* slots of struct ktr_raw that it uses; 0: none, or it cannot be told */
	const struct ktr_filter *made;	/* instead of filter: made at run time */
	/* The handler (and filter) as a leaf, or NULL: it is none. leaf_fn is for hooks of function entries. */
	void (*leaf)(struct ktr_leaf *l);
	void (*leaf_fn)(unsigned long ip, unsigned long parent_ip, void *hook, void *regs);
	const struct ktr_quick *quick;	/* the same as a quick handler, or NULL */
};

/*
 * Registers handler f (a function value) for t. Delivery starts when the main chunk is through. Fails when an event
 * matches nothing or cannot be attached. handle: NULL, or receives a KTR_INT handle.
 * Context: process, main chunk.
 */
int ktr_register(struct ktr_ctx *c, const struct ktr_trace *t, const struct ktr_val *f, struct ktr_val *handle);
/* What a handle stands for is taken back; *done: false when it was before. See kdebug.remove. Context: any. */
int ktr_unregister(struct ktr_ctx *c, s64 handle, bool *done);
int ktr_register_end(struct ktr_ctx *c, const struct ktr_val *f);	/* trace_end; a later one replaces it */

/* Address of ktr_script.symbols[id], resolved at load. */
s64 ktr_symbol(struct ktr_ctx *c, u32 id);

/* ---- the script --------------------------------------------------------------------------------------------- */

/* A limit of ktr_limits.h. */
struct ktr_script_limit {
	u32 id;				/* enum ktr_limit_id */
	s64 value;
};

/* A file whose lines are the source positions from first_line on, up to the next file's. */
struct ktr_tapset {
	const char *file;
	u32 first_line;
};

struct ktr_ffi;

/* Everything the runtime has to know about the emitted script; one object `ktg_script` per module. */
struct ktr_script {
	u32 api;			/* KTR_API_VERSION */
	const char *name;		/* module name */
	const char *file;		/* script file as shown in messages and in arg[0] */
	ktr_code *main;
	u32 n_counters;
	u32 n_cells;
	struct ktr_cell *const *cells;	/* every cell, so that unloading can release what they hold */
	const char *const *cell_names;	/* of their variables; NULL: not known */
	u32 n_fields;
	const char *const *fields;
	u32 n_symbols;
	const char *const *symbols;
	u32 main_slots;			/* slots that the main chunk wants at least */
	u32 n_owns;			/* tables whose elements belong to threads */
	u32 n_spreads;
	struct ktr_spread *const *spreads;
	u32 n_adders;
	struct ktr_adder *const *adders;	/* every statement of a quick handler that adds to elements */
	u32 n_formats;
	const struct ktr_line_format *formats;
	u32 n_limits;
	const struct ktr_script_limit *limits;	/* that it was built with instead of our defaults */
	const struct ktr_ffi *ffi;	/* see ktr_ffi.h; NULL: the script has none */
	u32 n_tapsets;
	const struct ktr_tapset *tapsets;	/* the files behind the script's lines, in the order of their lines */
	bool user_stacks;		/* it takes user stacks */
};
extern const struct ktr_script ktg_script;

#include "ktr_lib.h"

#endif
