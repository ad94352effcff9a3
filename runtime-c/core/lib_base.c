// SPDX-License-Identifier: GPL-2.0
/* Library: output, types, tables. */
#include "table.h"

/* ---- arguments and results ---------------------------------------------------------------------------------- */

int ktr__missing(struct ktr_ctx *c, u32 n)
{
	return ktr_fail(c, "bad argument #%u: (no value)", n);
}

int ktr__wrong_type(struct ktr_ctx *c, u32 n)
{
	return ktr_fail(c, "wrong type of argument %u", n);
}

int ktr_lib_int(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, u32 n, s64 *out)
{
	*out = 0;
	if (n > nargs)
		return ktr__missing(c, n);
	if (args[n - 1].type != KTR_INT)
		return ktr__wrong_type(c, n);
	*out = args[n - 1].i;
	return 0;
}

int ktr_lib_str(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, u32 n, const struct ktr_str **out)
{
	if (n > nargs)
		return ktr__missing(c, n);
	if (args[n - 1].type != KTR_STR)
		return ktr__wrong_type(c, n);
	*out = args[n - 1].s;
	return 0;
}

int ktr_lib_func(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, u32 n)
{
	if (n > nargs)
		return ktr__missing(c, n);
	return args[n - 1].type == KTR_FUNC || args[n - 1].type == KTR_LIB ? 0 : ktr__wrong_type(c, n);
}

int ktr__check_table(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, u32 n)
{
	if (n > nargs)
		return ktr__missing(c, n);
	return args[n - 1].type == KTR_TABLE ? 0 : ktr__wrong_type(c, n);
}

int ktr__ret_int(struct ktr_ctx *c, s64 i, struct ktr_val *ret, int want)
{
	struct ktr_val v;

	ktr_set_int(&v, i);
	return ktr_lib_return(c, &v, 1, ret, want);
}

int ktr__ret_text(struct ktr_ctx *c, const char *s, struct ktr_val *ret, int want)
{
	struct ktr_val v;

	if (ktr_str_new(c, &v, s, (u32)strlen(s)))
		return KTR_ERR;
	return ktr_lib_return(c, &v, 1, ret, want);
}

static int ret_nothing(struct ktr_ctx *c, struct ktr_val *ret, int want)
{
	return ktr_lib_return(c, KTR_NULL, 0, ret, want);
}

/* ---- output ------------------------------------------------------------------------------------------------- */

int ktr_lib_print(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	u32 i;

	ktr_out_begin(c);
	for (i = 0; i < nargs; i++) {
		if (i)
			ktr_out_bytes(c, "\t", 1);
		ktr_out_val(c, &args[i]);
	}
	ktr_out_bytes(c, "\n", 1);
	ktr_out_end(c);
	return ret_nothing(c, ret, want);
}

static int bad_format(struct ktr_ctx *c, enum ktr_piece_kind kind)
{
	switch (kind) {
	case KTR_PIECE_BAD_FLAGS:
		return ktr_fail(c, "invalid format (repeated flags)");
	case KTR_PIECE_BAD_DIGITS:
		return ktr_fail(c, "invalid format (width or precision too long)");
	default:
		return ktr_fail(c, "invalid option '%%' to 'format'");
	}
}

/* The format is args[0]; nothing here can collect, so pointers into it stay good. */
int ktr__format_args(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs)
{
	const char *p = args[0].s->s, *end = p + args[0].s->len;
	enum ktr_piece_kind kind;
	struct ktr_piece piece;
	u32 n = 1;

	while ((kind = ktr__next_piece(&p, end, &piece))) {
		if (kind == KTR_PIECE_BYTES) {
			ktr_out_bytes(c, piece.bytes, piece.len);
			continue;
		}
		if (kind != KTR_PIECE_CONV)
			return bad_format(c, kind);
		if (n >= nargs)
			return ktr__missing(c, n + 1);
		if (ktr_out_format(c, piece.conv, &args[n], n + 1))
			return KTR_ERR;
		n++;
	}
	return 0;
}

int ktr_lib_printf(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *fmt;

	if (ktr_lib_str(c, args, nargs, 1, &fmt))
		return KTR_ERR;
	ktr_out_begin(c);
	if (ktr__format_args(c, args, nargs))
		return KTR_ERR;
	ktr_out_end(c);
	return ret_nothing(c, ret, want);
}

int ktr_lib_print_trace_clock(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	u64 us = ktr_port_mono_ns() / 1000;
	struct ktr_fmt sec = { 'u', 0, 5, KTR_FMT_NONE }, frac = { 'u', KTR_FMT_ZERO, 6, KTR_FMT_NONE };

	(void)args;
	(void)nargs;
	ktr_out_begin(c);
	ktr_out_format_s64(c, sec, (s64)(us / 1000000));
	ktr_out_bytes(c, ".", 1);
	ktr_out_format_s64(c, frac, (s64)(us % 1000000));
	ktr_out_bytes(c, "\n", 1);
	ktr_out_end(c);
	return ret_nothing(c, ret, want);
}

/* ESC [ n ; n ... m */
static int put_colors(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, u32 n, struct ktr_val *ret, int want)
{
	s64 num[3];
	u32 i;

	for (i = 0; i < n; i++) {
		if (ktr_lib_int(c, args, nargs, i + 1, &num[i]))
			return KTR_ERR;
	}
	/* an attribute of 0 would reset the colors that were just named */
	if (n == 3 && !num[2])
		n = 2;
	ktr_out_begin(c);
	for (i = 0; i < n; i++) {
		ktr_out_bytes(c, i ? ";" : "\033[", i ? 1 : 2);
		ktr_out_s64(c, num[i]);
	}
	ktr_out_bytes(c, "m", 1);
	ktr_out_end(c);
	return ret_nothing(c, ret, want);
}

static int put_text(struct ktr_ctx *c, const char *s, struct ktr_val *ret, int want)
{
	ktr_out_begin(c);
	ktr_out_bytes(c, s, (u32)strlen(s));
	ktr_out_end(c);
	return ret_nothing(c, ret, want);
}

int ktr_lib_ansi_clear_screen(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	(void)args;
	(void)nargs;
	return put_text(c, "\033[1;1H\033[J", ret, want);
}

int ktr_lib_ansi_set_color(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return put_colors(c, args, nargs, 1, ret, want);
}

int ktr_lib_ansi_set_color2(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return put_colors(c, args, nargs, 2, ret, want);
}

int ktr_lib_ansi_set_color3(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return put_colors(c, args, nargs, 3, ret, want);
}

int ktr_lib_ansi_reset_color(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	(void)args;
	(void)nargs;
	return put_text(c, "\033[0;0m", ret, want);
}

int ktr_lib_ansi_new_line(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	(void)args;
	(void)nargs;
	return put_text(c, "\n", ret, want);
}

/* ---- types -------------------------------------------------------------------------------------------------- */

int ktr_lib_type(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	if (!nargs)
		return ktr__missing(c, 1);
	return ktr__ret_text(c, ktr__type_name(args[0].type), ret, want);
}

/* The text of any value as a string. */
static int text_of(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *v)
{
	u32 max = ktr__has_bytes(v->type) ? ktr__str_limit() : 256;
	struct ktr_buf b;
	struct ktr_val s;

	if (v->type == KTR_STR) {
		*out = *v;
		return 0;
	}
	b.p = ktr_str_alloc(c, &s, max);
	if (!b.p)
		return KTR_ERR;
	b.len = 0;
	b.max = max;
	b.cut = 0;
	ktr__put_val(&b, v, true);
	if (b.cut)
		ktr_count(KTR_STAT_STR_TRUNC);
	ktr_str_cut(&s, b.len);
	ktr__ictx(c)->scratch = (char *)s.s + ktr__str_bytes(b.len);
	*out = s;
	return 0;
}

int ktr_lib_tostring(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	struct ktr_val v;

	if (!nargs)
		return ktr__missing(c, 1);
	if (text_of(c, &v, &args[0]))
		return KTR_ERR;
	return ktr_lib_return(c, &v, 1, ret, want);
}

int ktr_lib_stringof(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return ktr_lib_tostring(c, args, nargs, ret, want);
}

int ktr_lib_tonumber(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	struct ktr_val v;
	s64 base = 0, n;

	if (!nargs)
		return ktr__missing(c, 1);
	if (nargs > 1 && args[1].type != KTR_NIL && ktr_lib_int(c, args, nargs, 2, &base))
		return KTR_ERR;
	if (base && (base < 2 || base > 36))
		return ktr_fail(c, "base out of range");
	ktr_set_nil(&v);
	if (args[0].type == KTR_INT || args[0].type == KTR_KIP)
		ktr_set_int(&v, args[0].i);
	else if (args[0].type == KTR_STR && ktr__parse_int(args[0].s->s, args[0].s->len, (u32)base, &n))
		ktr_set_int(&v, n);
	return ktr_lib_return(c, &v, 1, ret, want);
}

int ktr_lib_ipof(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	struct ktr_val v;
	s64 addr;

	if (ktr_lib_int(c, args, nargs, 1, &addr))
		return KTR_ERR;
	ktr_set_kip(&v, (u64)addr);
	return ktr_lib_return(c, &v, 1, ret, want);
}

/* ---- tables ------------------------------------------------------------------------------------------------- */

static u32 tuple_len(const struct ktr_str *s)
{
	struct ktr_elem e;
	u32 pos = 0, n = 0;

	while (ktr__tuple_next(s, &pos, &e))
		n++;
	return n;
}

int ktr_lib_len(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	u32 n = 0;

	if (!nargs)
		return ktr__missing(c, 1);
	switch (args[0].type) {
	case KTR_STR:
		n = args[0].s->len;
		break;
	case KTR_STACK:
		n = args[0].s->len / 8;
		break;
	case KTR_TUPLE:
		n = tuple_len(args[0].s);
		break;
	case KTR_TABLE:
		if (ktr__tab_len(c, args[0].t, &n))
			return c->rc;
		break;
	default:
		return ktr_fail(c, "cannot get length of type %s", ktr__type_name(args[0].type));
	}
	return ktr__ret_int(c, n, ret, want);
}

int ktr_lib_delete(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	int rc = ktr__check_table(c, args, nargs, 1);

	if (!rc)
		rc = ktr__tab_clear(c, args[0].t);
	return rc ? rc : ret_nothing(c, ret, want);
}

int ktr_lib_table_new(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	s64 number[3] = { 0, 0, 0 };	/* for keys that are numbers, for others; the limit */
	s64 room = 0;
	struct ktr_val v;
	u32 i;

	for (i = 0; i < 3 && i < nargs; i++) {
		if (args[i].type != KTR_NIL && ktr_lib_int(c, args, nargs, i + 1, &number[i]))
			return KTR_ERR;
		if (number[i] > KTR_TOP_ELEMENTS)
			return ktr_fail(c, "table.new: %d elements are too many: at most %d", number[i], (s64)KTR_TOP_ELEMENTS);
		if (i < 2 && number[i] > 0)
			room += number[i];
	}
	if (nargs > 2 && args[2].type != KTR_NIL && number[2] < 1)
		return ktr_fail(c, "table.new: a limit of %d elements", number[2]);
	if (number[2] && room > number[2])
		return ktr_fail(c, "table.new: room for %d elements, but a limit of %d", room, number[2]);
	if (ktr__tab_make(c, &v, (u32)room, (u32)number[2]))
		return KTR_ERR;
	return ktr_lib_return(c, &v, 1, ret, want);
}

/* As a value pairs cannot drive a loop; it checks its argument and returns what the loop would be given. */
static int pairs_as_value(struct ktr_ctx *c, const struct ktr_lib *self, const struct ktr_val *args, u32 nargs,
			  struct ktr_val *ret, int want)
{
	struct ktr_val v[3] = { { .type = KTR_LIB }, { .type = KTR_NIL }, { .type = KTR_NIL } };

	if (ktr__check_table(c, args, nargs, 1))
		return KTR_ERR;
	v[0].l = self;
	v[1] = args[0];
	return ktr_lib_return(c, v, 3, ret, want);
}

int ktr_lib_pairs(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return pairs_as_value(c, &ktr_libval_pairs, args, nargs, ret, want);
}

int ktr_lib_sort_pairs(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return pairs_as_value(c, &ktr_libval_sort_pairs, args, nargs, ret, want);
}

int ktr_lib_exit(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	(void)args;
	(void)nargs;
	(void)ret;
	(void)want;
	return ktr_exit(c);
}

/* ---- the functions as values -------------------------------------------------------------------------------- */

#define LIB_VALUE(id, text) const struct ktr_lib ktr_libval_##id = { text, ktr_lib_##id };
KTR_LIB_LIST(LIB_VALUE)
