// SPDX-License-Identifier: GPL-2.0
/* The output of one print or printf: collected in the context, committed as one record. */
#include "internal.h"
#include "ktr_wire.h"

static const char cut_mark[] = " ...[cut]\n";

/* The buffer has KTR_OUT_HEADROOM bytes before and room for the mark behind the payload; see ktr_ctx_bytes(). */
struct ktr_buf ktr__out_buf(struct ktr_ctx *c)
{
	struct ktr_ictx *x = ktr__ictx(c);
	struct ktr_buf b = { x->out + KTR_OUT_HEADROOM, x->out_len, x->out_max, x->out_cut };

	return b;
}

void ktr__out_done(struct ktr_ctx *c, const struct ktr_buf *b)
{
	ktr__ictx(c)->out_len = b->len;
	ktr__ictx(c)->out_cut = b->cut;
}

void ktr_out_begin(struct ktr_ctx *c)
{
	ktr__ictx(c)->out_len = 0;
	ktr__ictx(c)->out_cut = 0;
}

void ktr_out_bytes(struct ktr_ctx *c, const char *s, u32 n)
{
	struct ktr_ictx *x = ktr__ictx(c);

	if (ktr_unlikely(n > x->out_max - x->out_len)) {
		n = x->out_max - x->out_len;
		x->out_cut = 1;
	}
	memcpy(x->out + KTR_OUT_HEADROOM + x->out_len, s, n);
	x->out_len += n;
}

void ktr_out_s64(struct ktr_ctx *c, s64 v)
{
	char t[24];

	ktr_out_bytes(c, t, ktr__itoa(t, v));
}

void ktr_out_val(struct ktr_ctx *c, const struct ktr_val *v)
{
	struct ktr_buf b;

	if (ktr_likely(v->type == KTR_STR)) {
		ktr_out_bytes(c, v->s->s, v->s->len);
		return;
	}
	b = ktr__out_buf(c);
	ktr__put_val(&b, v, false);
	ktr__out_done(c, &b);
}

void ktr_out_format_s64(struct ktr_ctx *c, struct ktr_fmt f, s64 v)
{
	struct ktr_buf b = ktr__out_buf(c);

	ktr__put_fmt_s64(&b, f, v);
	ktr__out_done(c, &b);
}

int ktr_out_format(struct ktr_ctx *c, struct ktr_fmt f, const struct ktr_val *v, u32 argno)
{
	struct ktr_buf b;

	switch (f.conv) {
	case 's':
		b = ktr__out_buf(c);
		ktr__put_fmt_val(&b, f, v);
		ktr__out_done(c, &b);
		return 0;
	case 'p':
		if (v->type == KTR_KIP) {
			ktr_out_format_s64(c, f, v->i);
			return 0;
		}
		__attribute__((__fallthrough__));
	case 'd':
	case 'i':
	case 'u':
	case 'o':
	case 'x':
	case 'X':
	case 'c':
		if (v->type != KTR_INT)
			return ktr__wrong_type(c, argno);
		ktr_out_format_s64(c, f, v->i);
		return 0;
	default:
		return ktr_fail(c, "invalid option '%%%c' to 'format'", f.conv);
	}
}

/* Commits the payload, in several records when it is longer than one can be. */
static void commit(struct ktr_ctx *c, u16 flags)
{
	struct ktr_ictx *x = ktr__ictx(c);
	u32 at = 0, n;

	while (x->out_len - at > KTR_REC_MAX_PAYLOAD) {
		/* the headroom of all but the first lies in payload that is committed already */
		ktr_port_emit(c, KTR_REC_TEXT, flags | KTR_RF_MORE, x->out + at, KTR_REC_MAX_PAYLOAD);
		at += KTR_REC_MAX_PAYLOAD;
	}
	n = x->out_len - at;
	if (n)
		ktr_port_emit(c, KTR_REC_TEXT, flags, x->out + at, n);
}

static void finish(struct ktr_ctx *c, u16 flags)
{
	struct ktr_ictx *x = ktr__ictx(c);

	if (ktr_unlikely(x->out_cut)) {
		memcpy(x->out + KTR_OUT_HEADROOM + x->out_len, cut_mark, sizeof(cut_mark) - 1);
		x->out_len += sizeof(cut_mark) - 1;
		ktr_count(KTR_STAT_OUT_TRUNC);
	}
	commit(c, flags);
}

void ktr_out_end(struct ktr_ctx *c)
{
	finish(c, 0);
}

void ktr__out_commit(struct ktr_ctx *c, u16 flags)
{
	commit(c, flags);
	ktr_out_begin(c);
}

void ktr__out_flush(struct ktr_ctx *c)
{
	ktr__out_commit(c, 0);
}

int ktr_print_argstr(struct ktr_ctx *c)
{
	struct ktr_ictx *x = ktr__ictx(c);
	char *p = x->out + KTR_OUT_HEADROOM;
	u32 n;

	if (!c->ev)
		return ktr_fail(c, "invalid event context");
	ktr_out_begin(c);
	n = ktr_port_argstr(c, p, x->out_max);
	if (n > x->out_max)
		n = x->out_max;
	if (!n || p[n - 1] != '\n') {
		x->out_cut = n == x->out_max;
		n += !x->out_cut;
		if (!x->out_cut)
			p[n - 1] = '\n';
	}
	x->out_len = n;
	finish(c, KTR_RF_EVENT);
	return 0;
}
