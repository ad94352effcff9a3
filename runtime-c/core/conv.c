// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers and bytes as text, in bounded buffers. Readers of output use this file too, so that text made late is the same:
 * nothing in it needs a home.
 */
#include "internal.h"

/* ---- pieces ------------------------------------------------------------------------------------------------- */

u32 ktr__utoa(char *buf, u64 v)
{
	char t[20];
	u32 n = 0, i;

	do {
		t[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	for (i = 0; i < n; i++)
		buf[i] = t[n - 1 - i];
	return n;
}

u32 ktr__itoa(char *buf, s64 v)
{
	if (v >= 0)
		return ktr__utoa(buf, (u64)v);
	buf[0] = '-';
	return 1 + ktr__utoa(buf + 1, 0 - (u64)v);
}

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

static void put_integer(struct ktr_buf *b, struct ktr_fmt f, s64 v)
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

void ktr__fit(struct ktr_buf *b, struct ktr_fmt f, u32 start)
{
	if (f.prec != KTR_FMT_NONE && b->len - start > f.prec)
		b->len = start + f.prec;
	pad(b, f, start);
}

void ktr__put_number(struct ktr_buf *b, struct ktr_fmt f, s64 v)
{
	u32 start = b->len;

	if (f.conv == 'c') {
		ktr__put_char(b, (char)v, 1);
		pad(b, f, start);
	} else {
		put_integer(b, f, v);
	}
}
