// SPDX-License-Identifier: GPL-2.0
/* Aggregations: adding to them and merging them. See agg.h for the shape. */
#include "agg.h"
#include "ways.h"
#include "wide.h"

#define CHUNK 8u		/* buckets that come into use at once */
#define MANY 32u
#define S64_MAX 0x7fffffffffffffffll

/* ---- buckets ------------------------------------------------------------------------------------------------ */

static u32 log2_of(u64 v)
{
	return 63u - (u32)__builtin_clzll(v);
}

static inline u32 log2_index(s64 x)
{
	if (x <= 0)
		return x == 0;
	return 2 + log2_of((u64)x);
}

/* One bucket for the negative numbers, then one for each number up to 2 * SUB - 1, then SUB for each power of two. */
static inline u32 qhist_index(s64 x)
{
	u32 shift;

	if (x < 1 << KTR_QHIST_SUB)
		return x < 0 ? 0 : (u32)x + 1;
	shift = log2_of((u64)x) - KTR_QHIST_SUB;
	return 1 + (shift << KTR_QHIST_SUB) + (u32)((u64)x >> shift);
}

static u32 lin_n(const struct ktr_lin *l)
{
	return (u32)(((u64)l->to - (u64)l->from - 1) / (u64)l->step) + 1;
}

static u32 lin_index(const struct ktr_lin *l, s64 x)
{
	if (x < l->from)
		return 0;
	if (x >= l->to)
		return lin_n(l) + 1;
	return (u32)(((u64)x - (u64)l->from) / (u64)l->step) + 1;
}

u32 ktr__agg_index(const struct ktr_agg *a, s64 x)
{
	if (a->kind == KTR_AGG_HIST)
		return log2_index(x);
	return a->kind == KTR_AGG_QHIST ? qhist_index(x) : lin_index(ktr__agg_lin(a), x);
}

u32 ktr__agg_n_buckets(const struct ktr_agg *a)
{
	if (a->kind == KTR_AGG_HIST)
		return KTR_LOG2_N;
	return a->kind == KTR_AGG_QHIST ? KTR_QHIST_N : lin_n(ktr__agg_lin(a)) + 2;
}

u64 ktr__agg_bucket(const struct ktr_agg *a, u32 i)
{
	return i >= a->first && i < (u32)a->first + a->n ? a->w[ktr__agg_extra(a->kind) + i - a->first] : 0;
}

static void lin_range(const struct ktr_lin *l, u32 i, s64 *lo, s64 *hi)
{
	u32 n = lin_n(l);

	*lo = i ? i > n ? l->to : (s64)((u64)l->from + (i - 1ull) * (u64)l->step) : -S64_MAX - 1;
	*hi = i ? i >= n ? i > n ? S64_MAX : l->to - 1 : *lo + l->step - 1 : l->from - 1;
}

static void qhist_range(u32 i, s64 *lo, s64 *hi)
{
	u32 shift, low = (i - 1) & ((1u << KTR_QHIST_SUB) - 1);

	if (i <= 2u << KTR_QHIST_SUB) {
		*lo = *hi = (s64)i - 1;
		return;
	}
	shift = ((i - 1) >> KTR_QHIST_SUB) - 1;
	*lo = (s64)((u64)(low + (1u << KTR_QHIST_SUB)) << shift);
	*hi = (s64)((u64)*lo + (1ull << shift) - 1);
}

void ktr__agg_range(const struct ktr_agg *a, u32 i, s64 *lo, s64 *hi)
{
	if (a->kind == KTR_AGG_LHIST) {
		lin_range(ktr__agg_lin(a), i, lo, hi);
	} else if (!i) {
		*lo = -S64_MAX - 1;
		*hi = -1;
	} else if (a->kind == KTR_AGG_QHIST) {
		qhist_range(i, lo, hi);
	} else {
		*lo = i == 1 ? 0 : (s64)(1ull << (i - 2));
		*hi = i == 1 ? 0 : (s64)((1ull << (i - 1)) - 1);
	}
}

/* ---- making ------------------------------------------------------------------------------------------------- */

void ktr__agg_init(struct ktr_agg *a, u32 kind, const struct ktr_lin *lin)
{
	memset(a, 0, ktr__agg_size(kind, 0));
	a->kind = (u8)kind;
	a->min = S64_MAX;
	a->max = -S64_MAX - 1;
	if (kind == KTR_AGG_LHIST && lin)
		memcpy(a->w, lin, sizeof(*lin));
}

static struct ktr_agg *new_agg(struct ktr_ctx *c, u32 kind, const struct ktr_lin *lin)
{
	struct ktr_agg *a = ktr__mem_get(c, ktr__agg_size(kind, 0));

	if (a)
		ktr__agg_init(a, kind, lin);
	return a;
}

static struct ktr_agg *copy_agg(struct ktr_ctx *c, const struct ktr_agg *from)
{
	u32 bytes = ktr__agg_size(from->kind, from->n);
	struct ktr_agg *a = ktr__mem_get(c, bytes);

	if (a)
		memcpy(a, from, bytes);
	return a;
}

void ktr__agg_free(struct ktr_ctx *c, struct ktr_agg *a)
{
	ktr_mem_free(c, a, ktr__agg_size(a->kind, a->n));
}

/* Makes the buckets reach to number i; *pa may move. false: no memory, nothing was changed. */
static bool reach(struct ktr_ctx *c, struct ktr_agg **pa, u32 i)
{
	struct ktr_agg *a = *pa, *b;
	u32 lo = i & ~(CHUNK - 1), hi = lo + CHUNK, end = (u32)a->first + a->n, all;
	u32 more = a->n >= MANY ? a->n / 2 : 0;	/* many buckets grow by half, so that growing stays cheap */

	if (ktr_likely(i >= a->first && i < end))
		return true;
	if (a->n) {
		if (i < a->first)
			lo = lo > more ? lo - more : 0;
		else
			hi += more;
		lo = lo < a->first ? lo : a->first;
		hi = hi > end ? hi : end;
	}
	all = ktr__agg_n_buckets(a);
	hi = hi < all ? hi : all;
	b = ktr__mem_get(c, ktr__agg_size(a->kind, hi - lo));
	if (!b)
		return false;
	memcpy(b, a, ktr__agg_size(a->kind, 0));
	b->first = (u16)lo;
	b->n = (u16)(hi - lo);
	memset(ktr__agg_buckets(b), 0, b->n * sizeof(u64));
	if (a->n)
		memcpy(ktr__agg_buckets(b) + a->first - lo, ktr__agg_buckets(a), a->n * sizeof(u64));
	ktr__agg_free(c, a);
	*pa = b;
	return true;
}

/* ---- adding ------------------------------------------------------------------------------------------------- */

static void add_square(u64 sq[3], s64 x)
{
	u64 p[3] = { 0 };

	ktr__wide_mul(p, ktr__magnitude(x), ktr__magnitude(x));
	ktr__wide_add(sq, p, 3);
}

static inline void note(struct ktr_agg *a, s64 x)
{
	a->count++;
	ktr__wide_add_s64(a->sum, x);
	if (x < a->min)
		a->min = x;
	if (x > a->max)
		a->max = x;
}

void ktr__agg_note(struct ktr_agg *a, s64 x)
{
	note(a, x);
	if (ktr__agg_is_hist(a->kind))
		ktr__agg_buckets(a)[ktr__agg_index(a, x) - a->first]++;
	else if (a->kind != KTR_AGG_AVG)
		add_square(a->w, x);
}

static enum ktr_agg_rc add_sample(struct ktr_ctx *c, struct ktr_agg **pa, s64 x)
{
	struct ktr_agg *a = *pa;
	u32 i;

	if (ktr__agg_is_hist(a->kind)) {
		i = ktr_likely(a->kind == KTR_AGG_HIST) ? log2_index(x) : ktr__agg_index(a, x);
		if (!reach(c, pa, i))
			return KTR_AGG_NO_MEMORY;
		a = *pa;
		ktr__agg_buckets(a)[i - a->first]++;
	} else if (a->kind != KTR_AGG_AVG) {
		add_square(a->w, x);
	}
	note(a, x);
	return KTR_AGG_DONE;
}

static bool same_lin(const struct ktr_lin *a, const struct ktr_lin *b)
{
	return a->from == b->from && a->to == b->to && a->step == b->step;
}

bool ktr__agg_same(const struct ktr_agg *a, const struct ktr_agg *b)
{
	return a->kind == b->kind && (a->kind != KTR_AGG_LHIST || same_lin(ktr__agg_lin(a), ktr__agg_lin(b)));
}

bool ktr__agg_merge(struct ktr_ctx *c, struct ktr_agg **dst, const struct ktr_agg *src)
{
	u64 *to;
	u32 i;

	/* buckets first: after them nothing can fail */
	if (src->n && (!reach(c, dst, src->first) || !reach(c, dst, src->first + src->n - 1u)))
		return false;
	to = ktr__agg_buckets(*dst);
	for (i = 0; i < src->n; i++)
		to[src->first - (*dst)->first + i] += src->w[ktr__agg_extra(src->kind) + i];
	if (src->kind == KTR_AGG_STDDEV || src->kind == KTR_AGG_STATS)
		ktr__wide_add((*dst)->w, src->w, 3);
	(*dst)->count += src->count;
	ktr__wide_add((*dst)->sum, src->sum, 2);
	if (src->min < (*dst)->min)
		(*dst)->min = src->min;
	if (src->max > (*dst)->max)
		(*dst)->max = src->max;
	return true;
}

/* ---- places ------------------------------------------------------------------------------------------------- */

static enum ktr_agg_rc tally_add(struct ktr_val *v, u32 kind, bool empty, s64 x)
{
	if (v->type == KTR_NIL) {
		v->type = KTR_TALLY;
		v->flags = kind | KTR_TALLY_EMPTY;
		v->i = 0;
	} else if (v->type != KTR_TALLY || (v->flags & KTR_TALLY_KIND) != kind) {
		return KTR_AGG_MISMATCH;
	}
	if (empty)
		return KTR_AGG_DONE;
	if (kind == KTR_AGG_COUNT || kind == KTR_AGG_SUM)
		v->i += x;
	else if (v->flags & KTR_TALLY_EMPTY || (kind == KTR_AGG_MIN ? x < v->i : x > v->i))
		v->i = x;
	v->flags = kind;
	return KTR_AGG_DONE;
}

static inline bool is_bytes(u32 type)
{
	return type == KTR_HIST || type == KTR_STATS || type == KTR_SAMPLE;
}

/* The aggregate of the place v, made of what it holds; v is changed only when that works. */
static enum ktr_agg_rc open_place(struct ktr_ctx *c, struct ktr_val *v, const struct ktr_agg *like)
{
	struct ktr_val old = *v;
	struct ktr_agg *a;

	if (v->type == KTR_AGG)
		return ktr__agg_same(v->a, like) ? KTR_AGG_DONE : KTR_AGG_MISMATCH;
	if (v->type == KTR_NIL)
		a = new_agg(c, like->kind, ktr__agg_lin(like));
	else if (is_bytes(v->type) && ktr__agg_same(ktr__agg_of(v), like))
		a = copy_agg(c, ktr__agg_of(v));
	else
		return KTR_AGG_MISMATCH;
	if (!a)
		return KTR_AGG_NO_MEMORY;
	v->type = KTR_AGG;
	v->flags = 0;
	v->a = a;
	ktr__disown(c, &old);
	return KTR_AGG_DONE;
}

/* A place that was made for something which then found no memory holds nothing again. */
static enum ktr_agg_rc closed(struct ktr_ctx *c, struct ktr_val *v, bool was_nil)
{
	if (was_nil) {
		ktr__disown(c, v);
		ktr_set_nil(v);
	}
	return KTR_AGG_NO_MEMORY;
}

static inline bool is_tally(u32 kind)
{
	return kind <= KTR_AGG_MAX;
}

/* The part of an element with ways that is changed under the lock, as a place of its own. */
static void base_of(const struct ktr_val *ways, struct ktr_val *base)
{
	base->type = is_tally(ways->flags) ? KTR_TALLY : KTR_AGG;
	base->flags = is_tally(ways->flags) ? ways->flags : 0;
	base->i = ways->w->base;
}

static enum ktr_agg_rc apply_to_base(struct ktr_ctx *c, struct ktr_val *ways, const struct ktr_agg_op *op)
{
	struct ktr_val base;
	enum ktr_agg_rc rc;

	if (!ways->flags)
		return KTR_AGG_MISMATCH;
	base_of(ways, &base);
	rc = ktr__agg_apply(c, &base, op);
	ways->w->base = base.i;
	return rc;
}

static enum ktr_agg_rc merge(struct ktr_ctx *c, struct ktr_val *v, const struct ktr_agg *a)
{
	bool was_nil = v->type == KTR_NIL;
	enum ktr_agg_rc rc = open_place(c, v, a);

	if (rc == KTR_AGG_DONE && !ktr__agg_merge(c, &v->a, a))
		rc = closed(c, v, was_nil);
	return rc;
}

static enum ktr_agg_rc merge_value(struct ktr_ctx *c, struct ktr_val *v, const struct ktr_val *val)
{
	if (val->type == KTR_TALLY)
		return tally_add(v, val->flags & KTR_TALLY_KIND, val->flags & KTR_TALLY_EMPTY, val->i);
	return merge(c, v, ktr__agg_of(val));
}

static enum ktr_agg_rc open_and_add(struct ktr_ctx *c, struct ktr_val *v, const struct ktr_agg_op *op)
{
	bool was_nil = v->type == KTR_NIL;
	struct {
		struct ktr_agg a;
		struct ktr_lin lin;
	} like;
	enum ktr_agg_rc rc;

	memset(&like, 0, sizeof(like));
	like.a.kind = (u8)op->kind;
	if (op->kind == KTR_AGG_LHIST)
		like.lin = *op->lin;
	rc = open_place(c, v, &like.a);
	if (rc == KTR_AGG_DONE && add_sample(c, &v->a, op->x) == KTR_AGG_NO_MEMORY)
		rc = closed(c, v, was_nil);
	return rc;
}

enum ktr_agg_rc ktr__agg_apply(struct ktr_ctx *c, struct ktr_val *v, const struct ktr_agg_op *op)
{
	if (ktr_unlikely(v->type == KTR_WAYS))
		return apply_to_base(c, v, op);
	if (op->whole)
		return merge(c, v, op->whole);
	if (op->val)
		return merge_value(c, v, op->val);
	if (is_tally(op->kind))
		return tally_add(v, op->kind, false, op->x);
	if (ktr_likely(v->type == KTR_AGG && v->a->kind == op->kind && op->kind != KTR_AGG_LHIST))
		return add_sample(c, &v->a, op->x);
	return open_and_add(c, v, op);
}

/* ---- messages ----------------------------------------------------------------------------------------------- */

const char *ktr__agg_name(u32 kind)
{
	static const char *const names[] = {
		[KTR_AGG_COUNT] = "a count", [KTR_AGG_SUM] = "a sum", [KTR_AGG_MIN] = "a min",
		[KTR_AGG_MAX] = "a max", [KTR_AGG_AVG] = "an avg", [KTR_AGG_STDDEV] = "a stddev",
		[KTR_AGG_STATS] = "stats", [KTR_AGG_HIST] = "a hist", [KTR_AGG_QHIST] = "a qhist",
		[KTR_AGG_LHIST] = "an lhist",
	};

	return kind < KTR_N_ELEMS(names) && names[kind] ? names[kind] : "something";
}

const char *ktr__agg_what(const struct ktr_val *v)
{
	if (v->type == KTR_TALLY)
		return ktr__agg_name(v->flags & KTR_TALLY_KIND);
	if (v->type == KTR_AGG)
		return ktr__agg_name(v->a->kind);
	if (is_bytes(v->type))
		return ktr__agg_name(ktr__agg_of(v)->kind);
	if (v->type == KTR_WAYS && v->flags)
		return ktr__agg_name(v->flags);
	switch (v->type) {
	case KTR_INT:
	case KTR_WAYS:
		return "a number";
	case KTR_STR:
		return "a string";
	case KTR_TABLE:
		return "a table";
	default:
		return ktr__type_name(v->type);
	}
}

int ktr__agg_mismatch(struct ktr_ctx *c, const char *had, const struct ktr_agg_op *op)
{
	const char *what = op->val ? ktr__agg_what(op->val) : ktr__agg_name(op->kind);

	if (what == had)
		return ktr_fail(c, "cannot add an lhist to one with other bounds");
	return ktr_fail(c, "cannot add %s to %s", what, had);
}

int ktr__lin_check(struct ktr_ctx *c, const struct ktr_lin *l)
{
	if (ktr_unlikely(l->step < 1))
		return ktr_fail(c, "lhist: the step must be positive");
	if (ktr_unlikely(l->to <= l->from))
		return ktr_fail(c, "lhist: the upper bound must be above the lower one");
	if (ktr_unlikely(((u64)l->to - (u64)l->from - 1) / (u64)l->step >= KTR_LHIST_MAX))
		return ktr_fail(c, "lhist: more than %u buckets", KTR_LHIST_MAX);
	return 0;
}
