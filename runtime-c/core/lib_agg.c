// SPDX-License-Identifier: GPL-2.0
/* Aggregations as emitted code sees them: adding to tables, and the library functions. */
#include "agg.h"
#include "table.h"

/* ---- adding to tables --------------------------------------------------------------------------------------- */

static int check_place(struct ktr_ctx *c, const struct ktr_val *t, const struct ktr_val *k)
{
	if (ktr_unlikely(t->type != KTR_TABLE))
		return ktr_fail(c, "set key to non-table");
	if (ktr_unlikely(k->type == KTR_NIL))
		return ktr_fail(c, "table nil index");
	return 0;
}

int ktr_agg_add(struct ktr_ctx *c, const struct ktr_val *t, const struct ktr_val *k, u32 kind, s64 x)
{
	struct ktr_agg_op op = { .kind = kind, .x = x };

	if (check_place(c, t, k))
		return KTR_ERR;
	return ktr__tab_agg(c, t->t, k, ktr__hash_val(k), &op);
}

int ktr_agg_add_at(struct ktr_ctx *c, const struct ktr_val *t, const struct ktr_val *k, s64 x, struct ktr_adder *adder)
{
	struct ktr_agg_op op = { .kind = adder->agg, .x = x, .adder = adder };

	if (check_place(c, t, k))
		return KTR_ERR;
	return ktr__tab_agg(c, t->t, k, ktr__hash_val(k), &op);
}

int ktr_agg_add_int_at(struct ktr_ctx *c, const struct ktr_val *t, s64 k, s64 x, struct ktr_adder *adder)
{
	struct ktr_val kv;

	ktr_set_int(&kv, k);
	return ktr_agg_add_at(c, t, &kv, x, adder);
}

int ktr_agg_add_int(struct ktr_ctx *c, const struct ktr_val *t, s64 k, u32 kind, s64 x)
{
	struct ktr_val kv;

	ktr_set_int(&kv, k);
	return ktr_agg_add(c, t, &kv, kind, x);
}

int ktr_lin_add(struct ktr_ctx *c, const struct ktr_val *t, const struct ktr_val *k, s64 x, s64 from, s64 to, s64 step)
{
	struct ktr_lin lin = { from, to, step };
	struct ktr_agg_op op = { .kind = KTR_AGG_LHIST, .x = x, .lin = &lin };

	if (ktr__lin_check(c, &lin) || check_place(c, t, k))
		return KTR_ERR;
	return ktr__tab_agg(c, t->t, k, ktr__hash_val(k), &op);
}

int ktr_lin_add_int(struct ktr_ctx *c, const struct ktr_val *t, s64 k, s64 x, s64 from, s64 to, s64 step)
{
	struct ktr_val kv;

	ktr_set_int(&kv, k);
	return ktr_lin_add(c, t, &kv, x, from, to, step);
}

int ktr_incr_val(struct ktr_ctx *c, const struct ktr_val *t, const struct ktr_val *k, const struct ktr_val *v)
{
	struct ktr_agg_op op = { .val = v };

	if (ktr_likely(v->type == KTR_INT))
		return ktr_incr(c, t, k, v->i);
	if (!ktr__is_aggregate(v))
		return ktr_fail(c, "use '+=' operator on non-number value");
	if (check_place(c, t, k))
		return KTR_ERR;
	return ktr__tab_agg(c, t->t, k, ktr__hash_val(k), &op);
}

/* ---- the functions ------------------------------------------------------------------------------------------ */

/* A sample of a kind that is bytes: x with its bucket, or an empty one. */
static int bytes_sample(struct ktr_ctx *c, struct ktr_val *out, u32 kind, const struct ktr_lin *lin, const s64 *x)
{
	u32 n = x && ktr__agg_is_hist(kind) ? 1 : 0, bytes = ktr__agg_size(kind, n);
	struct ktr_agg *a = (struct ktr_agg *)ktr_str_alloc(c, out, bytes);

	if (!a)
		return KTR_ERR;
	memset(a, 0, bytes);
	ktr__agg_init(a, kind, lin);
	if (n) {
		a->first = (u16)ktr__agg_index(a, *x);
		a->n = 1;
	}
	if (x)
		ktr__agg_note(a, *x);
	out->type = kind <= KTR_AGG_STDDEV ? KTR_SAMPLE : kind == KTR_AGG_STATS ? KTR_STATS : KTR_HIST;
	return 0;
}

static int sample(struct ktr_ctx *c, u32 kind, const struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	struct ktr_val v = { .type = KTR_TALLY, .flags = kind };
	bool empty = !nargs;
	s64 x = 1;

	if (kind == KTR_AGG_COUNT)
		empty = false;
	else if (!empty && ktr_lib_int(c, args, nargs, 1, &x))
		return KTR_ERR;
	v.i = empty ? 0 : x;
	if (kind > KTR_AGG_MAX) {
		if (bytes_sample(c, &v, kind, KTR_NULL, empty ? KTR_NULL : &x))
			return KTR_ERR;
	} else if (empty) {
		v.flags |= KTR_TALLY_EMPTY;
	}
	return ktr_lib_return(c, &v, 1, ret, want);
}

#define SAMPLE(name, kind) \
	int ktr_lib_##name(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want) \
	{ \
		return sample(c, kind, args, nargs, ret, want); \
	}

SAMPLE(sum, KTR_AGG_SUM)
SAMPLE(min, KTR_AGG_MIN)
SAMPLE(max, KTR_AGG_MAX)
SAMPLE(avg, KTR_AGG_AVG)
SAMPLE(stddev, KTR_AGG_STDDEV)
SAMPLE(stats, KTR_AGG_STATS)
SAMPLE(hist, KTR_AGG_HIST)
SAMPLE(qhist, KTR_AGG_QHIST)

/* As a value, so as the start of a variable or element, nothing is counted yet. */
int ktr_lib_count(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	struct ktr_val v = { .type = KTR_TALLY, .flags = KTR_AGG_COUNT };

	(void)args;
	(void)nargs;
	return ktr_lib_return(c, &v, 1, ret, want);
}

/* lhist(from, to, step): empty; lhist(x, from, to, step): a sample. */
int ktr_lib_lhist(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	bool empty = nargs < 4;
	struct ktr_lin lin;
	struct ktr_val v;
	s64 n[4] = { 0 };
	u32 i;

	for (i = 0; i < (empty ? 3u : 4u); i++) {
		if (ktr_lib_int(c, args, nargs, i + 1, &n[empty ? i + 1 : i]))
			return KTR_ERR;
	}
	lin.from = n[1];
	lin.to = n[2];
	lin.step = n[3];
	if (ktr__lin_check(c, &lin) || bytes_sample(c, &v, KTR_AGG_LHIST, &lin, empty ? KTR_NULL : &n[0]))
		return KTR_ERR;
	return ktr_lib_return(c, &v, 1, ret, want);
}

/* percentile(h, n [, of]) */
int ktr_lib_percentile(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	struct ktr_val v = { .type = KTR_NIL };
	s64 n, of = 100, i;

	if (!nargs)
		return ktr__missing(c, 1);
	if (args[0].type != KTR_HIST)
		return ktr__wrong_type(c, 1);
	if (ktr_lib_int(c, args, nargs, 2, &n) ||
	    (nargs > 2 && args[2].type != KTR_NIL && ktr_lib_int(c, args, nargs, 3, &of)))
		return KTR_ERR;
	if (of < 1 || n < 0 || n > of)
		return ktr_fail(c, "percentile out of range");
	if (ktr__agg_percentile(ktr__agg_of(&args[0]), (u64)n, (u64)of, &i))
		ktr_set_int(&v, i);
	return ktr_lib_return(c, &v, 1, ret, want);
}
