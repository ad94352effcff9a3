// SPDX-License-Identifier: GPL-2.0
/* Event definitions and intervals that a script gives as text at run time (kdebug.trace, timer.tick, ...). */
#include "internal.h"

/* ---- intervals ---------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	s64 ns;
} units[] = {
	{ "s", 1000000000 }, { "sec", 1000000000 },
	{ "ms", 1000000 }, { "msec", 1000000 },
	{ "us", 1000 }, { "usec", 1000 },
};

static s64 unit_ns(const char *s, u32 n)
{
	u32 i;

	for (i = 0; i < KTR_N_ELEMS(units); i++) {
		if (strlen(units[i].name) == n && !memcmp(units[i].name, s, n))
			return units[i].ns;
	}
	return 0;
}

int ktr_parse_interval(struct ktr_ctx *c, const struct ktr_str *text, s64 *ns)
{
	const char *s = text->s, *end = s + text->len, *digits;
	s64 n = 0, unit;

	while (s < end && *s == ' ')
		s++;
	while (end > s && end[-1] == ' ')
		end--;
	for (digits = s; s < end && *s >= '0' && *s <= '9' && n <= 0x7fffffff; s++)
		n = n * 10 + (*s - '0');
	unit = unit_ns(s, (u32)(end - s));
	if (s == digits || n > 0x7fffffff || !unit)
		return ktr_fail(c, "cannot parse timer interval: %s", text->s);
	if (!n)
		return ktr_fail(c, "timer interval must not be 0: %s", text->s);
	*ns = n * unit;
	return 0;
}

/* ---- event definitions -------------------------------------------------------------------------------------- */

static bool has_prefix(const char *s, const char *prefix)
{
	u32 n = (u32)strlen(prefix);

	return strlen(s) >= n && !memcmp(s, prefix, n);
}

static char *find_char(char *s, char ch)
{
	for (; *s; s++) {
		if (*s == ch)
			return s;
	}
	return KTR_NULL;
}

/* Cuts "%return" off; true when it was there. */
static bool cut_return(char *s)
{
	char *p = find_char(s, '%');

	if (!p || strlen(p) != 7 || memcmp(p, "%return", 7))
		return false;
	*p = 0;
	return true;
}

/* "SYMBOL", "SYMBOL+OFFSET"; false: the offset is no number. */
static bool parse_symbol(char *s, struct ktr_probe *p)
{
	char *plus = find_char(s, '+');

	p->event = s;
	if (!plus)
		return *s != 0;
	*plus = 0;
	return *s && ktr__parse_int(plus + 1, (u32)strlen(plus + 1), 0, &p->offset);
}

/* "SYMBOL...", "PATH:SYMBOL...", "PATH:OFFSET..." */
static bool parse_probe(char *s, struct ktr_probe *p)
{
	bool ret = cut_return(s);
	char *colon = find_char(s, ':');

	if (!colon || colon == s) {
		p->kind = ret ? KTR_PROBE_KRETPROBE : KTR_PROBE_KPROBE;
		return parse_symbol(colon ? s + 1 : s, p);
	}
	*colon = 0;
	p->kind = ret ? KTR_PROBE_URETPROBE : KTR_PROBE_UPROBE;
	p->path = s;
	if (colon[1] >= '0' && colon[1] <= '9')
		return ktr__parse_int(colon + 1, (u32)strlen(colon + 1), 0, &p->offset);
	return parse_symbol(colon + 1, p);
}

/* "PATH:NAME" or "PATH:PROVIDER:NAME" */
static bool parse_sdt(char *s, struct ktr_probe *p)
{
	char *colon = find_char(s, ':'), *second;

	if (!colon)
		return false;
	*colon = 0;
	p->kind = KTR_PROBE_SDT;
	p->path = s;
	p->event = colon + 1;
	second = find_char(colon + 1, ':');
	if (second) {
		*second = 0;
		p->system = colon + 1;
		p->event = second + 1;
	}
	return *p->path && *p->event;
}

static bool parse_event(char *s, struct ktr_probe *p)
{
	char *colon = find_char(s, ':');

	if (!colon || colon == s)
		return false;
	if (has_prefix(s, "probe:"))
		return parse_probe(colon + 1, p);
	if (has_prefix(s, "sdt:"))
		return parse_sdt(colon + 1, p);
	*colon = 0;
	p->kind = KTR_PROBE_TRACEPOINT;
	p->system = s;
	p->event = colon + 1;
	return colon[1] != 0;
}

int ktr_parse_event(struct ktr_ctx *c, const struct ktr_str *text, char *buf, u32 size, struct ktr_probe *p)
{
	const char *s = text->s, *end = s + text->len;
	char *work;
	u32 n;

	while (s < end && *s == ' ')
		s++;
	while (end > s && end[-1] == ' ')
		end--;
	n = (u32)(end - s);
	memset(p, 0, sizeof(*p));
	if (2 * (n + 1) > size)
		return ktr_fail(c, "event definition too long");
	memcpy(buf, s, n);
	buf[n] = 0;
	work = buf + n + 1;
	memcpy(work, buf, n + 1);
	p->text = buf;
	if (!parse_event(work, p))
		return ktr_fail(c, "cannot parse eventdef '%s'", buf);
	return 0;
}
