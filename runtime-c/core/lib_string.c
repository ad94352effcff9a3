// SPDX-License-Identifier: GPL-2.0
/*
 * Library: string.*. Strings are bytes, NULs included. Making a string may move the others, so arguments are read again after
 * it. Everything is linear in the length of its arguments.
 */
#include "table.h"

/* ---- arguments and results ---------------------------------------------------------------------------------- */

static int opt_int(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, u32 n, s64 *out)
{
	return nargs >= n && args[n - 1].type != KTR_NIL ? ktr_lib_int(c, args, nargs, n, out) : 0;
}

static int ret_bool(struct ktr_ctx *c, bool b, struct ktr_val *ret, int want)
{
	struct ktr_val v;

	ktr_set_bool(&v, b);
	return ktr_lib_return(c, &v, 1, ret, want);
}

/* The n bytes of args[0] from `from` on (from 0). */
static int ret_part(struct ktr_ctx *c, const struct ktr_val *args, u32 from, u32 n, struct ktr_val *ret, int want)
{
	struct ktr_val v;
	char *p;

	if (n == args[0].s->len)
		return ktr_lib_return(c, args, 1, ret, want);
	p = ktr_str_alloc(c, &v, n);
	if (!p)
		return KTR_ERR;
	memcpy(p, args[0].s->s + from, n);
	return ktr_lib_return(c, &v, 1, ret, want);
}

/* Room for a text of n bytes, cut at the limit (counted); *n becomes what there is. */
static char *make(struct ktr_ctx *c, struct ktr_val *out, u64 *n)
{
	if (*n > ktr__str_limit()) {
		*n = ktr__str_limit();
		ktr_count(KTR_STAT_STR_TRUNC);
	}
	return ktr_str_alloc(c, out, (u32)*n);
}

/* Positions i to j (from 1, negative ones from the end) of a text of len bytes become an offset and a length. */
static void range(u32 len, s64 i, s64 j, u32 *from, u32 *n)
{
	if (i < 0)
		i = i < -(s64)len ? 1 : (s64)len + i + 1;
	if (i < 1)
		i = 1;
	if (j < 0)
		j = j < -(s64)len ? 0 : (s64)len + j + 1;
	if (j > (s64)len)
		j = len;
	*from = i > j ? 0 : (u32)(i - 1);
	*n = i > j ? 0 : (u32)(j - i + 1);
}

/* ---- parts -------------------------------------------------------------------------------------------------- */

int ktr_lib_string_len(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *s;

	if (ktr_lib_str(c, args, nargs, 1, &s))
		return KTR_ERR;
	return ktr__ret_int(c, s->len, ret, want);
}

int ktr_lib_string_sub(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *s;
	s64 i, j = -1;
	u32 from, n;

	if (ktr_lib_str(c, args, nargs, 1, &s) || ktr_lib_int(c, args, nargs, 2, &i) || opt_int(c, args, nargs, 3, &j))
		return KTR_ERR;
	range(s->len, i, j, &from, &n);
	return ret_part(c, args, from, n, ret, want);
}

int ktr_lib_string_byte(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	struct ktr_val v = { .type = KTR_NIL };
	const struct ktr_str *s;
	s64 i = 1;
	u32 from, n;

	if (ktr_lib_str(c, args, nargs, 1, &s) || opt_int(c, args, nargs, 2, &i))
		return KTR_ERR;
	range(s->len, i, i, &from, &n);
	/* outside of the text there is none, where a range would begin at its start */
	if (n && (i > 0 || -i <= (s64)s->len))
		ktr_set_int(&v, (u8)s->s[from]);
	return ktr_lib_return(c, &v, 1, ret, want);
}

int ktr_lib_string_char(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	struct ktr_val v;
	u64 n = nargs;
	char *p;
	s64 b;
	u32 i;

	for (i = 0; i < nargs; i++) {
		if (ktr_lib_int(c, args, nargs, i + 1, &b))
			return KTR_ERR;
		if (b < 0 || b > 255)
			return ktr_fail(c, "argument %u is no byte: %d", i + 1, b);
	}
	p = make(c, &v, &n);
	if (!p)
		return KTR_ERR;
	for (i = 0; i < n; i++)
		p[i] = (char)args[i].i;
	return ktr_lib_return(c, &v, 1, ret, want);
}

static bool is_blank(char ch)
{
	return ch == ' ' || (ch >= '\t' && ch <= '\r');
}

int ktr_lib_string_trim(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *s;
	u32 from = 0, end;

	if (ktr_lib_str(c, args, nargs, 1, &s))
		return KTR_ERR;
	for (end = s->len; end && is_blank(s->s[end - 1]); end--)
		;
	while (from < end && is_blank(s->s[from]))
		from++;
	return ret_part(c, args, from, end - from, ret, want);
}

/* What stands behind the last slash; slashes at the end do not count. */
int ktr_lib_string_basename(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *s;
	u32 from, end;

	if (ktr_lib_str(c, args, nargs, 1, &s))
		return KTR_ERR;
	for (end = s->len; end > 1 && s->s[end - 1] == '/'; end--)
		;
	for (from = end; from && s->s[from - 1] != '/'; from--)
		;
	/* the root is its own name */
	if (from == end && end)
		from--;
	return ret_part(c, args, from, end - from, ret, want);
}

/* ---- changed copies ----------------------------------------------------------------------------------------- */

static int change_case(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, char first, struct ktr_val *ret, int want)
{
	const struct ktr_str *s;
	struct ktr_val v;
	char *p;
	u32 i, n;

	if (ktr_lib_str(c, args, nargs, 1, &s))
		return KTR_ERR;
	n = s->len;
	p = ktr_str_alloc(c, &v, n);
	if (!p)
		return KTR_ERR;
	for (s = args[0].s, i = 0; i < n; i++)
		p[i] = (u8)(s->s[i] - first) < 26 ? s->s[i] ^ 0x20 : s->s[i];
	return ktr_lib_return(c, &v, 1, ret, want);
}

int ktr_lib_string_upper(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return change_case(c, args, nargs, 'a', ret, want);
}

int ktr_lib_string_lower(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return change_case(c, args, nargs, 'A', ret, want);
}

/* The length of n copies with n - 1 separators, without overflow: more than any limit is enough. */
static u64 rep_len(u64 len, u64 sep, u64 n)
{
	if (!n || !(len + sep))
		return 0;
	if (n > 1u << 20)
		n = 1u << 20;
	return n * (len + sep) - sep;
}

int ktr_lib_string_rep(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	bool has_sep = nargs > 2 && args[2].type != KTR_NIL;
	const struct ktr_str *s, *sep = KTR_NULL;
	struct ktr_val v;
	u64 bytes;
	u32 at, k;
	char *p;
	s64 n;

	if (ktr_lib_str(c, args, nargs, 1, &s) || ktr_lib_int(c, args, nargs, 2, &n) ||
	    (has_sep && ktr_lib_str(c, args, nargs, 3, &sep)))
		return KTR_ERR;
	bytes = rep_len(s->len, sep ? sep->len : 0, n < 0 ? 0 : (u64)n);
	p = make(c, &v, &bytes);
	if (!p)
		return KTR_ERR;
	s = args[0].s;
	sep = has_sep ? args[2].s : KTR_NULL;
	for (at = 0; at < bytes;) {
		for (k = 0; k < s->len && at < bytes; k++)
			p[at++] = s->s[k];
		for (k = 0; sep && k < sep->len && at < bytes; k++)
			p[at++] = sep->s[k];
	}
	return ktr_lib_return(c, &v, 1, ret, want);
}

/* The formatter writes to the context's output, where nothing is under construction while arguments are evaluated. */
int ktr_lib_string_format(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *fmt;
	struct ktr_buf b;
	struct ktr_val v;
	u64 n;
	char *p;

	if (ktr_lib_str(c, args, nargs, 1, &fmt))
		return KTR_ERR;
	ktr_out_begin(c);
	if (ktr__format_args(c, args, nargs))
		return KTR_ERR;
	b = ktr__out_buf(c);
	n = b.len;
	if (b.cut && n <= ktr__str_limit())
		ktr_count(KTR_STAT_STR_TRUNC);
	p = make(c, &v, &n);
	if (!p)
		return KTR_ERR;
	memcpy(p, b.p, n);
	ktr_out_begin(c);
	return ktr_lib_return(c, &v, 1, ret, want);
}

/* ---- searching ---------------------------------------------------------------------------------------------- */

#define HASH_MUL 257u

/* The first place of m bytes at what in n bytes at s, n when there is none: rolling sums, so no input makes it slow. */
static u32 find(const char *s, u32 n, const char *what, u32 m)
{
	u32 want = 0, have = 0, top = 1, i;

	if (m > n)
		return n + 1;
	for (i = 0; i < m; i++) {
		want = want * HASH_MUL + (u8)what[i];
		have = have * HASH_MUL + (u8)s[i];
		top *= i ? HASH_MUL : 1;
	}
	for (i = 0;; i++) {
		if (have == want && !memcmp(s + i, what, m))
			return i;
		if (i + m >= n)
			return n + 1;
		have = (have - top * (u8)s[i]) * HASH_MUL + (u8)s[i + m];
	}
}

/* string.find(s, what [, init]) -> first and last position, or nil */
int ktr_lib_string_find(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	struct ktr_val v[2] = { { .type = KTR_NIL }, { .type = KTR_NIL } };
	const struct ktr_str *s, *what;
	s64 init = 1;
	u32 at;

	if (ktr_lib_str(c, args, nargs, 1, &s) || ktr_lib_str(c, args, nargs, 2, &what) ||
	    opt_int(c, args, nargs, 3, &init))
		return KTR_ERR;
	if (init < 0)
		init = init < -(s64)s->len ? 1 : (s64)s->len + init + 1;
	if (init < 1)
		init = 1;
	if (init > (s64)s->len + 1)
		return ktr_lib_return(c, v, 1, ret, want);
	at = (u32)init - 1;
	at += find(s->s + at, s->len - at, what->s, what->len);
	if (at > s->len)
		return ktr_lib_return(c, v, 1, ret, want);
	ktr_set_int(&v[0], at + 1ll);
	ktr_set_int(&v[1], (s64)at + what->len);
	return ktr_lib_return(c, v, 2, ret, want);
}

static int ends(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, bool at_end, struct ktr_val *ret, int want)
{
	const struct ktr_str *s, *part;

	if (ktr_lib_str(c, args, nargs, 1, &s) || ktr_lib_str(c, args, nargs, 2, &part))
		return KTR_ERR;
	return ret_bool(c, part->len <= s->len &&
			   !memcmp(s->s + (at_end ? s->len - part->len : 0), part->s, part->len), ret, want);
}

int ktr_lib_string_starts(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return ends(c, args, nargs, false, ret, want);
}

int ktr_lib_string_ends(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return ends(c, args, nargs, true, ret, want);
}

int ktr_lib_string_glob(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *s, *pattern;

	if (ktr_lib_str(c, args, nargs, 1, &s) || ktr_lib_str(c, args, nargs, 2, &pattern))
		return KTR_ERR;
	return ret_bool(c, ktr_glob_match(pattern->s, pattern->len, s->s, s->len), ret, want);
}

/* ---- splitting ---------------------------------------------------------------------------------------------- */

/* Where the next part lies; *next: where to go on, behind the end when it was the last. sep NULL: runs of blanks. */
static bool next_part(const struct ktr_str *s, const struct ktr_str *sep, u32 at, u32 *from, u32 *n, u32 *next)
{
	u32 end;

	if (sep) {
		if (at > s->len)
			return false;
		end = find(s->s + at, s->len - at, sep->s, sep->len);
		*n = end > s->len - at ? s->len - at : end;
		*from = at;
		*next = at + *n + sep->len;
		return true;
	}
	while (at < s->len && is_blank(s->s[at]))
		at++;
	for (end = at; end < s->len && !is_blank(s->s[end]); end++)
		;
	*from = at;
	*n = end - at;
	*next = end;
	return end > at;
}

/* slots: the table, the part. args are read anew for each part, because storing it may move them. */
static int split(struct ktr_ctx *c, const struct ktr_val *args, bool has_sep, struct ktr_val *slots)
{
	u32 at = 0, from, n;
	s64 i = 0;
	char *p;

	if (ktr_tab_new(c, &slots[0], 0, 0))
		return KTR_ERR;
	while (next_part(args[0].s, has_sep ? args[1].s : KTR_NULL, at, &from, &n, &at)) {
		p = ktr_str_alloc(c, &slots[1], n);
		if (!p)
			return KTR_ERR;
		memcpy(p, args[0].s->s + from, n);
		if (ktr_set_at(c, &slots[0], ++i, &slots[1]))
			return c->rc;
		/* the part is stored: its room is free again */
		ktr__ictx(c)->scratch = (char *)slots[1].s;
		ktr_set_nil(&slots[1]);
	}
	return 0;
}

int ktr_lib_string_split(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	bool has_sep = nargs > 1 && args[1].type != KTR_NIL;
	const struct ktr_str *s;
	struct ktr_val *slots, v;
	int rc;

	if (ktr_lib_str(c, args, nargs, 1, &s) || (has_sep && ktr_lib_str(c, args, nargs, 2, &s)))
		return KTR_ERR;
	if (has_sep && !s->len)
		return ktr_fail(c, "the separator is empty");
	slots = ktr_enter(c, 2);
	if (!slots)
		return c->rc;
	rc = split(c, args, has_sep, slots);
	v = slots[0];
	ktr_leave(c, slots);
	return rc ? rc : ktr_lib_return(c, &v, 1, ret, want);
}
