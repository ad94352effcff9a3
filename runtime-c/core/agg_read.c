// SPDX-License-Identifier: GPL-2.0
/* Aggregations: what reading them gives. */
#include "agg.h"
#include "ways.h"
#include "wide.h"

/* ---- numbers ------------------------------------------------------------------------------------------------ */

bool ktr__agg_avg(const struct ktr_agg *a, s64 *out)
{
	u64 sum[2] = { a->sum[0], a->sum[1] }, q;
	bool neg;

	*out = 0;
	if (!a->count)
		return false;
	neg = ktr__wide_abs(sum);
	q = ktr__wide_div(sum, a->count);
	*out = (s64)(neg ? 0 - q : q);
	return true;
}

/*
 * Of all that was added (not an estimate from a part of it): sqrt(n * sum of squares - sum * sum) / n, in whole numbers
 * of up to 256 bits, rounded down.
 */
bool ktr__agg_stddev(const struct ktr_agg *a, s64 *out)
{
	u64 sum[2] = { a->sum[0], a->sum[1] }, all[4], square[4], root[2];

	*out = 0;
	if (!a->count)
		return false;
	ktr__wide_abs(sum);
	ktr__wide_mul2(square, sum, sum);
	ktr__wide_mul3(all, a->w, a->count);
	ktr__wide_sub(all, square);
	ktr__wide_sqrt(root, all);
	*out = (s64)ktr__wide_div(root, a->count);
	return true;
}

bool ktr__agg_percentile(const struct ktr_agg *a, u64 n, u64 of, s64 *out)
{
	u64 want[2], rank, seen = 0;
	s64 lo, hi = 0;
	u32 i;

	*out = 0;
	if (!a->count)
		return false;
	ktr__wide_mul(want, a->count, n);
	if (__builtin_add_overflow(want[0], of - 1, &want[0]))
		want[1]++;
	/* n <= of, so the quotient is at most the count */
	rank = want[1] >= of ? a->count : ktr__wide_div(want, of);
	for (i = a->first; i < (u32)a->first + a->n; i++) {
		seen += ktr__agg_bucket(a, i);
		ktr__agg_range(a, i, &lo, &hi);
		if (seen >= rank && seen)
			break;
	}
	*out = n == 0 || hi < a->min ? a->min : hi > a->max ? a->max : hi;
	return true;
}

static bool number_of(const struct ktr_agg *a, s64 *out)
{
	if (a->kind == KTR_AGG_AVG)
		return ktr__agg_avg(a, out);
	return a->kind == KTR_AGG_STDDEV && ktr__agg_stddev(a, out);
}

/* Of an element with ways; its samples are settled. */
static bool number_of_ways(const struct ktr_way *w, u32 kind, s64 *out)
{
	struct {
		struct ktr_agg a;
		u64 squares[3];
	} all;

	if (kind == KTR_AGG_MIN || kind == KTR_AGG_MAX) {
		*out = ktr__ways_extreme(w);
		return true;
	}
	if (kind < KTR_AGG_AVG) {
		*out = ktr__ways_sum(w);
		return true;
	}
	ktr__ways_fold(w, &all.a, 0, 0);
	return number_of(&all.a, out);
}

bool ktr__agg_number(const struct ktr_val *v, s64 *out)
{
	u32 kind = v->flags & KTR_TALLY_KIND;

	*out = 0;
	switch (v->type) {
	case KTR_INT:
		*out = v->i;
		return true;
	case KTR_WAYS:
		return number_of_ways(v->w, v->flags, out);
	case KTR_TALLY:
		*out = v->i;
		return kind == KTR_AGG_COUNT || kind == KTR_AGG_SUM || !(v->flags & KTR_TALLY_EMPTY);
	case KTR_SAMPLE:
		return number_of(ktr__agg_of(v), out);
	case KTR_AGG:
		return number_of(v->a, out);
	default:
		return false;
	}
}

static bool is_whole(u32 kind)
{
	return kind >= KTR_AGG_STATS;
}

const struct ktr_agg *ktr__agg_whole(const struct ktr_val *v)
{
	if (v->type == KTR_HIST || v->type == KTR_STATS)
		return ktr__agg_of(v);
	return v->type == KTR_AGG && is_whole(v->a->kind) ? v->a : KTR_NULL;
}

bool ktr__agg_count(const struct ktr_val *v, s64 *count)
{
	const struct ktr_agg *a = ktr__agg_whole(v);
	struct {
		struct ktr_agg a;
		u64 squares[3];
	} all;

	if (!a && v->type == KTR_WAYS && is_whole(v->flags)) {
		ktr__ways_fold(v->w, &all.a, 0, 0);
		a = &all.a;
	}
	if (a)
		*count = (s64)a->count;
	return a != KTR_NULL;
}

/* ---- places ------------------------------------------------------------------------------------------------- */

/* What reading a place gives as bytes: a part of its buckets, without the empty ones at both ends. */
struct part {
	u32 kind;		/* 0: the place gives none */
	u32 from, n;		/* buckets by number */
	const struct ktr_agg *a;	/* NULL: of ways */
};

static u64 bucket_at(const struct ktr_val *v, const struct ktr_agg *a, u32 i)
{
	return a ? ktr__agg_bucket(a, i) : ktr__ways_bucket(v->w, i);
}

static void trim(const struct ktr_val *v, struct part *p, u32 lo, u32 hi)
{
	while (hi > lo && !bucket_at(v, p->a, hi - 1))
		hi--;
	while (lo < hi && !bucket_at(v, p->a, lo))
		lo++;
	p->from = lo;
	p->n = hi - lo;
}

static struct part part_of(const struct ktr_val *v)
{
	struct part p = { 0 };

	if (v->type == KTR_AGG && is_whole(v->a->kind)) {
		p.kind = v->a->kind;
		p.a = v->a;
		trim(v, &p, v->a->first, (u32)v->a->first + v->a->n);
	} else if (v->type == KTR_WAYS && is_whole(v->flags)) {
		p.kind = v->flags;
		trim(v, &p, 0, ktr__agg_is_hist(p.kind) ? KTR_LOG2_N : 0);
	}
	return p;
}

/* The same content always has the same bytes. */
static void copy_part(char *to, const struct ktr_val *v, const struct part *p)
{
	struct ktr_agg *b = (struct ktr_agg *)to;

	if (!p->a) {
		ktr__ways_fold(v->w, b, p->from, p->n);
		return;
	}
	memcpy(b, p->a, ktr__agg_size(p->kind, 0));
	b->first = p->n ? (u16)p->from : 0;
	b->n = (u16)p->n;
	memcpy(ktr__agg_buckets(b), p->a->w + ktr__agg_extra(p->kind) + (p->from - p->a->first), p->n * sizeof(u64));
}

static u32 whole_type(u32 kind)
{
	return kind == KTR_AGG_STATS ? KTR_STATS : KTR_HIST;
}

static void set_number(struct ktr_val *v)
{
	s64 i;
	bool is_number = ktr__agg_number(v, &i);

	if (is_number)
		ktr_set_int(v, i);
	else
		ktr_set_nil(v);
}

u32 ktr__agg_fetch_bytes(const struct ktr_val *v)
{
	struct part p = part_of(v);

	return p.kind ? ktr__str_bytes(ktr__agg_size(p.kind, p.n)) : 0;
}

u32 ktr__agg_fetch(struct ktr_ctx *c, struct ktr_val *v)
{
	struct part p = part_of(v);
	struct ktr_str *s;
	u32 bytes;

	if (!p.kind) {
		set_number(v);
		return 0;
	}
	bytes = ktr__agg_size(p.kind, p.n);
	if (!ktr__has_room(ktr__ictx(c), ktr__str_bytes(bytes)))
		return ktr__str_bytes(bytes);
	s = ktr__take_str(c, bytes);
	copy_part(s->s, v, &p);
	v->type = whole_type(p.kind);
	v->flags = 0;
	v->s = s;
	return 0;
}

bool ktr__agg_freeze(struct ktr_ctx *c, struct ktr_val *v)
{
	struct part p = part_of(v);
	struct ktr_hstr *h;
	u32 bytes;

	if (!ktr__is_place(v->type)) {
		ktr__own_more(v);
		return true;
	}
	if (!p.kind) {
		set_number(v);
		return true;
	}
	bytes = ktr__agg_size(p.kind, p.n);
	h = ktr__mem_get(c, ktr__hstr_bytes(bytes));
	if (!h)
		return false;
	h->refs = 1;
	h->str.hash = 0;
	h->str.len = bytes;
	copy_part(h->str.s, v, &p);
	h->str.s[bytes] = 0;
	v->type = whole_type(p.kind);
	v->flags = 0;
	v->s = &h->str;
	return true;
}

/* ---- fields ------------------------------------------------------------------------------------------------- */

static bool is_text(const struct ktr_val *k, const char *text)
{
	u32 n = (u32)strlen(text);

	return k->type == KTR_STR && k->s->len == n && !memcmp(k->s->s, text, n);
}

int ktr__agg_field(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *h, const struct ktr_val *k)
{
	const struct ktr_agg *a = ktr__agg_of(h);
	bool there = true;
	s64 i = 0;

	if (is_text(k, "count"))
		i = (s64)a->count;
	else if (is_text(k, "sum"))
		i = (s64)a->sum[0];
	else if (is_text(k, "min"))
		there = a->count, i = a->min;
	else if (is_text(k, "max"))
		there = a->count, i = a->max;
	else if (is_text(k, "avg"))
		there = ktr__agg_avg(a, &i);
	else if (a->kind == KTR_AGG_STATS && is_text(k, "stddev"))
		there = ktr__agg_stddev(a, &i);
	else
		return ktr_fail(c, "a %s has no field '%s'", ktr__type_name(h->type),
				k->type == KTR_STR ? k->s->s : ktr__type_name(k->type));
	if (there)
		ktr_set_int(out, i);
	else
		ktr_set_nil(out);
	return 0;
}
