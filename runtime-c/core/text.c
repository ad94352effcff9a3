// SPDX-License-Identifier: GPL-2.0
/* Values as text, in bounded buffers: what print() shows, and the conversions of printf(). */
#include "agg.h"
#include "table.h"

#define MAX_STATICS 256u

/* ---- pieces ------------------------------------------------------------------------------------------------- */

void ktr__put(struct ktr_buf *b, const char *s, u32 n)
{
	if (ktr_unlikely(n > b->max - b->len)) {
		n = b->max - b->len;
		b->cut = 1;
	}
	memcpy(b->p + b->len, s, n);
	b->len += n;
}

void ktr__put_str(struct ktr_buf *b, const char *s)
{
	ktr__put(b, s, (u32)strlen(s));
}

void ktr__put_char(struct ktr_buf *b, char ch, u32 n)
{
	if (n > b->max - b->len) {
		n = b->max - b->len;
		b->cut = 1;
	}
	memset(b->p + b->len, ch, n);
	b->len += n;
}

void ktr__put_s64(struct ktr_buf *b, s64 v)
{
	char t[24];

	ktr__put(b, t, ktr__itoa(t, v));
}

void ktr__put_hex(struct ktr_buf *b, u64 v)
{
	char t[16];
	u32 n = sizeof(t);

	do {
		t[--n] = "0123456789abcdef"[v & 15];
		v >>= 4;
	} while (v);
	ktr__put(b, t + n, (u32)sizeof(t) - n);
}

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

/* Digits of v, right-aligned at the end of t; their number. */
static u32 digits(char *end, u64 v, u32 base, bool upper)
{
	const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	u32 n = 0;

	for (; v; v /= base)
		end[-1 - (int)n++] = set[v % base];
	return n;
}

static u32 base_of(char conv)
{
	return conv == 'o' ? 8 : conv == 'x' || conv == 'X' ? 16 : 10;
}

/* What stands before the digits; its length. */
static u32 prefix_of(char *t, struct ktr_fmt f, s64 v)
{
	bool is_signed = f.conv == 'd' || f.conv == 'i';

	if (is_signed && (v < 0 || f.flags & (KTR_FMT_PLUS | KTR_FMT_SPACE))) {
		t[0] = v < 0 ? '-' : f.flags & KTR_FMT_PLUS ? '+' : ' ';
		return 1;
	}
	if (f.flags & KTR_FMT_ALT && v && base_of(f.conv) == 16) {
		t[0] = '0';
		t[1] = f.conv;
		return 2;
	}
	return 0;
}

static void put_number(struct ktr_buf *b, struct ktr_fmt f, s64 v)
{
	bool is_signed = f.conv == 'd' || f.conv == 'i';
	u64 mag = is_signed && v < 0 ? 0 - (u64)v : (u64)v;
	u32 width = f.width == KTR_FMT_NONE ? 0 : f.width, n, np, zeros;
	char t[24], pre[2];

	n = digits(t + sizeof(t), mag, base_of(f.conv), f.conv == 'X');
	np = prefix_of(pre, f, v);
	zeros = f.prec == KTR_FMT_NONE ? !n : f.prec > n ? f.prec - n : 0;
	if (f.conv == 'o' && f.flags & KTR_FMT_ALT && !zeros)
		zeros = 1;
	if (f.flags & KTR_FMT_ZERO && !(f.flags & KTR_FMT_LEFT) && f.prec == KTR_FMT_NONE && np + zeros + n < width)
		zeros = width - np - n;
	width = width > np + zeros + n ? width - np - zeros - n : 0;
	if (!(f.flags & KTR_FMT_LEFT))
		ktr__put_char(b, ' ', width);
	ktr__put(b, pre, np);
	ktr__put_char(b, '0', zeros);
	ktr__put(b, t + sizeof(t) - n, n);
	if (f.flags & KTR_FMT_LEFT)
		ktr__put_char(b, ' ', width);
}

/* Pads what stands from `start` on to the width. */
static void pad(struct ktr_buf *b, struct ktr_fmt f, u32 start)
{
	u32 n = b->len - start, room;

	if (f.width == KTR_FMT_NONE || n >= f.width)
		return;
	room = b->max - b->len;
	if (f.flags & KTR_FMT_LEFT || room < f.width - n) {
		ktr__put_char(b, ' ', f.width - n);
		return;
	}
	n = f.width - n;
	memmove(b->p + start + n, b->p + start, b->len - start);
	memset(b->p + start, ' ', n);
	b->len += n;
}

void ktr__put_fmt_s64(struct ktr_buf *b, struct ktr_fmt f, s64 v)
{
	u32 start = b->len;

	if (f.conv == 'c') {
		ktr__put_char(b, (char)v, 1);
		pad(b, f, start);
	} else if (f.conv == 'p') {
		ktr__put_symbol(b, (u64)v, false);
	} else {
		put_number(b, f, v);
	}
}

void ktr__put_fmt_val(struct ktr_buf *b, struct ktr_fmt f, const struct ktr_val *v)
{
	u32 start = b->len;

	ktr__put_val(b, v, false);
	if (f.prec != KTR_FMT_NONE && b->len - start > f.prec)
		b->len = start + f.prec;
	pad(b, f, start);
}
