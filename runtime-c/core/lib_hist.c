// SPDX-License-Identifier: GPL-2.0
/*
 * Library: print_hist(). One pass over the table with the n best rows in a heap, so memory does not grow with it. A table of
 * histograms is sorted by their counts, and each is looked up again when it is shown.
 */
#include "agg.h"
#include "table.h"

#define KEY_COLS KTR_HIST_KEY_COLS
#define BAR_COLS KTR_HIST_BAR_COLS
#define COUNT_COLS 7u
#define KEY_MAX 32u		/* longer texts stand above their row */
#define SYMBOL_CUT 28u
#define DEF_ROWS 20
#define MAX_ROWS 1000
#define ROWS_PER_PAGE 256u	/* fills a block of less than KTR_MEM_MAX bytes */
#define N_PAGES ((MAX_ROWS + ROWS_PER_PAGE - 1) / ROWS_PER_PAGE)
#define FLUSH_ROOM 512u

struct row {
	struct ktr_val key;	/* owned */
	s64 count;
};

/* The heap: rows[0] is the row that would be dropped first. */
struct hist {
	struct ktr_ctx *c;
	struct row *pages[N_PAGES];
	u32 page_rows;		/* of one page */
	u32 n, max;
	u32 all;		/* elements of the table */
	u64 sum;		/* of the positive values, the lower 64 bits */
	u64 sum_high;
	u32 shift;		/* of the sum, so that bars can be computed */
	bool bad_value;
	bool has_numbers, has_hists;
	u32 unit;		/* enum ktr_unit, for histograms */
};

static struct row *row_at(struct hist *h, u32 i)
{
	return &h->pages[i / ROWS_PER_PAGE][i % ROWS_PER_PAGE];
}

/* Row a is shown below row b: smaller count, or the same and a later key. */
static bool is_below(const struct row *a, const struct row *b)
{
	if (a->count != b->count)
		return a->count < b->count;
	return ktr__sort_order(&a->key, &b->key, false) > 0;
}

static void swap_rows(struct hist *h, u32 i, u32 k)
{
	struct row t = *row_at(h, i);

	*row_at(h, i) = *row_at(h, k);
	*row_at(h, k) = t;
}

/* Restores the heap of the first n rows below position i. */
static void sift_down(struct hist *h, u32 i, u32 n)
{
	u32 k;

	while ((k = 2 * i + 1) < n) {
		if (k + 1 < n && is_below(row_at(h, k + 1), row_at(h, k)))
			k++;
		if (!is_below(row_at(h, k), row_at(h, i)))
			return;
		swap_rows(h, i, k);
		i = k;
	}
}

static void sift_up(struct hist *h, u32 i)
{
	while (i && is_below(row_at(h, i), row_at(h, (i - 1) / 2))) {
		swap_rows(h, i, (i - 1) / 2);
		i = (i - 1) / 2;
	}
}

/* What an element counts: its number, or its histogram's count. false: it is neither, or not what the others are. */
static bool row_value(struct hist *h, const struct ktr__ent *e, s64 *count)
{
	struct ktr_val v;

	*count = e->v;
	if (ktr_likely(e->vtype == KTR_INT)) {
		h->has_numbers = true;
		return !h->has_hists;
	}
	ktr__ent_val(e, &v);
	if (!ktr__is_aggregate(&v) && v.type != KTR_WAYS)
		return false;
	if (ktr__agg_count(&v, count)) {
		h->has_hists = true;
		return !h->has_numbers;
	}
	/* the least of nothing and the like: 0 */
	ktr__agg_number(&v, count);
	h->has_numbers = true;
	return !h->has_hists;
}

static bool add_ent(void *arg, const struct ktr__ent *e)
{
	struct hist *h = arg;
	struct row r;

	if (!row_value(h, e, &r.count)) {
		h->bad_value = true;
		return false;
	}
	h->all++;
	if (r.count > 0) {
		h->sum += (u64)r.count;
		h->sum_high += h->sum < (u64)r.count;
	}
	ktr__ent_key(e, &r.key);
	if (h->n < h->max) {
		ktr__own_more(&r.key);
		*row_at(h, h->n) = r;
		sift_up(h, h->n++);
	} else if (is_below(row_at(h, 0), &r)) {
		ktr__disown(h->c, &row_at(h, 0)->key);
		ktr__own_more(&r.key);
		*row_at(h, 0) = r;
		sift_down(h, 0, h->n);
	}
	return true;
}

/* Heap sort; the best row comes first. */
static void sort_rows(struct hist *h)
{
	u32 n;

	for (n = h->n; n > 1; n--) {
		swap_rows(h, 0, n - 1);
		sift_down(h, 0, n - 1);
	}
}

static int make_pages(struct hist *h)
{
	u32 i, n;

	h->page_rows = h->max < ROWS_PER_PAGE ? h->max : ROWS_PER_PAGE;
	n = (h->max + ROWS_PER_PAGE - 1) / ROWS_PER_PAGE;
	for (i = 0; i < n; i++) {
		h->pages[i] = ktr_mem_alloc(h->c, h->page_rows * (u32)sizeof(struct row));
		if (!h->pages[i])
			return ktr_fail(h->c, "out of memory");
	}
	return 0;
}

static void free_hist(struct hist *h)
{
	u32 i;

	for (i = 0; i < h->n; i++)
		ktr__disown(h->c, &row_at(h, i)->key);
	for (i = 0; i < N_PAGES && h->pages[i]; i++)
		ktr_mem_free(h->c, h->pages[i], h->page_rows * (u32)sizeof(struct row));
}

/* Halves the sum until a bar can be computed without overflow; the times it took. */
static u32 scale_sum(struct hist *h)
{
	u32 shift = 0;

	while (h->sum_high || h->sum > ~0ull / BAR_COLS) {
		h->sum = h->sum >> 1 | h->sum_high << 63;
		h->sum_high >>= 1;
		shift++;
	}
	return shift;
}

static u32 bar_length(const struct hist *h, s64 value)
{
	u64 v = value > 0 ? (u64)value >> h->shift : 0;

	return h->sum ? (u32)(v * BAR_COLS / h->sum) : 0;
}

static void put_bar(struct ktr_buf *b, const struct hist *h, s64 value)
{
	u32 n = bar_length(h, value);

	ktr__put_char(b, '@', n);
	ktr__put_char(b, ' ', BAR_COLS - n);
}

static void put_hist_row(struct ktr_buf *b, const struct hist *h, const struct row *r)
{
	struct ktr_fmt count = { 'd', KTR_FMT_LEFT, COUNT_COLS, KTR_FMT_NONE };
	u32 start = b->len, n;

	ktr__put_val(b, &r->key, true);
	n = b->len - start;
	if (r->key.type == KTR_KIP && n > KEY_MAX) {
		b->len = start + SYMBOL_CUT;
		ktr__put_str(b, "...");
		n = b->len - start;
	}
	if (n > KEY_MAX || r->key.type == KTR_STACK) {
		/* texts of several lines, and long ones: bar and count on lines of their own */
		if (b->len && b->p[b->len - 1] != '\n')
			ktr__put_char(b, '\n', 1);
		put_bar(b, h, r->count);
		ktr__put_char(b, '\n', 1);
		ktr__put_s64(b, r->count);
		ktr__put_str(b, "\n\n");
		return;
	}
	ktr__hist_justify(b, start);
	ktr__put_str(b, " |");
	put_bar(b, h, r->count);
	ktr__put_fmt_s64(b, count, r->count);
	ktr__put_char(b, '\n', 1);
}

/* Starts a new record when the next row may not fit into this one. */
static void flush_when_full(struct ktr_ctx *c, struct ktr_buf *b)
{
	if (b->len + FLUSH_ROOM <= b->max)
		return;
	ktr__out_done(c, b);
	ktr__out_flush(c);
	*b = ktr__out_buf(c);
}

/* A row whose text did not fit behind others gets a record of its own. */
static void put_row_whole(struct ktr_ctx *c, struct ktr_buf *b, const struct hist *h, const struct row *r)
{
	u32 start = b->len, cut = b->cut;

	put_hist_row(b, h, r);
	if (!b->cut || cut || !start)
		return;
	b->len = start;
	b->cut = 0;
	ktr__out_done(c, b);
	ktr__out_flush(c);
	*b = ktr__out_buf(c);
	put_hist_row(b, h, r);
}

static void show(struct hist *h)
{
	struct ktr_ctx *c = h->c;
	struct ktr_buf b;
	u32 i, start;

	ktr_out_begin(c);
	b = ktr__out_buf(c);
	ktr__hist_heading(&b);
	ktr__put_char(&b, '\n', 1);
	for (i = 0; i < h->n && !h->bad_value; i++) {
		flush_when_full(c, &b);
		put_row_whole(c, &b, h, row_at(h, i));
	}
	if (h->all > h->n && !h->bad_value) {
		flush_when_full(c, &b);
		start = b.len;
		ktr__put_str(&b, "...");
		ktr__hist_justify(&b, start);
		ktr__put_str(&b, " |\n");
	}
	ktr__out_done(c, &b);
	ktr_out_end(c);
}

/* ---- histograms --------------------------------------------------------------------------------------------- */

static void show_hist(struct ktr_ctx *c, struct ktr_buf *b, const struct ktr_agg *a, u32 unit)
{
	struct ktr__hist_text t;

	ktr__hist_text_begin(&t, a, unit);
	while (ktr__hist_text_line(&t, b)) {
		ktr__put_char(b, '\n', 1);
		flush_when_full(c, b);
	}
}

/* The key of row i on a line, then its histogram as it is now. s: two slots. */
static int show_one(struct hist *h, struct ktr_buf *b, u32 i, const struct ktr_val *table, struct ktr_val *s)
{
	const struct row *r = row_at(h, i);
	int rc = ktr_get(h->c, s, table, &r->key);
	u32 begin;

	if (rc || (s->type != KTR_HIST && s->type != KTR_STATS))
		return rc;
	flush_when_full(h->c, b);
	begin = b->len;
	ktr__put_val(b, &r->key, true);
	if (s->type == KTR_STATS)
		ktr__put_str(b, ": ");
	else if (b->len == begin || b->p[b->len - 1] != '\n')	/* stacks are lines already */
		ktr__put_char(b, '\n', 1);
	flush_when_full(h->c, b);
	show_hist(h->c, b, ktr__agg_of(s), h->unit);
	if (s->type == KTR_HIST)
		ktr__put_char(b, '\n', 1);
	return 0;
}

static int show_hists(struct hist *h, const struct ktr_val *table)
{
	struct ktr_val *s = ktr_enter(h->c, 1);
	struct ktr_buf b;
	int rc = 0;
	u32 i;

	if (!s)
		return h->c->rc;
	ktr_out_begin(h->c);
	b = ktr__out_buf(h->c);
	for (i = 0; i < h->n && !rc; i++)
		rc = show_one(h, &b, i, table, s);
	if (h->all > h->n)
		ktr__put_str(&b, "...\n");
	ktr__out_done(h->c, &b);
	ktr_out_end(h->c);
	ktr_leave(h->c, s);
	return rc;
}

static void show_value(struct ktr_ctx *c, const struct ktr_val *v, u32 unit)
{
	struct ktr_buf b;

	ktr_out_begin(c);
	b = ktr__out_buf(c);
	show_hist(c, &b, ktr__agg_of(v), unit);
	ktr__out_done(c, &b);
	ktr_out_end(c);
}

/* ---- the function ------------------------------------------------------------------------------------------- */

/* print_hist(x [, rows] [, unit]): a number and a text, in any order. */
static int hist_options(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, s64 *rows, u32 *unit)
{
	u32 i;

	for (i = 1; i < nargs && i < 3; i++) {
		if (args[i].type == KTR_INT)
			*rows = args[i].i;
		else if (args[i].type == KTR_STR && !ktr__unit_of(args[i].s, unit))
			return ktr_fail(c, "unknown unit '%s': use ns, us, ms, s or bytes", args[i].s->s);
		else if (args[i].type != KTR_STR && args[i].type != KTR_NIL)
			return ktr__wrong_type(c, i + 1);
	}
	return 0;
}

static int hist_of_table(struct hist *h, const struct ktr_val *table)
{
	int rc = make_pages(h);

	if (!rc)
		rc = ktr__tab_visit(h->c, table->t, add_ent, h);
	if (rc)
		return rc;
	sort_rows(h);
	if (h->has_hists && h->bad_value)
		return ktr_fail(h->c, "print_hist: the table holds histograms and other values");
	if (h->has_hists)
		return show_hists(h, table);
	h->shift = scale_sum(h);
	show(h);
	return h->bad_value ? ktr_fail(h->c, "print_hist only can print number") : 0;
}

int ktr_lib_print_hist(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	struct hist h = { .c = c };
	s64 max = DEF_ROWS;
	int rc;

	if (!nargs)
		return ktr__missing(c, 1);
	if (args[0].type != KTR_TABLE && args[0].type != KTR_HIST && args[0].type != KTR_STATS)
		return ktr__wrong_type(c, 1);
	if (hist_options(c, args, nargs, &max, &h.unit))
		return KTR_ERR;
	if (args[0].type != KTR_TABLE) {
		show_value(c, &args[0], h.unit);
		return ktr_lib_return(c, KTR_NULL, 0, ret, want);
	}
	h.max = max < 1 ? 1 : max > MAX_ROWS ? MAX_ROWS : (u32)max;
	rc = hist_of_table(&h, &args[0]);
	free_hist(&h);
	return rc ? rc : ktr_lib_return(c, KTR_NULL, 0, ret, want);
}
