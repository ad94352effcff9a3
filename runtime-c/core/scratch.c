// SPDX-License-Identifier: GPL-2.0
/*
 * Scratch memory of a context: a bump arena in two halves for the bytes of temporary strings, and the list of references
 * that protect the objects in slots. Roots of both are the slots below top.
 */
#include "agg.h"

#define KTR_MOVED 0xffffffffu	/* len of a string that was copied; hash is then its offset in the other half */

/* The other half is empty between collections; it serves as a hash set of pointers here. */
static u32 set_mask(const struct ktr_ictx *x)
{
	u32 n = 1;

	while (n * 2 * sizeof(void *) <= x->scratch_bytes)
		n *= 2;
	return n - 1;
}

static u32 set_find(void **set, u32 mask, const void *p)
{
	u32 i = (u32)(((unsigned long)p >> 4) * 0x9e3779b1ul) & mask;

	while (set[i] && set[i] != p)
		i = (i + 1) & mask;
	return i;
}

/* Drops the references of all objects that no slot holds, and doubled ones. */
static void collect_autos(struct ktr_ictx *x)
{
	void **set = (void **)x->other;
	u32 mask = set_mask(x), n = 0, i, at;
	struct ktr_val *v;
	struct ktr_obj *o;

	memset(set, 0, (mask + 1ul) * sizeof(void *));
	for (v = x->slots; v < x->pub.top; v++) {
		if (v->type != KTR_TABLE && v->type != KTR_FUNC && v->type != KTR_BOX)
			continue;
		set[set_find(set, mask, v->t)] = v->t;
	}
	for (i = 0; i < x->n_auto; i++) {
		o = (struct ktr_obj *)((unsigned long)x->autos[i] & ~7ul);
		at = set_find(set, mask, o);
		if (set[at]) {
			/* kept once: a second entry of it must not be found */
			set[at] = (void *)1ul;
			x->autos[n++] = x->autos[i];
		} else {
			ktr__unref(&x->pub, (u32)((unsigned long)x->autos[i] & 7ul) + KTR_TABLE, o);
		}
	}
	x->n_auto = n;
}

/* Entries carry the type in their low bits: TABLE, FUNC and BOX are near each other in enum ktr_type. */
static struct ktr_obj *auto_entry(const struct ktr_val *v)
{
	return (struct ktr_obj *)((unsigned long)v->t | (v->type - KTR_TABLE));
}

void ktr__adopt_slow(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *v)
{
	struct ktr_ictx *x = ktr__ictx(c);
	struct ktr_obj *e;
	u32 n, i;

	if (ktr__is_counted(v)) {
		e = auto_entry(v);
		/* loops load the same few objects over and over: one reference is enough */
		n = x->n_auto < 4 ? x->n_auto : 4;
		for (i = 1; i <= n; i++) {
			if (x->autos[x->n_auto - i] == e) {
				ktr__unref(c, v->type, (struct ktr_obj *)v->t);
				*out = *v;
				return;
			}
		}
		if (ktr_unlikely(x->n_auto == x->max_auto))
			collect_autos(x);
		x->autos[x->n_auto++] = e;
	}
	*out = *v;
}

void ktr__auto_release(struct ktr_ictx *x)
{
	unsigned long e;

	while (x->n_auto) {
		e = (unsigned long)x->autos[--x->n_auto];
		ktr__unref(&x->pub, (u32)(e & 7ul) + KTR_TABLE, (struct ktr_obj *)(e & ~7ul));
	}
}

/* Copies what slots refer to into the other half and makes that the current one. */
static void collect_bytes(struct ktr_ictx *x)
{
	char *to = x->other, *next = to;
	struct ktr_str *s;
	struct ktr_val *v;
	u32 n;

	for (v = x->slots; v < x->pub.top; v++) {
		if (!ktr__has_bytes(v->type) || (v->flags & KTR_VF_CONST))
			continue;
		s = (struct ktr_str *)v->s;
		if (s->len != KTR_MOVED) {
			n = ktr__str_bytes(s->len);
			memcpy(next, s, n);
			s->hash = (u32)(next - to);
			s->len = KTR_MOVED;
			next += n;
		}
		v->s = (const struct ktr_str *)(to + s->hash);
	}
	if (KTR_MOVES)
		memset(x->half, 0xdb, x->scratch_bytes);
	x->other = x->half;
	x->half = to;
	x->scratch = next;
	x->scratch_end = to + x->scratch_bytes;
}

int ktr__room_slow(struct ktr_ctx *c, u32 bytes)
{
	struct ktr_ictx *x = ktr__ictx(c);

	if (bytes <= x->scratch_bytes)
		collect_bytes(x);
	if (ktr__has_room(x, bytes)) {
		if (KTR_MOVES)
			x->scratch_end = x->scratch + bytes;
		return 0;
	}
	return ktr_fail(c, "out of scratch memory: %d of %u bytes in use, %u more wanted",
			(s64)(x->scratch - x->half), x->scratch_bytes, bytes);
}

u32 ktr__fetch_bytes(const struct ktr_val *v)
{
	if (ktr_unlikely(ktr__is_place(v->type)))
		return ktr__agg_fetch_bytes(v);
	return ktr__has_bytes(v->type) && !(v->flags & KTR_VF_CONST) ? ktr__str_bytes(v->s->len) : 0;
}

u32 ktr__fetch(struct ktr_ctx *c, struct ktr_val *v)
{
	struct ktr_str *s;
	u32 bytes;

	if (v->type <= KTR_INT || v->type == KTR_KIP)
		return 0;
	if (ktr_unlikely(ktr__is_place(v->type)))
		return ktr__agg_fetch(c, v);
	if (ktr__has_bytes(v->type)) {
		bytes = ktr__fetch_bytes(v);
		if (!bytes)
			return 0;
		if (!ktr__has_room(ktr__ictx(c), bytes))
			return bytes;
		s = ktr__take_str(c, v->s->len);
		memcpy(s->s, v->s->s, v->s->len);
		s->hash = v->s->hash;
		v->s = s;
		return 0;
	}
	if (ktr__is_counted(v))
		ktr__ref((struct ktr_obj *)v->t);
	return 0;
}
