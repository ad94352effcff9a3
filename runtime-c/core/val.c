// SPDX-License-Identifier: GPL-2.0
/* Values: numbers, equality, order, composite keys. */
#include "agg.h"

static const char *const type_names[KTR_N_TYPES] = {
	[KTR_NIL] = "nil",
	[KTR_BOOL] = "boolean",
	[KTR_INT] = "number",
	[KTR_STR] = "string",
	[KTR_KIP] = "kip",
	[KTR_STACK] = "stack",
	[KTR_TUPLE] = "tuple",
	[KTR_HIST] = "histogram",
	[KTR_STATS] = "stats",
	[KTR_SAMPLE] = "sample",
	[KTR_TALLY] = "sample",
	[KTR_AGG] = "aggregate",
	[KTR_WAYS] = "number",
	[KTR_TABLE] = "table",
	[KTR_FUNC] = "function",
	[KTR_LIB] = "function",
	[KTR_BOX] = "variable",
};

const char *ktr__type_name(u32 type)
{
	return type < KTR_N_TYPES ? type_names[type] : "unknown";
}

int ktr_num_slow(struct ktr_ctx *c, const struct ktr_val *v, s64 *out, u32 need)
{
	(void)v;
	*out = 0;
	switch (need & 0xff) {
	case KTR_NEED_ARITH:
		return ktr_fail(c, "Cannot make arith operation");
	case KTR_NEED_NEG:
		return ktr_fail(c, "use '-' operator on non-number");
	case KTR_NEED_INCR:
		return ktr_fail(c, "use '+=' on non-number");
	case KTR_NEED_INCR_TAB:
		return ktr_fail(c, "use '+=' operator on non-number value");
	case KTR_NEED_FOR:
		return ktr_fail(c, "'for' init/limit/step value must be a number");
	case KTR_NEED_COMPARE:
		return ktr_fail(c, "compare with non-number");
	default:
		return ktr__wrong_type(c, need >> 8);
	}
}

int ktr_div(struct ktr_ctx *c, s64 *out, s64 a, s64 b)
{
	if (ktr_unlikely(!b))
		return ktr_fail(c, "divide 0 arith operation");
	*out = b == -1 ? (s64)(0 - (u64)a) : a / b;
	return 0;
}

int ktr_for_step(struct ktr_ctx *c, s64 step)
{
	return ktr_likely(step) ? 0 : ktr_fail(c, "the step of 'for' is zero");
}

int ktr_mod(struct ktr_ctx *c, s64 *out, s64 a, s64 b)
{
	if (ktr_unlikely(!b))
		return ktr_fail(c, "mod 0 arith operation");
	*out = b == -1 ? 0 : a % b;
	return 0;
}

static int order_int(s64 a, s64 b)
{
	return a < b ? -1 : a > b;
}

static int order_bytes(const struct ktr_str *a, const struct ktr_str *b)
{
	u32 n = a->len < b->len ? a->len : b->len;
	int d = memcmp(a->s, b->s, n);

	return d ? d : order_int(a->len, b->len);
}

int ktr_order(struct ktr_ctx *c, int *out, const struct ktr_val *a, const struct ktr_val *b)
{
	if (a->type == KTR_INT && b->type == KTR_INT)
		*out = order_int(a->i, b->i);
	else if (a->type == KTR_STR && b->type == KTR_STR)
		*out = order_bytes(a->s, b->s);
	else
		return ktr_fail(c, "compare with non-number");
	return 0;
}

/* ---- composite keys ----------------------------------------------------------------------------------------- */

/*
 * A tuple's bytes: per element one word (type, length in the upper half), then the number, or the bytes padded with
 * zeros to whole words. So equal tuples have equal bytes, and both hashing and comparing can go by words.
 */
static u32 elem_bytes(const struct ktr_val *v)
{
	if (v->type == KTR_TUPLE)
		return v->s->len;
	return 8 + (ktr__has_bytes(v->type) ? (v->s->len + 7) & ~7u : 8);
}

static char *put_elem(char *p, const struct ktr_val *v)
{
	u32 n = elem_bytes(v);
	u64 head = v->type;

	if (v->type == KTR_TUPLE) {
		/* a composite key as part of another one: its elements become elements */
		memcpy(p, v->s->s, n);
	} else if (ktr__has_bytes(v->type)) {
		head |= (u64)v->s->len << 32;
		memset(p + n - 8, 0, 8);
		__builtin_memcpy(p, &head, 8);
		memcpy(p + 8, v->s->s, v->s->len);
	} else {
		__builtin_memcpy(p, &head, 8);
		__builtin_memcpy(p + 8, &v->i, 8);
	}
	return p + n;
}

int ktr_tuple(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *v, u32 n)
{
	u64 bytes = 0;
	struct ktr_str *s;
	char *p;
	u32 i;

	for (i = 0; i < n; i++) {
		if (v[i].type == KTR_NIL)
			return ktr_fail(c, "table nil index");
		if (v[i].type > KTR_TUPLE)
			return ktr_fail(c, "cannot use a %s as part of a composite key", ktr__type_name(v[i].type));
		bytes += elem_bytes(&v[i]);
	}
	if (bytes > ktr__str_limit())
		return ktr_fail(c, "composite key too long: %d bytes, at most %u", (s64)bytes, ktr__str_limit());
	if (ktr__room(c, ktr__str_bytes((u32)bytes)))
		return KTR_ERR;
	s = ktr__take_str(c, (u32)bytes);
	for (i = 0, p = s->s; i < n; i++)
		p = put_elem(p, &v[i]);
	out->type = KTR_TUPLE;
	out->flags = 0;
	out->s = s;
	return 0;
}

static s64 load_int(const char *p, u32 size, bool is_signed)
{
	u64 v = 0;
	u32 unused = 64 - 8 * size;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	memcpy(&v, p, size);
#else
	memcpy((char *)&v + 8 - size, p, size);
#endif
	return is_signed ? (s64)(v << unused) >> unused : (s64)v;
}

int ktr_tuple_of_ints(struct ktr_ctx *c, struct ktr_val *out, const void *p, u32 n, u32 size, bool is_signed)
{
	u32 max = ktr__str_limit() / 16, i;
	struct ktr_str *s;
	u64 head = KTR_INT;

	if (n > max) {
		n = max;
		ktr_count(KTR_STAT_STR_TRUNC);
	}
	if (ktr__room(c, ktr__str_bytes(16 * n)))
		return KTR_ERR;
	s = ktr__take_str(c, 16 * n);
	for (i = 0; i < n; i++) {
		s64 v = load_int((const char *)p + (u64)i * size, size, is_signed);

		__builtin_memcpy(s->s + 16 * i, &head, 8);
		__builtin_memcpy(s->s + 16 * i + 8, &v, 8);
	}
	out->type = KTR_TUPLE;
	out->flags = 0;
	out->s = s;
	return 0;
}

bool ktr__tuple_next(const struct ktr_str *t, u32 *pos, struct ktr_elem *e)
{
	const char *p = t->s + *pos;
	u64 head;

	if (*pos >= t->len)
		return false;
	__builtin_memcpy(&head, p, 8);
	e->type = (u32)head;
	e->len = (u32)(head >> 32);
	e->bytes = p + 8;
	e->i = 0;
	if (ktr__has_bytes(e->type)) {
		*pos += 8 + ((e->len + 7) & ~7u);
	} else {
		__builtin_memcpy(&e->i, p + 8, 8);
		*pos += 16;
	}
	return true;
}

/* ---- the order of sorted loops ------------------------------------------------------------------------------- */

/* Tables and functions in the order they were made. */
static s64 identity(const struct ktr_val *v)
{
	return v->type >= KTR_TABLE ? (s64)ktr__val_id(v) : v->i;
}

/* Numbers, then strings, then the others: the numbers of the types, except that nil and booleans come last. */
static u32 rank(u32 type)
{
	return type < KTR_INT ? type + 100 : type;
}

/* Parts of composite keys, that are of one type. */
static int order_elems(const struct ktr_elem *a, const struct ktr_elem *b)
{
	u32 n = a->len < b->len ? a->len : b->len;
	int d;

	if (!ktr__has_bytes(a->type))
		return order_int(a->i, b->i);
	d = memcmp(a->bytes, b->bytes, n);
	return d ? d : order_int(a->len, b->len);
}

/* By the first parts that differ; the one with less parts first where there are none. */
static int order_tuples(const struct ktr_str *a, const struct ktr_str *b, bool descending)
{
	u32 pa = 0, pb = 0;
	struct ktr_elem ea, eb;
	bool more_a, more_b;
	int d = 0;

	for (;;) {
		more_a = ktr__tuple_next(a, &pa, &ea);
		more_b = ktr__tuple_next(b, &pb, &eb);
		if (!more_a || !more_b) {
			d = order_int(more_a, more_b);
			break;
		}
		if (ea.type != eb.type)
			return order_int(rank(ea.type), rank(eb.type));
		d = order_elems(&ea, &eb);
		if (d)
			break;
	}
	return descending ? -d : d;
}

int ktr__sort_order(const struct ktr_val *a, const struct ktr_val *b, bool descending)
{
	int order;

	if (a->type != b->type)
		return order_int(rank(a->type), rank(b->type));
	if (a->type == KTR_TUPLE)
		return order_tuples(a->s, b->s, descending);
	if (a->type == KTR_HIST || a->type == KTR_STATS)
		order = order_int((s64)ktr__agg_of(a)->count, (s64)ktr__agg_of(b)->count);
	else
		order = ktr__has_bytes(a->type) ? order_bytes(a->s, b->s) : order_int(identity(a), identity(b));
	return descending ? -order : order;
}

/* ---- parts ---------------------------------------------------------------------------------------------------- */

/* Element n of a tuple; false: there is none. */
static bool find_elem(const struct ktr_str *t, u32 n, struct ktr_elem *e)
{
	u32 pos = 0, k = 0;

	while (k < n && ktr__tuple_next(t, &pos, e))
		k++;
	return n && k == n;
}

int ktr_tuple_get(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *tuple, u32 n)
{
	struct ktr_elem e = { KTR_NIL, 0, 0, KTR_NULL };
	struct ktr_str *s;

	if (tuple->type != KTR_TUPLE) {
		/* a loop over keys of which some are composite: a plain key is its own first element */
		if (n == 1)
			*out = *tuple;
		else
			ktr_set_nil(out);
		return 0;
	}
	if (!find_elem(tuple->s, n, &e)) {
		ktr_set_nil(out);
		return 0;
	}
	if (ktr__has_bytes(e.type)) {
		if (ktr__room(c, ktr__str_bytes(e.len)))
			return KTR_ERR;
		/* the tuple may have moved */
		find_elem(tuple->s, n, &e);
		s = ktr__take_str(c, e.len);
		memcpy(s->s, e.bytes, e.len);
		out->s = s;
	} else {
		out->i = e.i;
	}
	out->type = e.type;
	out->flags = 0;
	return 0;
}
