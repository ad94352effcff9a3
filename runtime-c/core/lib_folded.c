// SPDX-License-Identifier: GPL-2.0
/*
 * Library: print_folded(). A line for each element of a table: the frames of its key, the outermost first, separated by
 * semicolons, and what it counts. `ktrun --flamegraph` draws these lines; many other programs read them as well.
 */
#include "agg.h"
#include "ktr_wire.h"
#include "table.h"

#define COUNT_ROOM 32u		/* a blank, a number, a newline and the mark of a line that is cut */

/* The separator of frames and line breaks must not come from names. */
static void clean(struct ktr_buf *b, u32 start)
{
	u32 i;

	for (i = start; i < b->len; i++) {
		if (b->p[i] == ';')
			b->p[i] = ':';
		else if ((u8)b->p[i] < ' ')
			b->p[i] = ' ';
	}
}

/*
 * A frame is named by its function. All but the innermost are addresses to return to: the call stands before them, and a
 * call at the very end of a function returns to the next one.
 */
static void put_frame(struct ktr_buf *b, u64 addr, bool innermost)
{
	u32 start = b->len;

	ktr__put_symbol(b, innermost ? addr : addr - 1, false);
	if (!innermost && b->len > start && b->p[start] == '0') {	/* no symbol: a bare number */
		b->len = start;
		ktr__put_symbol(b, addr, false);
	}
}

static void put_stack(struct ktr_buf *b, const char *addrs, u32 len)
{
	u64 addr;
	u32 at;

	for (at = len & ~7u; at; at -= 8) {
		__builtin_memcpy(&addr, addrs + at - 8, 8);
		put_frame(b, addr, at == 8);
		if (at > 8)
			ktr__put_char(b, ';', 1);
	}
}

/* One part of a key, behind a semicolon when there are others; a stack without frames is nothing. */
static void put_part(struct ktr_buf *b, u32 line, const struct ktr_elem *e)
{
	u32 start;

	if (e->type == KTR_STACK && !e->len)
		return;
	if (b->len > line)
		ktr__put_char(b, ';', 1);
	start = b->len;
	if (e->type == KTR_STACK) {
		put_stack(b, e->bytes, e->len);
		return;
	}
	ktr__put_elem(b, e, true);
	clean(b, start);
}

static void put_key(struct ktr_buf *b, const struct ktr_val *k)
{
	struct ktr_elem e = { k->type, 0, k->i, KTR_NULL };
	u32 line = b->len, pos = 0;

	if (k->type == KTR_TUPLE) {
		while (ktr__tuple_next(k->s, &pos, &e))
			put_part(b, line, &e);
	} else {
		if (ktr__has_bytes(k->type)) {
			e.len = k->s->len;
			e.bytes = k->s->s;
		} else if (k->type >= KTR_TABLE && k->type <= KTR_LIB) {
			e.i = (s64)ktr__val_id(k);
		}
		put_part(b, line, &e);
	}
	if (b->len == line)
		ktr__put_str(b, "[no stack]");
}

/* The whole line. false: it was cut, so that it has to go, or to be shortened. */
static bool put_line(struct ktr_buf *b, const struct ktr_val *k, s64 count, bool shorten)
{
	u32 line = b->len, max = b->max;

	if (max - line < COUNT_ROOM) {
		b->cut = 1;
		return false;
	}
	b->max = max - COUNT_ROOM;
	put_key(b, k);
	b->max = max;
	if (b->cut && !shorten)
		return false;
	if (b->cut) {
		/* what counts is the number: the innermost frames are left out */
		while (b->len > line && b->p[b->len - 1] != ';')
			b->len--;
		b->cut = 0;
		ktr__put_str(b, "[cut]");
		ktr_count(KTR_STAT_OUT_TRUNC);
	}
	ktr__put_char(b, ' ', 1);
	ktr__put_s64(b, count);
	ktr__put_char(b, '\n', 1);
	return true;
}

/* A line that does not fit behind others goes into the next record. */
static void add_line(struct ktr_ctx *c, const struct ktr_val *k, s64 count)
{
	struct ktr_buf b = ktr__out_buf(c);
	u32 start = b.len;

	if (!put_line(&b, k, count, !start)) {
		b.len = start;
		b.cut = 0;
		ktr__out_done(c, &b);
		ktr__out_commit(c, KTR_RF_FOLDED);
		b = ktr__out_buf(c);
		put_line(&b, k, count, true);
	}
	ktr__out_done(c, &b);
}

/* What an element counts: its number, or its histogram's count. */
static bool count_of(const struct ktr_val *v, s64 *count)
{
	const struct ktr_agg *a = v->type == KTR_INT ? KTR_NULL : ktr__agg_whole(v);

	if (v->type == KTR_INT)
		*count = v->i;
	else if (a)
		*count = (s64)a->count;
	return v->type == KTR_INT || a;
}

/* s: two slots. */
static int add_lines(struct ktr_ctx *c, struct ktr_iter *it, struct ktr_val *s)
{
	s64 count = 0;
	int rc;

	while ((rc = ktr_iter_next(c, it, &s[0], &s[1])) > 0) {
		if (s[1].type == KTR_NIL)	/* an aggregation of nothing */
			continue;
		if (!count_of(&s[1], &count))
			return ktr_fail(c, "print_folded only can print number");
		if (count > 0)
			add_line(c, &s[0], count);
		rc = ktr_loop(c);
		if (rc)
			return rc;
	}
	return rc;
}

int ktr_lib_print_folded(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	struct ktr_iter it;
	struct ktr_val *s;
	int rc;

	if (!nargs)
		return ktr__missing(c, 1);
	rc = ktr_iter_begin(c, &it, &args[0]);
	if (rc)
		return rc;
	s = ktr_enter(c, 2);
	if (s) {
		ktr_out_begin(c);
		rc = add_lines(c, &it, s);
		ktr__out_commit(c, KTR_RF_FOLDED);	/* what is complete is shown, whatever came then */
		ktr_leave(c, s);
	} else {
		rc = c->rc;
	}
	ktr_iter_end(c, &it);
	return rc ? rc : ktr_lib_return(c, KTR_NULL, 0, ret, want);
}
