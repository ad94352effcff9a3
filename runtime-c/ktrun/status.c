// SPDX-License-Identifier: GPL-2.0
#include "status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktr_wire.h"

/* The value when the line begins with this key and a blank, else NULL. */
static const char *value_of(const char *line, const char *key)
{
	size_t len = strlen(key);

	return !strncmp(line, key, len) && line[len] == ' ' ? line + len + 1 : NULL;
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : line;
}

void kt_status_parse(struct kt_status *st, const char *text)
{
	memset(st, 0, sizeof(*st));
	st->exit = -1;
	st->owner = -1;
	for (const char *line = text; *line; line = next_line(line)) {
		const char *value;

		if ((value = value_of(line, KTR_STATUS_STATE)))
			snprintf(st->state, sizeof(st->state), "%.*s", (int)strcspn(value, " \n"), value);
		else if ((value = value_of(line, KTR_STATUS_EXIT)))
			st->exit = atoi(value);
		else if ((value = value_of(line, KTR_STATUS_OWNER)))
			st->owner = *value == '1';
	}
}

bool kt_status_next_lost(const char **at, unsigned long long *n, const char **what, int *len)
{
	while (**at) {
		const char *value = value_of(*at, KTR_STATUS_LOST);

		*at = next_line(*at);
		if (!value)
			continue;
		*n = strtoull(value, (char **)what, 10);
		*what += strspn(*what, " ");
		*len = (int)strcspn(*what, "\n");
		return true;
	}
	return false;
}
