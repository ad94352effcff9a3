// SPDX-License-Identifier: GPL-2.0
/* Intervals that a script gives as text at run time: "10ms", "99 hz". */
#include "internal.h"
#include "ktr_units.def"

#define SECOND_NS 1000000000
#define S64_MAX_ ((s64)(~0ull >> 1))

static const struct {
	const char *name;
	s64 ns;
} units[] = {
#define KTR_UNIT(name, ns) { name, ns },
#include "ktr_units.def"
#undef KTR_UNIT
};

/* Nanoseconds, 0 for a frequency, -1: there is no such unit. */
static s64 unit_ns(const char *s, u32 n)
{
	u32 i;

	for (i = 0; i < KTR_N_ELEMS(units); i++) {
		if (strlen(units[i].name) == n && !memcmp(units[i].name, s, n))
			return units[i].ns;
	}
	return -1;
}

static const char *skip_blanks(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	return s;
}

/* n of a unit in nanoseconds; 0: below one, -1: too long. */
static s64 interval_of(s64 n, s64 unit)
{
	if (!unit)
		return (s64)((u64)SECOND_NS / (u64)n);
	return n > (s64)((u64)S64_MAX_ / (u64)unit) ? -1 : n * unit;
}

int ktr_parse_interval(struct ktr_ctx *c, const struct ktr_str *text, s64 min, s64 *ns)
{
	const char *s = text->s, *end = s + text->len, *digits;
	s64 n = 0, unit;

	s = skip_blanks(s, end);
	while (end > s && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	for (digits = s; s < end && *s >= '0' && *s <= '9'; s++)
		n = n > (S64_MAX_ - 9) / 10 ? S64_MAX_ : n * 10 + (*s - '0');
	if (s == digits)
		return ktr_fail(c, "cannot parse timer interval: %s: a whole number and a unit (" KTR_UNIT_NAMES ") expected",
				text->s);
	s = skip_blanks(s, end);
	unit = unit_ns(s, (u32)(end - s));
	if (unit < 0)
		return ktr_fail(c, "cannot parse timer interval: %s: the units are " KTR_UNIT_NAMES, text->s);
	if (!n)
		return ktr_fail(c, "timer interval must not be 0: %s", text->s);
	*ns = interval_of(n, unit);
	if (*ns < 0)
		return ktr_fail(c, "timer interval is too long: %s", text->s);
	if (*ns < min)
		return ktr_fail(c, "timer interval is too short: %s: the shortest is %d ns", text->s, min);
	return 0;
}
