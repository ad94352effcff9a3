// SPDX-License-Identifier: GPL-2.0
/* Strings: hashes, making, joining, matching, and numbers as text. */
#include "internal.h"

#define STR_CAP 8000u		/* an owned string has to fit into one block */

unsigned int ktr_str_max = 4096;

u32 ktr__str_limit(void)
{
	return ktr_str_max < STR_CAP ? ktr_str_max : STR_CAP;
}

/* ---- hashes ------------------------------------------------------------------------------------------------- */

/* The last n < 8 bytes as a little-endian word, zeros above them. */
static u64 last_word(const char *s, u32 n)
{
	u64 w = 0;
	u32 i;

	for (i = n; i--;)
		w = w << 8 | (u8)s[i];
	return w;
}

static inline u64 little_endian(u64 w)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return __builtin_bswap64(w);
#else
	return w;
#endif
}

u32 ktr_hash_bytes(const void *p, u32 len)
{
	const char *s = p, *end = s + (len & ~7u);
	u32 rest = len & 7;
	u64 h = len;

	for (; s < end; s += 8)
		h = ktr__hash_step(h, little_endian(ktr__load(s, 8)));
	if (rest) {
		/* where there is a word before it, the rest comes with one load */
		if (len > 8)
			h = ktr__hash_step(h, little_endian(ktr__load(s + rest - 8, 8)) >> (64 - 8 * rest));
		else
			h = ktr__hash_step(h, last_word(s, rest));
	}
	return ktr__hash_end(h);
}

u32 ktr__hash_slow(const struct ktr_val *v)
{
	u32 hash;

	if (!ktr__has_bytes(v->type))
		return ktr__hash_int(v->i, v->type);
	hash = v->s->hash ? v->s->hash : ktr_hash_bytes(v->s->s, v->s->len);
	if (!(v->flags & KTR_VF_CONST))
		((struct ktr_str *)v->s)->hash = hash;
	return hash;
}

/* ---- making ------------------------------------------------------------------------------------------------- */

char *ktr_str_alloc(struct ktr_ctx *c, struct ktr_val *out, u32 len)
{
	struct ktr_str *s;

	if (ktr__room(c, ktr__str_bytes(len)))
		return KTR_NULL;
	s = ktr__take_str(c, len);
	out->type = KTR_STR;
	out->flags = 0;
	out->s = s;
	return s->s;
}

void ktr_str_cut(struct ktr_val *out, u32 len)
{
	struct ktr_str *s = (struct ktr_str *)out->s;

	s->len = len;
	s->hash = 0;
	s->s[len] = 0;
}

int ktr_str_new(struct ktr_ctx *c, struct ktr_val *out, const char *s, u32 len)
{
	char *p;

	if (len > ktr__str_limit()) {
		len = ktr__str_limit();
		ktr_count(KTR_STAT_STR_TRUNC);
	}
	p = ktr_str_alloc(c, out, len);
	if (!p)
		return KTR_ERR;
	memcpy(p, s, len);
	return 0;
}

/* ---- numbers ------------------------------------------------------------------------------------------------ */

static bool is_blank(char ch)
{
	return ch == ' ' || (ch >= '\t' && ch <= '\r');
}

static u32 digit_of(char ch)
{
	if (ch >= '0' && ch <= '9')
		return (u32)(ch - '0');
	ch |= 0x20;
	return ch >= 'a' && ch <= 'z' ? (u32)(ch - 'a') + 10 : 99;
}

bool ktr__parse_int(const char *s, u32 len, u32 base, s64 *out)
{
	const char *end = s + len;
	bool neg = false;
	u64 v = 0;

	while (s < end && is_blank(*s))
		s++;
	while (end > s && is_blank(end[-1]))
		end--;
	if (s < end && (*s == '-' || *s == '+'))
		neg = *s++ == '-';
	if ((!base || base == 16) && end - s > 2 && s[0] == '0' && (s[1] | 0x20) == 'x') {
		base = 16;
		s += 2;
	}
	if (!base)
		base = 10;
	if (s == end)
		return false;
	for (; s < end; s++) {
		if (digit_of(*s) >= base)
			return false;
		v = v > (~0ull - digit_of(*s)) / base ? ~0ull : v * base + digit_of(*s);
	}
	*out = (s64)(neg ? 0 - v : v);
	return true;
}

bool ktr__parse_literal(const char *s, u32 len, s64 *out)
{
	bool neg = len && *s == '-';

	s += neg;
	len -= neg;
	if (!len || digit_of(*s) > 9 || !ktr__parse_int(s, len, len > 1 && *s == '0' && (s[1] | 0x20) != 'x' ? 8 : 0, out))
		return false;
	if (neg)
		*out = (s64)(0 - (u64)*out);
	return true;
}

/* ---- joining ------------------------------------------------------------------------------------------------ */

static u32 joined_len(const struct ktr_val *v)
{
	char t[24];

	return v->type == KTR_STR ? v->s->len : ktr__itoa(t, v->i);
}

int ktr_concat(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *v, u32 n)
{
	struct ktr_buf b;
	u64 len = 0;
	u32 i;

	for (i = 0; i < n; i++) {
		if (v[i].type != KTR_STR && v[i].type != KTR_INT)
			return ktr_fail(c, "cannot concat non-string");
		len += joined_len(&v[i]);
	}
	if (len > ktr__str_limit()) {
		len = ktr__str_limit();
		ktr_count(KTR_STAT_STR_TRUNC);
	}
	/* the parts may move here, so they are read after it */
	if (ktr__room(c, ktr__str_bytes((u32)len)))
		return KTR_ERR;
	b.p = ktr__ictx(c)->scratch + sizeof(struct ktr_str);
	b.len = 0;
	b.max = (u32)len;
	b.cut = 0;
	for (i = 0; i < n; i++) {
		if (v[i].type == KTR_STR)
			ktr__put(&b, v[i].s->s, v[i].s->len);
		else
			ktr__put_s64(&b, v[i].i);
	}
	out->s = ktr__take_str(c, (u32)len);
	out->type = KTR_STR;
	out->flags = 0;
	return 0;
}

/* ---- matching ----------------------------------------------------------------------------------------------- */

/* Matches ch against the set that starts behind '['; *p moves behind ']'. Negative: malformed. */
static int match_set(const char **p, const char *end, char ch)
{
	const char *s = *p;
	bool neg = s < end && *s == '!', hit = false, first = true;
	u8 lo, hi;

	if (neg)
		s++;
	for (; s < end && (first || *s != ']'); first = false) {
		if (*s == '\\' && end - s > 1)
			s++;
		lo = hi = (u8)*s++;
		if (end - s > 1 && s[0] == '-' && s[1] != ']') {
			hi = (u8)s[1];
			s += 2;
		}
		hit |= (u8)ch >= lo && (u8)ch <= hi;
	}
	if (s >= end)
		return -1;
	*p = s + 1;
	return hit != neg;
}

/* One pattern element other than * against one character: 1, 0, or negative when malformed. *p moves on. */
static int match_one(const char **p, const char *end, char ch)
{
	char pc = *(*p)++;

	if (pc == '?')
		return 1;
	if (pc == '[')
		return match_set(p, end, ch);
	if (pc == '\\') {
		if (*p == end)
			return -1;
		pc = *(*p)++;
	}
	return pc == ch;
}

bool ktr_glob_match(const char *pattern, u32 np, const char *s, u32 ns)
{
	const char *p = pattern, *pe = pattern + np, *se = s + ns;
	const char *star = KTR_NULL, *star_s = s;
	int m;

	for (;;) {
		if (p < pe && *p == '*') {
			star = ++p;
			star_s = s;
			continue;
		}
		if (s == se)
			return p == pe;
		m = p < pe ? match_one(&p, pe, *s) : 0;
		if (m < 0)
			return false;
		if (m) {
			s++;
			continue;
		}
		if (!star)
			return false;
		p = star;
		s = ++star_s;
	}
}

int ktr_glob(struct ktr_ctx *c, bool *out, const struct ktr_val *s, const struct ktr_val *pattern)
{
	if (s->type != KTR_STR || pattern->type != KTR_STR)
		return ktr_fail(c, "glob match with non-string");
	*out = ktr_glob_match(pattern->s->s, pattern->s->len, s->s->s, s->s->len);
	return 0;
}
