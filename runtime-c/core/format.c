// SPDX-License-Identifier: GPL-2.0
/* Formats of printf(): their pieces, and the text of outputs that were written as arguments only. */
#include "format.h"

#include "internal.h"
#include "ktr_wire.h"

/* ---- pieces of a format ------------------------------------------------------------------------------------- */

static u8 flag_of(char ch)
{
	switch (ch) {
	case '-':
		return KTR_FMT_LEFT;
	case '+':
		return KTR_FMT_PLUS;
	case ' ':
		return KTR_FMT_SPACE;
	case '#':
		return KTR_FMT_ALT;
	case '0':
		return KTR_FMT_ZERO;
	default:
		return 0;
	}
}

/* At most two digits; none leave *n alone. Returns what follows, NULL: too many. */
static const char *two_digits(const char *p, const char *end, u8 *n)
{
	const char *start = p;
	u32 v = 0;

	for (; p < end && *p >= '0' && *p <= '9'; p++) {
		if (p - start == 2)
			return KTR_NULL;
		v = v * 10 + (u32)(*p - '0');
	}
	if (p > start)
		*n = (u8)v;
	return p;
}

/* What stands between % and behind the conversion character. */
static enum ktr_piece_kind parse_conv(const char **at, const char *end, struct ktr_fmt *f)
{
	const char *p = *at;

	f->flags = 0;
	f->width = KTR_FMT_NONE;
	f->prec = KTR_FMT_NONE;
	for (; p < end && flag_of(*p); p++)
		f->flags |= flag_of(*p);
	if (p - *at > 5)
		return KTR_PIECE_BAD_FLAGS;
	p = two_digits(p, end, &f->width);
	if (p && p < end && *p == '.') {
		f->prec = 0;
		p = two_digits(p + 1, end, &f->prec);
	}
	if (!p)
		return KTR_PIECE_BAD_DIGITS;
	if (p == end)
		return KTR_PIECE_BAD_END;
	f->conv = *p;
	*at = p + 1;
	return KTR_PIECE_CONV;
}

enum ktr_piece_kind ktr__next_piece(const char **at, const char *end, struct ktr_piece *piece)
{
	const char *p = *at;

	if (p == end)
		return KTR_PIECE_END;
	piece->bytes = p;
	while (p < end && *p != '%')
		p++;
	piece->len = (u32)(p - *at);
	*at = p;
	if (piece->len)
		return KTR_PIECE_BYTES;
	*at = p + 1;
	if (end - p > 1 && p[1] == '%') {
		piece->len = 1;
		*at = p + 2;
		return KTR_PIECE_BYTES;
	}
	return parse_conv(at, end, &piece->conv);
}

/* ---- text of a record --------------------------------------------------------------------------------------- */

/* What is left of a payload. */
struct args {
	const char *p;
	u32 left;
	u32 tags;
};

/* The next n bytes with what pads them; NULL: there are not so many. */
static const char *take(struct args *a, u32 n)
{
	const char *p = a->p;
	u32 padded = (n + 7) & ~7u;

	if (n > a->left || padded > a->left)
		return KTR_NULL;
	a->p += padded;
	a->left -= padded;
	return p;
}

static const char *take_text(struct args *a, u32 *n)
{
	const char *p = a->left >= 8 ? a->p : KTR_NULL;

	if (!p)
		return KTR_NULL;
	__builtin_memcpy(n, p, sizeof(*n));
	if (*n > a->left - sizeof(*n) || !take(a, *n + (u32)sizeof(*n)))
		return KTR_NULL;
	return p + sizeof(*n);
}

static bool put_number(struct ktr_buf *b, struct ktr_fmt f, struct args *a)
{
	const char *p = take(a, 8);
	s64 v;

	if (!p)
		return false;
	__builtin_memcpy(&v, p, 8);
	if (f.conv == 's')
		ktr__put_s64(b, v);
	else
		ktr__put_number(b, f, v);
	return true;
}

static bool put_text(struct ktr_buf *b, struct args *a, u32 tag)
{
	const char *p = KTR_NULL;
	u32 n = 0;

	if (tag == KTR_ARG_TEXT) {
		p = take_text(a, &n);
	} else if (tag == KTR_ARG_COMM) {
		p = take(a, KTR_ARG_COMM_BYTES);
		while (p && n < KTR_ARG_COMM_BYTES && p[n])
			n++;
	}
	if (p)
		ktr__put(b, p, n);
	return p;
}

/* One argument; false: it is not what its conversion wants, or is not there. */
static bool put_arg(struct ktr_buf *b, struct ktr_fmt f, struct args *a)
{
	u32 tag = a->tags & 15, start = b->len;

	a->tags >>= 4;
	if (tag == KTR_ARG_INT) {
		if (!put_number(b, f, a))
			return false;
	} else if (f.conv != 's' && !(f.conv == 'p' && tag == KTR_ARG_TEXT)) {
		return false;
	} else if (tag == KTR_ARG_NIL) {
		ktr__put(b, "nil", 3);
	} else if (tag == KTR_ARG_FALSE || tag == KTR_ARG_TRUE) {
		ktr__put_str(b, tag == KTR_ARG_TRUE ? "true" : "false");
	} else if (!put_text(b, a, tag)) {
		return false;
	}
	if (f.conv == 's')
		ktr__fit(b, f, start);
	return true;
}

int ktr_format_text(char *buf, const char *text, unsigned int len, const void *payload, unsigned int size)
{
	struct ktr_buf b = { buf, 0, KTR_FORMAT_TEXT_MAX, 0 };
	const char *end = text + len;
	enum ktr_piece_kind kind;
	struct ktr_rec_format head;
	struct ktr_piece piece;
	struct args a;

	if (size < sizeof(head))
		return -1;
	__builtin_memcpy(&head, payload, sizeof(head));
	a = (struct args){ (const char *)payload + sizeof(head), size - (u32)sizeof(head), head.tags };
	while ((kind = ktr__next_piece(&text, end, &piece))) {
		if (kind == KTR_PIECE_BYTES)
			ktr__put(&b, piece.bytes, piece.len);
		else if (kind != KTR_PIECE_CONV || !put_arg(&b, piece.conv, &a))
			return -1;
	}
	return (int)b.len;
}
