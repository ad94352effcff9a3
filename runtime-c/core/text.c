// SPDX-License-Identifier: GPL-2.0
/* Values as text: what print() shows, and the conversions of printf(). */
#include "agg.h"
#include "table.h"

#define MAX_STATICS 256u

/* ---- pieces ------------------------------------------------------------------------------------------------- */

void ktr__put_symbol(struct ktr_buf *b, u64 addr, bool offset)
{
	u32 room = b->max - b->len, n;

	if (room < 2) {
		b->cut = 1;
		return;
	}
	n = ktr_port_symbolize(b->p + b->len, room, addr, offset);
	if (n >= room - 1)
		b->cut = 1;
	b->len += n < room ? n : room;
}

/* ---- serial numbers ----------------------------------------------------------------------------------------- */

static u32 last_id;
/* Functions without a number of their own get one when they are first shown. */
static const void *statics[MAX_STATICS];
static u32 static_ids[MAX_STATICS];

u32 ktr__next_id(void)
{
	return __atomic_add_fetch(&last_id, 1, __ATOMIC_RELAXED);
}

static u32 static_id(const void *p)
{
	const void *at;
	u32 i, id;

	for (i = 0; i < MAX_STATICS; i++) {
		at = KTR_NULL;
		if (!__atomic_compare_exchange_n(&statics[i], &at, p, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) &&
		    at != p)
			continue;
		id = 0;
		if (!__atomic_load_n(&static_ids[i], __ATOMIC_ACQUIRE))
			__atomic_compare_exchange_n(&static_ids[i], &id, ktr__next_id(), false, __ATOMIC_ACQ_REL,
						    __ATOMIC_ACQUIRE);
		return __atomic_load_n(&static_ids[i], __ATOMIC_ACQUIRE);
	}
	return 0;
}

u32 ktr__val_id(const struct ktr_val *v)
{
	switch (v->type) {
	case KTR_TABLE:
		return v->t->id;
	case KTR_FUNC:
		if (ktr__is_counted(v))
			return (u32)*(const u64 *)&v->f->up[v->f->n_up];
		return static_id(v->f);
	default:
		return static_id(v->l);
	}
}

void ktr__forget_ids(void)
{
	last_id = 0;
	memset(statics, 0, sizeof(statics));
	memset(static_ids, 0, sizeof(static_ids));
}

/* ---- whole values ------------------------------------------------------------------------------------------- */

/* In a key there is one bare line per frame, as stringof() gives them; else the form with a heading. */
static void put_stack(struct ktr_buf *b, const char *addrs, u32 len, bool in_key)
{
	u64 addr;
	u32 at;

	if (!in_key)
		ktr__put_str(b, "<stack trace>\n");
	for (at = 0; at + 8 <= len; at += 8) {
		__builtin_memcpy(&addr, addrs + at, 8);
		if (!in_key)
			ktr__put_str(b, " => ");
		ktr__put_symbol(b, addr, true);
		ktr__put_char(b, '\n', 1);
	}
}

static void put_object(struct ktr_buf *b, const char *what, u32 id)
{
	ktr__put_str(b, what);
	ktr__put_hex(b, id);
}

void ktr__put_elem(struct ktr_buf *b, const struct ktr_elem *e, bool in_key)
{
	switch (e->type) {
	case KTR_NIL:
		ktr__put_str(b, "nil");
		break;
	case KTR_BOOL:
		ktr__put_str(b, e->i ? "true" : "false");
		break;
	case KTR_INT:
		ktr__put_s64(b, e->i);
		break;
	case KTR_STR:
		ktr__put(b, e->bytes, e->len);
		break;
	case KTR_KIP:
		ktr__put_symbol(b, (u64)e->i, false);
		break;
	case KTR_STACK:
		put_stack(b, e->bytes, e->len, in_key);
		break;
	case KTR_TABLE:
		put_object(b, "table 0x", (u32)e->i);
		break;
	case KTR_FUNC:
		put_object(b, "function 0x", (u32)e->i);
		break;
	case KTR_LIB:
		put_object(b, "cfunction 0x", (u32)e->i);
		break;
	default:
		ktr__put_str(b, "?");
		break;
	}
}

static void put_tuple(struct ktr_buf *b, const struct ktr_str *s, bool in_key)
{
	struct ktr_elem e;
	u32 pos = 0;

	while (ktr__tuple_next(s, &pos, &e)) {
		if (e.bytes != s->s + 8)
			ktr__put(b, ", ", 2);
		ktr__put_elem(b, &e, in_key);
	}
}

void ktr__put_val(struct ktr_buf *b, const struct ktr_val *v, bool in_key)
{
	struct ktr_elem e = { v->type, 0, 0, KTR_NULL };

	if (v->type == KTR_TUPLE) {
		put_tuple(b, v->s, in_key);
		return;
	}
	if (v->type == KTR_HIST || v->type == KTR_STATS) {
		ktr__put_agg(b, ktr__agg_of(v), KTR_UNIT_NONE);
		return;
	}
	if (ktr__has_bytes(v->type)) {
		e.len = v->s->len;
		e.bytes = v->s->s;
	} else {
		e.i = v->type >= KTR_TABLE && v->type <= KTR_LIB ? (s64)ktr__val_id(v) : v->i;
	}
	ktr__put_elem(b, &e, in_key);
}

/* ---- conversions -------------------------------------------------------------------------------------------- */

void ktr__put_fmt_s64(struct ktr_buf *b, struct ktr_fmt f, s64 v)
{
	if (f.conv == 'p')
		ktr__put_symbol(b, (u64)v, false);
	else
		ktr__put_number(b, f, v);
}

void ktr__put_fmt_val(struct ktr_buf *b, struct ktr_fmt f, const struct ktr_val *v)
{
	u32 start = b->len;

	ktr__put_val(b, v, false);
	ktr__fit(b, f, start);
}
