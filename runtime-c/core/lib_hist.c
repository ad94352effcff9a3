// SPDX-License-Identifier: GPL-2.0
/* Library: print_hist(). One pass over the table with the n best rows in a heap, so memory does not grow with it. */
#include "table.h"

#define KEY_COLS 31u
#define BAR_COLS 38u
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

static bool add_ent(void *arg, const struct ktr__ent *e)
{
	struct hist *h = arg;
	struct row r;

	if (e->vtype != KTR_INT) {
		h->bad_value = true;
		return false;
	}
	h->all++;
	if (e->v > 0) {
		h->sum += (u64)e->v;
		h->sum_high += h->sum < (u64)e->v;
	}
	ktr__ent_key(e, &r.key);
	r.count = e->v;
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

/* What was put at `start` becomes right-justified in the key columns. */
static void justify_key(struct ktr_buf *b, u32 start)
{
	u32 n = b->len - start;

	if (n >= KEY_COLS || b->max - b->len < KEY_COLS - n)
		return;
	memmove(b->p + start + KEY_COLS - n, b->p + start, n);
	memset(b->p + start, ' ', KEY_COLS - n);
	b->len = start + KEY_COLS;
}

static void put_row(struct ktr_buf *b, const struct hist *h, const struct row *r)
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
	justify_key(b, start);
	ktr__put_str(b, " |");
	put_bar(b, h, r->count);
	ktr__put_fmt_s64(b, count, r->count);
	ktr__put_char(b, '\n', 1);
}

static void put_header(struct ktr_buf *b)
{
	u32 start = b->len;

	ktr__put_str(b, "value ");
	justify_key(b, start);
	ktr__put_str(b, "------------- Distribution ------------- count\n");
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

	put_row(b, h, r);
	if (!b->cut || cut || !start)
		return;
	b->len = start;
	b->cut = 0;
	ktr__out_done(c, b);
	ktr__out_flush(c);
	*b = ktr__out_buf(c);
	put_row(b, h, r);
}

static void show(struct hist *h)
{
	struct ktr_ctx *c = h->c;
	struct ktr_buf b;
	u32 i, start;

	ktr_out_begin(c);
	b = ktr__out_buf(c);
	put_header(&b);
	for (i = 0; i < h->n && !h->bad_value; i++) {
		flush_when_full(c, &b);
		put_row_whole(c, &b, h, row_at(h, i));
	}
	if (h->all > h->n && !h->bad_value) {
		flush_when_full(c, &b);
		start = b.len;
		ktr__put_str(&b, "...");
		justify_key(&b, start);
		ktr__put_str(&b, " |\n");
	}
	ktr__out_done(c, &b);
	ktr_out_end(c);
}

int ktr_lib_print_hist(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	struct hist h = { .c = c };
	s64 max = DEF_ROWS;
	int rc;

	if (ktr__check_table(c, args, nargs, 1))
		return KTR_ERR;
	if (nargs > 1 && args[1].type != KTR_NIL && ktr_lib_int(c, args, nargs, 2, &max))
		return KTR_ERR;
	h.max = max < 1 ? 1 : max > MAX_ROWS ? MAX_ROWS : (u32)max;
	rc = make_pages(&h);
	if (!rc)
		rc = ktr__tab_visit(c, args[0].t, add_ent, &h);
	if (!rc) {
		sort_rows(&h);
		h.shift = scale_sum(&h);
		show(&h);
		if (h.bad_value)
			rc = ktr_fail(c, "print_hist only can print number");
	}
	free_hist(&h);
	return rc ? rc : ktr_lib_return(c, KTR_NULL, 0, ret, want);
}
