// SPDX-License-Identifier: GPL-2.0
/* Output that is written as arguments only; format.c makes the text. */
#include "internal.h"
#include "ktr_wire.h"

#define KTR_SYMBOL_MAX 256u	/* room that the text of one value gets when there is no length to go by */

/* A record under construction in the context's output buffer. */
struct record {
	char *p;		/* payload */
	u32 at;			/* bytes of it */
	u32 room;
	u32 tags;
	u32 text;		/* bytes of strings among the arguments */
};

/* The text of a format right now, for what a record cannot hold. */
static int print_now(struct ktr_ctx *c, const struct ktr_line_format *f, const struct ktr_val *v)
{
	const char *p = f->text, *end = p + f->len;
	enum ktr_piece_kind kind;
	struct ktr_piece piece;
	u32 n = 0;

	ktr_out_begin(c);
	while ((kind = ktr__next_piece(&p, end, &piece))) {
		if (kind == KTR_PIECE_BYTES)
			ktr_out_bytes(c, piece.bytes, piece.len);
		else if (ktr_out_format(c, piece.conv, &v[n], n + 2))
			return KTR_ERR;
		else
			n++;
	}
	ktr_out_end(c);
	return 0;
}

/* Room for an argument; what pads its last word is zero. NULL: it does not fit. */
static char *arg_room(struct record *r, u32 n, u32 tag, u32 i)
{
	u32 padded = (n + 7) & ~7u;
	char *p = r->p + r->at;

	if (ktr_unlikely(padded > r->room - r->at))
		return KTR_NULL;
	if (padded != n)
		memset(p + padded - 8, 0, 8);
	r->at += padded;
	r->tags |= tag << 4 * i;
	return p;
}

static bool put_bytes(struct record *r, const char *s, u32 n, u32 i)
{
	char *p = n < r->room ? arg_room(r, n + (u32)sizeof(n), KTR_ARG_TEXT, i) : KTR_NULL;

	if (!p)
		return false;
	__builtin_memcpy(p, &n, sizeof(n));
	memcpy(p + sizeof(n), s, n);
	r->text += n;
	return true;
}

/* Symbols, stacks, tables and so on: their text is made here, where what it needs is known. */
static bool put_as_text(struct record *r, const struct ktr_val *v, bool symbol, u32 i)
{
	struct ktr_buf b = { r->p + r->at + sizeof(u32), 0, 0, 0 };
	u32 n;

	if (r->room - r->at < KTR_SYMBOL_MAX)
		return false;
	b.max = r->room - r->at - 8;
	if (symbol)
		ktr__put_symbol(&b, (u64)v->i, false);
	else
		ktr__put_val(&b, v, false);
	if (b.cut)
		return false;
	n = b.len;
	memset(b.p + n, 0, (0 - (n + sizeof(n))) & 7);
	__builtin_memcpy(r->p + r->at, &n, sizeof(n));
	r->at += (n + (u32)sizeof(n) + 7) & ~7u;
	r->tags |= KTR_ARG_TEXT << 4 * i;
	r->text += n;
	return true;
}

/* An argument of %s that is no number. */
static bool put_other(struct record *r, const struct ktr_val *v, u32 i)
{
	switch (v->type) {
	case KTR_STR:
		return put_bytes(r, v->s->s, v->s->len, i);
	case KTR_NIL:
		return true;	/* KTR_ARG_NIL is 0 */
	case KTR_BOOL:
		r->tags |= (u32)(v->i ? KTR_ARG_TRUE : KTR_ARG_FALSE) << 4 * i;
		return true;
	default:
		return put_as_text(r, v, false, i);
	}
}

int ktr_print_values(struct ktr_ctx *c, u32 format, const struct ktr_val *v)
{
	const struct ktr_line_format *f = &ktg_script.formats[format];
	struct ktr_ictx *x = ktr__ictx(c);
	struct record r = { x->out + KTR_OUT_HEADROOM, sizeof(struct ktr_rec_format), x->out_max, 0, 0 };
	struct ktr_rec_format head;
	bool fits;
	u32 i;

	if (r.room > KTR_REC_MAX_PAYLOAD)
		r.room = KTR_REC_MAX_PAYLOAD;
	r.room &= ~7u;
	for (i = 0; i < f->n_args; i++) {
		char conv = f->convs[i], *p;

		if (ktr_likely(v[i].type == KTR_INT && conv != 'p')) {
			p = arg_room(&r, 8, KTR_ARG_INT, i);
			fits = p;
			if (p)
				__builtin_memcpy(p, &v[i].i, 8);
		} else if (conv == 's') {
			fits = put_other(&r, &v[i], i);
		} else if (conv == 'p' && (v[i].type == KTR_INT || v[i].type == KTR_KIP)) {
			fits = put_as_text(&r, &v[i], true, i);
		} else {
			return ktr__wrong_type(c, i + 2);
		}
		if (ktr_unlikely(!fits))
			return print_now(c, f, v);
	}
	if (ktr_unlikely(f->bound + r.text > KTR_FORMAT_TEXT_MAX))
		return print_now(c, f, v);
	head = (struct ktr_rec_format){ format, r.tags };
	__builtin_memcpy(r.p, &head, sizeof(head));
	ktr_port_emit(c, KTR_REC_FORMAT, 0, x->out, r.at);
	return 0;
}
