/* SPDX-License-Identifier: GPL-2.0 */
/*
 * internal.h - what the files of core/ share; not for homes and not for emitted code.
 *
 * Context: any, unless a function says otherwise.
 */
#ifndef KTR_INTERNAL_H
#define KTR_INTERNAL_H

#include "ctx.h"
#include "ktr_sizes.h"

#define KTR_NULL ((void *)0)
#define KTR_N_ELEMS(a) (sizeof(a) / sizeof((a)[0]))

/* ---- locks -------------------------------------------------------------------------------------------------- */

/*
 * Own spin lock in one word, interrupts off while it is held: kernel lock functions can be probed. In NMI the holder may
 * be what the NMI interrupted, so there the attempt is bounded and fails. c may be NULL in process context.
 */
bool ktr__lock_slow(struct ktr_ctx *c, u32 *lock, unsigned long flags);

static inline bool ktr__lock(struct ktr_ctx *c, u32 *lock, unsigned long *flags)
{
	*flags = ktr_port_irq_save();
	if (ktr_likely(!__atomic_exchange_n(lock, 1u, __ATOMIC_ACQUIRE)))
		return true;
	return ktr__lock_slow(c, lock, *flags);
}

static inline void ktr__unlock(u32 *lock, unsigned long flags)
{
	__atomic_store_n(lock, 0u, __ATOMIC_RELEASE);
	ktr_port_irq_restore(flags);
}

/* ---- things that outlive a run ------------------------------------------------------------------------------ */

/*
 * What waits to be freed in pieces is linked through `link`, the kind in its low bits. Every object has its count first
 * and room for the link after it.
 */
enum ktr_dead_kind {
	KTR_DEAD_RAW,		/* a plain block that could not be freed in NMI; refs holds its size */
	KTR_DEAD_TABLE,
	KTR_DEAD_FUNC,
	KTR_DEAD_BOX,
	KTR_DEAD_SEG		/* the content of a cleared table: a chain of segments */
};

struct ktr_obj {
	s32 refs;
	u32 word;
	unsigned long link;
};

struct ktr_box {
	s32 refs;
	u32 lock;
	unsigned long link;
	struct ktr_val v;
};

/* A string of a table, cell or box. Counted only so that snapshots of sorted loops need no copies. */
struct ktr_hstr {
	s32 refs;
	u32 pad;
	struct ktr_str str;
};

_Static_assert(sizeof(struct ktr_box) == KTR_SIZE_BOX, "ktr_sizes.h");
_Static_assert(__builtin_offsetof(struct ktr_hstr, str.s) + 1 == KTR_SIZE_TEXT, "ktr_sizes.h");
_Static_assert(sizeof(struct ktr_val) == KTR_SIZE_VALUE && sizeof(struct ktr_cell) == KTR_SIZE_CELL, "ktr_sizes.h");

static inline bool ktr__has_bytes(u32 type)
{
	return type == KTR_STR || (type >= KTR_STACK && type <= KTR_SAMPLE);
}

static inline bool ktr__is_counted(const struct ktr_val *v)
{
	return v->type == KTR_TABLE || v->type == KTR_BOX ||
	       (v->type == KTR_FUNC && __atomic_load_n(&v->f->refs, __ATOMIC_RELAXED));
}

static inline void ktr__ref(struct ktr_obj *o)
{
	__atomic_fetch_add(&o->refs, 1, __ATOMIC_RELAXED);
}

void ktr__obj_dead(struct ktr_ctx *c, u32 type, struct ktr_obj *o);

static inline void ktr__unref(struct ktr_ctx *c, u32 type, struct ktr_obj *o)
{
	if (__atomic_sub_fetch(&o->refs, 1, __ATOMIC_ACQ_REL) == 0)
		ktr__obj_dead(c, type, o);
}

static inline struct ktr_hstr *ktr__hstr(const struct ktr_str *s)
{
	return (struct ktr_hstr *)((char *)s - __builtin_offsetof(struct ktr_hstr, str));
}

static inline u32 ktr__hstr_bytes(u32 len)
{
	return (u32)(__builtin_offsetof(struct ktr_hstr, str.s) + len + 1);
}

/* A value as its owner keeps it: makes an owned copy of a slot's value; false: no memory (counted). */
bool ktr__own(struct ktr_ctx *c, struct ktr_val *dst, const struct ktr_val *src);
/* The same without sleeping and without retries, for callers that hold a lock; a failure is not counted. */
bool ktr__own_atomic(struct ktr_ctx *c, struct ktr_val *dst, const struct ktr_val *src);
/* One more reference to an owned value. */
void ktr__own_more(const struct ktr_val *v);
/* Gives an owned value back. Never recurses: what becomes dead inside of a dead object goes to the dead list. */
void ktr__disown(struct ktr_ctx *c, const struct ktr_val *v);

void ktr__dead_push(struct ktr_obj *o, enum ktr_dead_kind kind);
/* Frees up to `work` items of dead objects; false: nothing is left. */
bool ktr__dead_step(struct ktr_ctx *c, u32 work);
u64 ktr__dead_count(void);
void ktr__dead_forget(void);

/* ---- memory ------------------------------------------------------------------------------------------------- */

/* ktr_mem_alloc() for callers that hold a lock: never sleeps, a failure is not counted. */
void *ktr__mem_get(struct ktr_ctx *c, u32 bytes);
int ktr__mem_init(u64 limit, u64 reserve);
void ktr__mem_destroy(void);
/* Counts something that found no memory: it is used up, or did not come in time. */
void ktr__count_no_memory(void);
/* After ktr__mem_get() failed and the locks are released: true when it is worth to try again. */
bool ktr__mem_more(struct ktr_ctx *c);

/* Asks for ktr_mem_refill(), at the next place where that may be asked: the end of a run, an allocation, a slice. */
static inline void ktr__want_kick(void)
{
	if (!__atomic_load_n(&ktr__kick_wanted, __ATOMIC_RELAXED))
		__atomic_store_n(&ktr__kick_wanted, 1u, __ATOMIC_RELAXED);
}

static inline void ktr__kick_if_wanted(void)
{
	if (ktr_unlikely(__atomic_load_n(&ktr__kick_wanted, __ATOMIC_RELAXED)))
		ktr__kick();
}

/* ---- scratch ------------------------------------------------------------------------------------------------ */

/* Scratch bytes of a string with len bytes. */
static inline u32 ktr__str_bytes(u32 len)
{
	return ((u32)sizeof(struct ktr_str) + len + 1 + 7) & ~7u;
}

/*
 * A build for tests: strings move whenever one is made, and where they were is overwritten. What keeps an address for too long
 * is then always wrong, not once in a thousand runs.
 */
#ifndef KTR_MOVES
#define KTR_MOVES 0
#endif

static inline bool ktr__has_room(const struct ktr_ictx *x, u32 bytes)
{
	return (unsigned long)(x->scratch_end - x->scratch) >= bytes;
}

/* Makes sure that `bytes` can be taken; may collect. Fails: out of scratch memory. */
int ktr__room_slow(struct ktr_ctx *c, u32 bytes);
static inline int ktr__room(struct ktr_ctx *c, u32 bytes)
{
	return ktr_likely(ktr__has_room(ktr__ictx(c), bytes)) ? 0 : ktr__room_slow(c, bytes);
}

/* A string of len bytes; the room has been made. */
static inline struct ktr_str *ktr__take_str(struct ktr_ctx *c, u32 len)
{
	struct ktr_ictx *x = ktr__ictx(c);
	struct ktr_str *s = (struct ktr_str *)x->scratch;

	x->scratch += ktr__str_bytes(len);
	s->hash = 0;
	s->len = len;
	s->s[len] = 0;
	return s;
}

/*
 * Loads are in two steps. Under the owner's lock ktr__fetch() turns *v, a plain copy of the stored value, into one that
 * may leave the lock: bytes copied to scratch memory, objects counted. It returns 0, or the scratch bytes that are
 * missing (then nothing was done: release the lock, make room, try again). After that, without the lock,
 * ktr__adopt() hands a fetched object to the autorelease list and sets *out.
 */
u32 ktr__fetch(struct ktr_ctx *c, struct ktr_val *v);
u32 ktr__fetch_bytes(const struct ktr_val *v);	/* scratch bytes that fetching it takes */
void ktr__adopt_slow(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *v);
static inline void ktr__adopt(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *v)
{
	if (ktr_unlikely(v->type >= KTR_TABLE))
		ktr__adopt_slow(c, out, v);
	else
		*out = *v;
}

/* ---- strings, values ---------------------------------------------------------------------------------------- */

u32 ktr__str_limit(void);

/* One step of ktr_hash_bytes(), and its end. */
#define KTR_HASH_MUL 0x9e3779b97f4a7c15ull
static inline u64 ktr__hash_step(u64 h, u64 word)
{
	h = (h ^ word) * KTR_HASH_MUL;
	return h ^ h >> 32;
}

static inline u32 ktr__hash_end(u64 h)
{
	return (u32)h ? (u32)h : 1;
}

static inline u32 ktr__hash_int(s64 i, u32 type)
{
	u64 h = ((u64)i + type) * KTR_HASH_MUL;

	return (u32)(h >> 32) ^ (u32)(h >> 52);
}

u32 ktr__hash_slow(const struct ktr_val *v);	/* computes and keeps the hash of bytes */
static inline u32 ktr__hash_val(const struct ktr_val *v)
{
	if (v->type == KTR_INT)
		return ktr__hash_int(v->i, KTR_INT);
	if (ktr_likely(v->type == KTR_STR && v->s->hash))
		return v->s->hash;
	return ktr__hash_slow(v);
}

static inline u64 ktr__load(const char *p, u32 n)
{
	u64 w = 0;

	if (n == 8)
		__builtin_memcpy(&w, p, 8);
	else if (n == 4)
		__builtin_memcpy(&w, p, 4);
	else if (n == 2)
		__builtin_memcpy(&w, p, 2);
	else
		w = (u8)*p;
	return w;
}

/* Whether two pieces of len bytes are equal: two loads that overlap, where a memcmp() would go byte by byte. */
static inline bool ktr__same_bytes(const char *a, const char *b, u32 len)
{
	if (ktr_likely(len >= 8)) {
		const char *end = a + len - 8;

		if (ktr__load(end, 8) != ktr__load(b + len - 8, 8))
			return false;
		for (; a < end; a += 8, b += 8) {
			if (ktr__load(a, 8) != ktr__load(b, 8))
				return false;
		}
		return true;
	}
	if (len >= 4)
		return ktr__load(a, 4) == ktr__load(b, 4) && ktr__load(a + len - 4, 4) == ktr__load(b + len - 4, 4);
	if (len >= 2)
		return ktr__load(a, 2) == ktr__load(b, 2) && ktr__load(a + len - 2, 2) == ktr__load(b + len - 2, 2);
	return !len || *a == *b;
}

u32 ktr__utoa(char *buf, u64 v);		/* decimal, at most 20 characters, no NUL */
u32 ktr__itoa(char *buf, s64 v);		/* decimal, at most 20 characters, no NUL */
/* Order for sorting any two values: numbers first, then strings, then the rest, each in the direction asked for. */
int ktr__sort_order(const struct ktr_val *a, const struct ktr_val *b, bool descending);
const char *ktr__type_name(u32 type);
int ktr__skip_locked(struct ktr_ctx *c);	/* ktr_skip() for a lock that was not to be had in NMI */

/* Decimal with optional sign, or 0x...; blanks around. base 0: as said, else 2..36. Too many digits: all bits. False: not a number. */
bool ktr__parse_int(const char *s, u32 len, u32 base, s64 *out);
/* A number as scripts write it: decimal, 0x..., octal after a 0; a '-' may stand before it. False: not a number. */
bool ktr__parse_literal(const char *s, u32 len, s64 *out);

/* ---- text --------------------------------------------------------------------------------------------------- */

/* A bounded text under construction. */
struct ktr_buf {
	char *p;
	u32 len;
	u32 max;
	u32 cut;	/* bytes were lost */
};

void ktr__put(struct ktr_buf *b, const char *s, u32 n);
void ktr__put_str(struct ktr_buf *b, const char *s);
void ktr__put_char(struct ktr_buf *b, char ch, u32 n);
void ktr__put_s64(struct ktr_buf *b, s64 v);
void ktr__put_hex(struct ktr_buf *b, u64 v);
void ktr__put_symbol(struct ktr_buf *b, u64 addr, bool offset);
/* Any value as print() shows it; in_key: stacks as bare lines, as keys of histograms show them. */
void ktr__put_val(struct ktr_buf *b, const struct ktr_val *v, bool in_key);
void ktr__put_fmt_s64(struct ktr_buf *b, struct ktr_fmt f, s64 v);
void ktr__put_fmt_val(struct ktr_buf *b, struct ktr_fmt f, const struct ktr_val *v);
/* conv.c: a conversion of a number that is no symbol. */
void ktr__put_number(struct ktr_buf *b, struct ktr_fmt f, s64 v);
/* Precision and width of %s, applied to what stands from `start` on. */
void ktr__fit(struct ktr_buf *b, struct ktr_fmt f, u32 start);

/* A piece of a printf() format. */
enum ktr_piece_kind {
	KTR_PIECE_END,
	KTR_PIECE_BYTES,
	KTR_PIECE_CONV,		/* any conversion character */
	KTR_PIECE_BAD_FLAGS,
	KTR_PIECE_BAD_DIGITS,
	KTR_PIECE_BAD_END	/* it ends within a conversion */
};

struct ktr_piece {
	const char *bytes;
	u32 len;
	struct ktr_fmt conv;
};

/* The piece at *at, which moves behind it. */
enum ktr_piece_kind ktr__next_piece(const char **at, const char *end, struct ktr_piece *piece);

/* The output of the context as a buffer, and back. */
struct ktr_buf ktr__out_buf(struct ktr_ctx *c);
void ktr__out_done(struct ktr_ctx *c, const struct ktr_buf *b);
/* Commits what is there and starts over: between two lines of an output that has many. */
void ktr__out_flush(struct ktr_ctx *c);
void ktr__out_commit(struct ktr_ctx *c, u16 flags);	/* the same, with KTR_RF_* */

/* Serial numbers that stand for tables and functions in texts: addresses must not leak. */
u32 ktr__next_id(void);
u32 ktr__val_id(const struct ktr_val *v);
void ktr__forget_ids(void);

/* One element of a tuple at *pos (bytes); false at the end. v points into the tuple's bytes: not for keeping. */
struct ktr_elem {
	u32 type;
	u32 len;		/* of bytes */
	s64 i;
	const char *bytes;
};
bool ktr__tuple_next(const struct ktr_str *t, u32 *pos, struct ktr_elem *e);
/* One value as a text shows it; v is no tuple. */
void ktr__put_elem(struct ktr_buf *b, const struct ktr_elem *e, bool in_key);

/* ---- library helpers ---------------------------------------------------------------------------------------- */

int ktr__ret_int(struct ktr_ctx *c, s64 i, struct ktr_val *ret, int want);
int ktr__ret_text(struct ktr_ctx *c, const char *s, struct ktr_val *ret, int want);
int ktr__missing(struct ktr_ctx *c, u32 n);
int ktr__wrong_type(struct ktr_ctx *c, u32 n);
void ktr__args_forget(void);
/* Puts the format args[0] with its arguments to the output under construction. */
int ktr__format_args(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs);
void ktr__fields_forget(void);
int ktr__check_table(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, u32 n);

/* ffi.c */
int ktr__ffi_init(void);
int ktr__ffi_prepare(const struct ktr_ffi *ffi);	/* NULL is fine */
void ktr__ffi_exit(void);
const char *ktr__ffi_missing(void);	/* a C function that the kernel does not have; NULL: all are there */

/* ---- prebuilt tapsets ---------------------------------------------------------------------------------------- */

/* The file of a source position that is in one, *line: the line there; NULL: it is in none. */
const char *ktr__tapset_file(u32 pos, u32 *line);
/* The n-th variable of all of them; NULL: there are not so many. Context: process. */
struct ktr_cell *ktr__tapset_cell(u32 n, const char **name);
void ktr__tapsets_exit(void);
/* As ktr_port_read_kernel() and ktr_port_str_kernel(), of what the script has made itself too. */
int ktr__ffi_read(void *dst, u64 addr, u32 n);
int ktr__ffi_read_str(char *dst, u64 addr, u32 max);

#endif
