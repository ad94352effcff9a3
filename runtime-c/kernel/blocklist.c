// SPDX-License-Identifier: GPL-2.0
/* blocklist.c - see blocklist.h; the rows are in ktr_blocklist.def, which the translator reads too. */
#include "blocklist.h"

#include "trace_list.h"

struct row {
	const char *name;
	u8 how;		/* enum ktr_hook_how */
	const char *why;
};

static const struct row rows[] = {
#define KTR_BLOCKED(name, how, why) { name, KTR_HOOK_##how, why },
#include "ktr_blocklist.def"
#undef KTR_BLOCKED
};

const char *ktr_blocked(const char *function, enum ktr_hook_how how)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if ((rows[i].how & how) &&
		    ktr_glob_match(rows[i].name, strlen(rows[i].name), function, strlen(function)))
			return rows[i].why;
	return NULL;
}

const char *ktr_blocked_name(unsigned int i, enum ktr_hook_how how, const char **why)
{
	unsigned int k;

	for (k = 0; k < ARRAY_SIZE(rows); k++) {
		if (!(rows[k].how & how) || ktr_is_pattern(rows[k].name) || i--)
			continue;
		*why = rows[k].why;
		return rows[k].name;
	}
	return NULL;
}
