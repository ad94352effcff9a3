// SPDX-License-Identifier: GPL-2.0
/* Histograms and stats as text: line by line, so that long ones can go out in pieces. */
#include "agg.h"

enum { PART_HEADING, PART_ROWS, PART_SUMMARY, PART_END };

/* ---- the look that all histograms share --------------------------------------------------------------------- */

void ktr__hist_justify(struct ktr_buf *b, u32 start)
{
	u32 n = b->len - start;

	if (n >= KTR_HIST_KEY_COLS || b->max - b->len < KTR_HIST_KEY_COLS - n)
		return;
	memmove(b->p + start + KTR_HIST_KEY_COLS - n, b->p + start, n);
	memset(b->p + start, ' ', KTR_HIST_KEY_COLS - n);
	b->len = start + KTR_HIST_KEY_COLS;
}

void ktr__hist_heading(struct ktr_buf *b)
{
	u32 start = b->len;

	ktr__put_str(b, "value ");
	ktr__hist_justify(b, start);
	ktr__put_str(b, "------------- Distribution ------------- count");
}

/* ---- numbers with units ------------------------------------------------------------------------------------- */

static const char *const time_names[] = { "ns", "us", "ms", "s" };
static const char *const byte_names[] = { "B", "KB", "MB", "GB", "TB", "PB", "EB" };
static const char *const plain_names[] = { "", "K", "M", "G", "T", "P", "E" };

bool ktr__unit_of(const struct ktr_str *s, u32 *unit)
{
	static const char *const names[KTR_N_UNITS] = {
		[KTR_UNIT_NONE] = "", [KTR_UNIT_NS] = "ns", [KTR_UNIT_US] = "us",
		[KTR_UNIT_MS] = "ms", [KTR_UNIT_S] = "s", [KTR_UNIT_BYTES] = "bytes",
	};
	u32 i;

	for (i = 0; i < KTR_N_UNITS; i++) {
		if (s->len == strlen(names[i]) && !memcmp(s->s, names[i], s->len)) {
			*unit = i;
			return true;
		}
	}
	return false;
}

/* v in the largest of n units where it is at least 1, three digits, rounded down. */
static void put_scaled(struct ktr_buf *b, u64 v, u64 base, const char *const *names, u32 n)
{
	u64 div = 1, rest;
	u32 k = 0, digits, i;
	char t[2];

	while (k + 1 < n && v / div >= base) {
		div *= base;
		k++;
	}
	ktr__put_s64(b, (s64)(v / div));
	digits = k == 0 || v / div >= 100 ? 0 : v / div >= 10 ? 1 : 2;
	rest = v % div;
	for (i = 0; i < digits; i++) {
		rest *= 10;
		t[i] = (char)('0' + rest / div);
		rest %= div;
	}
	while (digits && t[digits - 1] == '0')
		digits--;
	if (digits) {
		ktr__put(b, ".", 1);
		ktr__put(b, t, digits);
	}
	ktr__put_str(b, names[k]);
}

/* An end of a bucket: plain numbers are shown in K, M, ... (of 1024) where that is exact. */
static void put_edge(struct ktr_buf *b, u64 v, u32 unit)
{
	u32 k = 0;

	if (unit == KTR_UNIT_BYTES) {
		put_scaled(b, v, 1024, byte_names, KTR_N_ELEMS(byte_names));
	} else if (unit != KTR_UNIT_NONE) {
		put_scaled(b, v, 1000, time_names + (unit - KTR_UNIT_NS), KTR_UNIT_S - unit + 1);
	} else {
		for (; v && !(v & 1023) && k + 1 < KTR_N_ELEMS(plain_names); k++)
			v >>= 10;
		/* up to 2^63: one more than the largest number */
		if (v >> 63)
			ktr__put_str(b, "9223372036854775808");
		else
			ktr__put_s64(b, (s64)v);
		ktr__put_str(b, plain_names[k]);
	}
}

static void put_signed_edge(struct ktr_buf *b, s64 v, u32 unit)
{
	if (v < 0)
		ktr__put(b, "-", 1);
	put_edge(b, v < 0 ? 0 - (u64)v : (u64)v, unit);
}

/* A value of the summary: exact without a unit. */
static void put_value(struct ktr_buf *b, const char *name, s64 v, u32 unit)
{
	ktr__put_str(b, name);
	if (unit == KTR_UNIT_NONE)
		ktr__put_s64(b, v);
	else
		put_signed_edge(b, v, unit);
}

/* ---- rows --------------------------------------------------------------------------------------------------- */

/* Rows are buckets; of a qhist, powers of two: numbered as the buckets of a hist. */
static u32 n_rows(const struct ktr_agg *a)
{
	return a->kind == KTR_AGG_QHIST ? KTR_LOG2_N : ktr__agg_n_buckets(a);
}

static void row_range(const struct ktr_agg *a, u32 row, s64 *lo, s64 *hi)
{
	struct ktr_agg log2 = { .kind = KTR_AGG_HIST };

	ktr__agg_range(a->kind == KTR_AGG_QHIST ? &log2 : a, row, lo, hi);
}

static u64 row_count(const struct ktr_agg *a, u32 row)
{
	s64 lo, hi;
	u64 n = 0;
	u32 i, end;

	if (a->kind != KTR_AGG_QHIST)
		return ktr__agg_bucket(a, row);
	row_range(a, row, &lo, &hi);
	end = ktr__agg_index(a, hi);
	for (i = ktr__agg_index(a, lo); i <= end; i++)
		n += ktr__agg_bucket(a, i);
	return n;
}

void ktr__hist_text_begin(struct ktr__hist_text *t, const struct ktr_agg *a, u32 unit)
{
	u32 i, n;
	u64 count;

	memset(t, 0, sizeof(*t));
	t->a = a;
	t->unit = unit;
	if (!ktr__agg_is_hist(a->kind) || !a->count) {
		t->part = PART_SUMMARY;
		return;
	}
	n = n_rows(a);
	t->row = n;
	for (i = 0; i < n; i++) {
		count = row_count(a, i);
		if (count > t->peak)
			t->peak = count;
		if (count && t->row == n)
			t->row = i;
		if (count)
			t->end = i;
	}
}

static void put_label(struct ktr_buf *b, const struct ktr_agg *a, u32 row, u32 unit)
{
	u32 start = b->len;
	s64 lo, hi;

	row_range(a, row, &lo, &hi);
	if (lo == hi) {
		put_signed_edge(b, lo, unit);
	} else {
		ktr__put_str(b, row ? "[" : "(");
		if (row)
			put_signed_edge(b, lo, unit);
		else
			ktr__put_str(b, "...");
		ktr__put_str(b, ", ");
		if (row + 1 == n_rows(a) && a->kind == KTR_AGG_LHIST)
			ktr__put_str(b, "...");
		else if (hi < 0 && hi != -1)
			put_signed_edge(b, hi + 1, unit);
		else
			put_edge(b, (u64)hi + 1, unit);
		ktr__put_str(b, ")");
	}
	ktr__hist_justify(b, start);
}

static void put_row(struct ktr_buf *b, const struct ktr__hist_text *t)
{
	u64 n = row_count(t->a, t->row), peak = t->peak;
	u32 bar;

	put_label(b, t->a, t->row, t->unit);
	/* one column stays free before the count */
	while (peak > ~0ull / KTR_HIST_BAR_COLS) {
		peak >>= 1;
		n >>= 1;
	}
	bar = (u32)(n * (KTR_HIST_BAR_COLS - 1) / peak);
	ktr__put_str(b, " |");
	ktr__put_char(b, '@', bar);
	ktr__put_char(b, ' ', KTR_HIST_BAR_COLS - bar);
	ktr__put_s64(b, (s64)row_count(t->a, t->row));
}

static void put_percentile(struct ktr_buf *b, const struct ktr_agg *a, const char *name, u32 n, u32 unit)
{
	s64 v;

	if (ktr__agg_percentile(a, n, 100, &v))
		put_value(b, name, v, unit);
}

static void put_summary(struct ktr_buf *b, const struct ktr__hist_text *t)
{
	const struct ktr_agg *a = t->a;
	s64 v;

	if (ktr__agg_is_hist(a->kind) && a->count)
		ktr__put_char(b, ' ', KTR_HIST_KEY_COLS + 1);
	ktr__put_str(b, "count ");
	ktr__put_s64(b, (s64)a->count);
	if (!a->count)
		return;
	put_value(b, ", min ", a->min, t->unit);
	ktr__agg_avg(a, &v);
	put_value(b, ", avg ", v, t->unit);
	if (a->kind == KTR_AGG_QHIST) {
		put_percentile(b, a, ", p50 ", 50, t->unit);
		put_percentile(b, a, ", p90 ", 90, t->unit);
		put_percentile(b, a, ", p99 ", 99, t->unit);
	}
	put_value(b, ", max ", a->max, t->unit);
	if (a->kind != KTR_AGG_STATS)
		return;
	put_value(b, ", sum ", (s64)a->sum[0], t->unit);
	ktr__agg_stddev(a, &v);
	put_value(b, ", stddev ", v, t->unit);
}

bool ktr__hist_text_line(struct ktr__hist_text *t, struct ktr_buf *b)
{
	switch (t->part) {
	case PART_HEADING:
		ktr__hist_heading(b);
		t->part = PART_ROWS;
		return true;
	case PART_ROWS:
		put_row(b, t);
		if (t->row++ == t->end)
			t->part = PART_SUMMARY;
		return true;
	case PART_SUMMARY:
		put_summary(b, t);
		t->part = PART_END;
		return true;
	default:
		return false;
	}
}

void ktr__put_agg(struct ktr_buf *b, const struct ktr_agg *a, u32 unit)
{
	struct ktr__hist_text t;
	bool more;

	ktr__hist_text_begin(&t, a, unit);
	more = ktr__hist_text_line(&t, b);
	while (more && t.part != PART_END) {
		ktr__put_char(b, '\n', 1);
		more = ktr__hist_text_line(&t, b);
	}
}
