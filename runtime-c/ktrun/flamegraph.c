// SPDX-License-Identifier: GPL-2.0
/*
 * The stacks are sorted, so those of a box are neighbours: one pass over them with the boxes that are open at the moment
 * is enough. A box is written when the first stack without it comes.
 */
#include "flamegraph.h"

#include <stdlib.h>
#include <string.h>

#include "utf8.h"

#define WIDTH 1200
#define MARGIN 10
#define TOP 40			/* the heading */
#define ROW 17			/* one box and the gap above it */
#define BOX 16
#define CHAR_WIDTH 7.3		/* of the font, rounded up */
#define MIN_CHARS 3		/* shorter names say nothing */
#define MIN_WIDTH 0.1		/* narrower boxes, and so all above them, cannot be seen */
#define ROOT_NAME "all"

struct box {
	const char *name;
	size_t len;
	unsigned long long start;	/* counts to the left of it */
};

struct drawing {
	struct kt_text *svg;
	unsigned long long total;
	struct box *open;		/* open[0] is the root */
	size_t depth;			/* number of open ones */
	size_t rows;			/* all there will be */
};

/* ---- text ---------------------------------------------------------------------------------------------------- */

/* XML knows neither control characters nor two of the last code points, not even as references. */
static bool is_xml_char(const char *p, size_t n)
{
	if (n == 1)
		return (unsigned char)*p >= ' ' && *p != 0x7f;
	return !(n == 3 && !memcmp(p, "\xef\xbf", 2) && (unsigned char)p[2] >= 0xbe);
}

static void put_char(struct kt_text *t, const char *p, size_t n)
{
	if (*p == '&')
		kt_text_puts(t, "&amp;");
	else if (*p == '<')
		kt_text_puts(t, "&lt;");
	else if (*p == '>')
		kt_text_puts(t, "&gt;");
	else
		kt_text_put(t, p, n);
}

/* At most `max` characters of a name, ".." at its end where it is cut. */
static void put_name(struct kt_text *t, const char *name, size_t len, size_t max)
{
	size_t at = 0, chars = 0, n;

	for (; at < len; at += n ? n : 1, chars++)
		n = kt_utf8_bytes(name + at, len - at);
	if (chars > max)
		max -= 2;
	for (at = 0; at < len && max--; at += n ? n : 1) {
		n = kt_utf8_bytes(name + at, len - at);
		if (n && is_xml_char(name + at, n))
			put_char(t, name + at, n);
		else
			kt_text_puts(t, KT_UTF8_REPLACEMENT);
	}
	if (at < len)
		kt_text_puts(t, "..");
}

/* ---- boxes --------------------------------------------------------------------------------------------------- */

/* A warm colour that a name has in every picture. */
static void put_color(struct kt_text *t, const char *name, size_t len)
{
	unsigned int h = 5381;

	while (len--)
		h = h * 33 + (unsigned char)*name++;
	h ^= h >> 15;
	kt_text_printf(t, "#%02x%02x%02x", 224 + h % 32, 120 + h / 32 % 96, 48 + h / 4096 % 64);
}

static double to_x(const struct drawing *d, unsigned long long count)
{
	return MARGIN + (double)count * (WIDTH - 2 * MARGIN) / (double)d->total;
}

/* Closes the innermost open box: it ends before the count `end`. */
static void close_box(struct drawing *d, unsigned long long end)
{
	const struct box *b = &d->open[--d->depth];
	double x = to_x(d, b->start), width = to_x(d, end) - x;
	double y = TOP + (double)(d->rows - d->depth - 1) * ROW;
	int chars = (int)((width - 4) / CHAR_WIDTH);
	struct kt_text *t = d->svg;

	if (width < MIN_WIDTH)
		return;
	kt_text_puts(t, "<g><title>");
	put_name(t, b->name, b->len, b->len);
	kt_text_printf(t, ": %llu of %llu (%.2f%%)</title><rect x=\"%.1f\" y=\"%.0f\" width=\"%.1f\" height=\"%d\" fill=\"",
		       end - b->start, d->total, 100.0 * (double)(end - b->start) / (double)d->total, x, y, width, BOX);
	put_color(t, b->name, b->len);
	kt_text_puts(t, "\"/>");
	if (chars >= MIN_CHARS) {
		kt_text_printf(t, "<text x=\"%.1f\" y=\"%.0f\">", x + 2, y + 12);
		put_name(t, b->name, b->len, (size_t)chars);
		kt_text_puts(t, "</text>");
	}
	kt_text_puts(t, "</g>\n");
}

static size_t frame_bytes(const char *frames, size_t len)
{
	const char *end = memchr(frames, ';', len);

	return end ? (size_t)(end - frames) : len;
}

static size_t n_frames(const struct kt_stack *s)
{
	size_t n = 1;

	for (size_t i = 0; i < s->len; i++)
		n += s->frames[i] == ';';
	return n;
}

/* Closes the boxes that this stack is not in and opens those that it is. start: counts before it. */
static void add_stack(struct drawing *d, const struct kt_stack *s, unsigned long long start)
{
	size_t at = 0, level = 1, n;

	for (;; at += n + 1, level++) {
		n = frame_bytes(s->frames + at, s->len - at);
		if (level < d->depth &&
		    (d->open[level].len != n || memcmp(d->open[level].name, s->frames + at, n)))
			while (d->depth > level)
				close_box(d, start);
		if (level >= d->depth)
			d->open[d->depth++] = (struct box){ s->frames + at, n, start };
		if (at + n >= s->len)
			break;
	}
	while (d->depth > level + 1)
		close_box(d, start);
}

/* ---- the document -------------------------------------------------------------------------------------------- */

static void put_head(struct drawing *d, const char *title, size_t n_stacks)
{
	double height = TOP + (double)d->rows * ROW + MARGIN;

	kt_text_puts(d->svg, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	kt_text_printf(d->svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" "
		       "viewBox=\"0 0 %d %.0f\" ", WIDTH, height, WIDTH, height);
	kt_text_puts(d->svg, "font-family=\"monospace\" font-size=\"12\">\n"
		     "<rect width=\"100%\" height=\"100%\" fill=\"#fffdf6\"/>\n");
	kt_text_printf(d->svg, "<text x=\"%d\" y=\"25\" font-size=\"15\">", MARGIN);
	put_name(d->svg, title, strlen(title), strlen(title));
	kt_text_printf(d->svg, ": %llu in %zu stacks</text>\n", d->total, n_stacks);
}

void kt_flamegraph(struct kt_text *svg, struct kt_folded *stacks, const char *title)
{
	struct drawing d = { .svg = svg, .total = stacks->total, .rows = 1 };
	unsigned long long done = 0;

	kt_folded_sort(stacks);
	for (size_t i = 0; i < stacks->n; i++)
		if (n_frames(&stacks->list[i]) + 1 > d.rows)
			d.rows = n_frames(&stacks->list[i]) + 1;
	d.open = calloc(d.rows, sizeof(*d.open));
	if (!d.open) {
		svg->failed = true;
		return;
	}
	put_head(&d, title, stacks->n);
	d.open[d.depth++] = (struct box){ ROOT_NAME, strlen(ROOT_NAME), 0 };
	for (size_t i = 0; i < stacks->n; i++) {
		add_stack(&d, &stacks->list[i], done);
		done += stacks->list[i].count;
	}
	while (d.total && d.depth)
		close_box(&d, done);
	kt_text_puts(svg, "</svg>\n");
	free(d.open);
}
