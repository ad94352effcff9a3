/* SPDX-License-Identifier: GPL-2.0 */
/*
 * agg.h - the inside of aggregations.
 *
 * Variables, boxes and table elements (places) keep an aggregate in one of these forms:
 *   KTR_TALLY   count, sum, min, max: the number itself, flags say which; takes no memory
 *   KTR_AGG     everything else: a block of kept memory that belongs to the place alone and is changed in place
 *   KTR_WAYS    a number or one of the above that has cells, see ways.h; only elements
 *   KTR_SAMPLE, KTR_HIST, KTR_STATS   bytes, as they were stored; they become a KTR_AGG when something is added
 * A value on its way (in a slot) has no KTR_AGG: its bytes are those of a struct ktr_agg, without empty buckets at the
 * ends. Reading a place gives a number or nil for the scalar kinds, KTR_HIST or KTR_STATS for the others.
 *
 * Everything that changes or reads a place runs under the lock of its owner. Nothing here sleeps.
 */
#ifndef KTR_AGG_H
#define KTR_AGG_H

#include "internal.h"

#define KTR_TALLY_EMPTY 0x80u	/* flag of a KTR_TALLY: nothing was added */
#define KTR_TALLY_KIND 0x0fu

#define KTR_LOG2_N 65u		/* negative, 0, then one for each power of two */
#define KTR_QHIST_SUB 3u	/* 2^3 buckets for each power of two */
#define KTR_QHIST_N 489u

struct ktr_agg {
	u8 kind;		/* enum ktr_agg_kind */
	u8 pad[3];
	u16 first;		/* number of the first bucket kept */
	u16 n;			/* buckets kept */
	u64 count;
	u64 sum[2];		/* signed, 128 bits: cannot overflow */
	s64 min, max;		/* of nothing: the ends of the range, exchanged */
	u64 w[];		/* ktr__agg_extra() words, then the buckets */
};

_Static_assert(sizeof(struct ktr_agg) == KTR_SIZE_AGG, "ktr_sizes.h");

/* Words between header and buckets: the sum of squares (192 bits), or struct ktr_lin. */
static inline u32 ktr__agg_extra(u32 kind)
{
	return kind == KTR_AGG_STDDEV || kind == KTR_AGG_STATS || kind == KTR_AGG_LHIST ? 3 : 0;
}

static inline u32 ktr__agg_size(u32 kind, u32 n)
{
	return (u32)(sizeof(struct ktr_agg) + (ktr__agg_extra(kind) + n) * sizeof(u64));
}

static inline u64 *ktr__agg_buckets(struct ktr_agg *a)
{
	return a->w + ktr__agg_extra(a->kind);
}

static inline const struct ktr_lin *ktr__agg_lin(const struct ktr_agg *a)
{
	return (const struct ktr_lin *)a->w;
}

static inline bool ktr__agg_is_hist(u32 kind)
{
	return kind >= KTR_AGG_HIST;
}

/* The aggregate in the bytes of a KTR_HIST, KTR_STATS or KTR_SAMPLE. */
static inline const struct ktr_agg *ktr__agg_of(const struct ktr_val *v)
{
	return (const struct ktr_agg *)v->s->s;
}

/* An empty one without buckets in ktr__agg_size(kind, n) bytes at a. lin: of a KTR_AGG_LHIST. */
void ktr__agg_init(struct ktr_agg *a, u32 kind, const struct ktr_lin *lin);
/* Number of the bucket of x, and of all buckets. */
u32 ktr__agg_index(const struct ktr_agg *a, s64 x);
u32 ktr__agg_n_buckets(const struct ktr_agg *a);
/* The count of bucket i; the least and the largest value that belong there. */
u64 ktr__agg_bucket(const struct ktr_agg *a, u32 i);
void ktr__agg_range(const struct ktr_agg *a, u32 i, s64 *lo, s64 *hi);
/* Adds x to one whose buckets reach there. */
void ktr__agg_note(struct ktr_agg *a, s64 x);

/* What is added to a place: x as a sample of a kind, or a value that is an aggregate already. */
struct ktr_agg_op {
	u32 kind;
	const struct ktr_lin *lin;	/* of a KTR_AGG_LHIST */
	s64 x;
	const struct ktr_val *val;	/* not NULL: this one, instead of kind, lin and x */
	const struct ktr_agg *whole;	/* not NULL: this one, instead of them all */
	struct ktr_adder *adder;	/* not NULL: of the quick handler that does the same */
};

enum ktr_agg_rc {
	KTR_AGG_DONE,
	KTR_AGG_NO_MEMORY,	/* nothing was changed */
	KTR_AGG_MISMATCH	/* the place holds something else; nothing was changed */
};

/* Adds to the place v; nil is an empty one. */
enum ktr_agg_rc ktr__agg_apply(struct ktr_ctx *c, struct ktr_val *v, const struct ktr_agg_op *op);
/*
 * dst += src, of the same kind and geometry; exactly what adding all samples of src one by one would have given.
 * false: no memory, nothing was changed. *dst may move.
 */
bool ktr__agg_merge(struct ktr_ctx *c, struct ktr_agg **dst, const struct ktr_agg *src);
bool ktr__agg_same(const struct ktr_agg *a, const struct ktr_agg *b);
/* What a place holds, for messages; to be asked under its lock. */
const char *ktr__agg_what(const struct ktr_val *v);
/* Records "cannot add ... to HAD". */
int ktr__agg_mismatch(struct ktr_ctx *c, const char *had, const struct ktr_agg_op *op);
void ktr__agg_free(struct ktr_ctx *c, struct ktr_agg *a);

/* ktr__fetch() and ktr__fetch_bytes() for the forms that a place keeps. */
static inline bool ktr__is_place(u32 type)
{
	return type >= KTR_SAMPLE && type <= KTR_WAYS;
}
static inline bool ktr__is_aggregate(const struct ktr_val *v)
{
	return (v->type >= KTR_HIST && v->type <= KTR_AGG) || (v->type == KTR_WAYS && v->flags);
}
/* 0, or fails with "lhist: ..." when the bounds are bad. */
int ktr__lin_check(struct ktr_ctx *c, const struct ktr_lin *lin);
u32 ktr__agg_fetch(struct ktr_ctx *c, struct ktr_val *v);
u32 ktr__agg_fetch_bytes(const struct ktr_val *v);
/* What a read gives, as an owned value for a snapshot; false: no memory. Takes one more reference of other values. */
bool ktr__agg_freeze(struct ktr_ctx *c, struct ktr_val *v);
/* The number that reading a scalar aggregate gives; false: it is no number (nil, or no scalar). INT is a number. */
bool ktr__agg_number(const struct ktr_val *v, s64 *out);
/* The histogram or stats in a place or value; NULL: it is something else. */
const struct ktr_agg *ktr__agg_whole(const struct ktr_val *v);
/* What it counted; false: as above. Also of an element with ways. */
bool ktr__agg_count(const struct ktr_val *v, s64 *count);

/* Readings. false: of nothing, there is none. */
bool ktr__agg_avg(const struct ktr_agg *a, s64 *out);
bool ktr__agg_stddev(const struct ktr_agg *a, s64 *out);
/* The least upper end of a bucket so that at least n of `of` samples are not above it, within min and max. */
bool ktr__agg_percentile(const struct ktr_agg *a, u64 n, u64 of, s64 *out);
/* out = h.NAME; fails when there is no such field. */
int ktr__agg_field(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *h, const struct ktr_val *k);
/* "a count", "a histogram": what a kind is called in messages. */
const char *ktr__agg_name(u32 kind);

/* ---- text (hist_text.c) ------------------------------------------------------------------------------------- */

enum ktr_unit { KTR_UNIT_NONE, KTR_UNIT_NS, KTR_UNIT_US, KTR_UNIT_MS, KTR_UNIT_S, KTR_UNIT_BYTES, KTR_N_UNITS };

/* false: there is no such unit. */
bool ktr__unit_of(const struct ktr_str *s, u32 *unit);

/* The lines of a histogram (heading, rows, summary), or of stats (one), each without its line break. */
struct ktr__hist_text {
	const struct ktr_agg *a;
	u32 unit;
	u32 row, end;		/* next and last row */
	u64 peak;		/* the largest count of a row */
	u32 part;
};
void ktr__hist_text_begin(struct ktr__hist_text *t, const struct ktr_agg *a, u32 unit);
/* Puts the next line; false: there is none. */
bool ktr__hist_text_line(struct ktr__hist_text *t, struct ktr_buf *b);
void ktr__put_agg(struct ktr_buf *b, const struct ktr_agg *a, u32 unit);

/* The look that all histograms share. */
#define KTR_HIST_KEY_COLS 31u
#define KTR_HIST_BAR_COLS 38u
/* What was put at `start` becomes right-justified in the key columns. */
void ktr__hist_justify(struct ktr_buf *b, u32 start);
void ktr__hist_heading(struct ktr_buf *b);

#endif
