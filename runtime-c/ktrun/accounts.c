// SPDX-License-Identifier: GPL-2.0
#include "accounts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define N_FIELDS 7	/* name:password:uid:gid:comment:home:shell; of /etc/group name:password:gid:members */

struct field {
	const char *p;
	size_t n;
};

bool kt_parse_id(const char *text, unsigned int *id)
{
	unsigned long n;

	if (!text || !*text || text[strspn(text, "0123456789")])
		return false;
	errno = 0;
	n = strtoul(text, NULL, 10);
	*id = (unsigned int)n;
	return !errno && *id == n && *id != (unsigned int)-1;
}

/* The fields of the line at *text, which moves to the next one. False at the end. */
static bool next_line(const char **text, struct field fields[N_FIELDS])
{
	const char *p = *text, *end = p + strcspn(p, "\n");

	if (!*p)
		return false;
	*text = end + (*end != '\0');
	for (int i = 0; i < N_FIELDS; i++) {
		const char *colon = i < N_FIELDS - 1 ? memchr(p, ':', (size_t)(end - p)) : NULL;

		fields[i] = (struct field){ p, (size_t)((colon ? colon : end) - p) };
		p = colon ? colon + 1 : end;
	}
	return true;
}

static bool is(const struct field *f, const char *word)
{
	return strlen(word) == f->n && !memcmp(f->p, word, f->n);
}

static bool field_id(const struct field *f, unsigned int *id)
{
	char text[16];

	if (f->n >= sizeof(text))
		return false;
	memcpy(text, f->p, f->n);
	text[f->n] = '\0';
	return kt_parse_id(text, id);
}

static bool fill_account(struct kt_account *a, const struct field *fields)
{
	a->name = strndup(fields[0].p, fields[0].n);
	a->home = strndup(fields[5].p, fields[5].n);
	a->shell = strndup(fields[6].p, fields[6].n);
	if (a->name && a->home && a->shell)
		return true;
	kt_account_free(a);
	return false;
}

/* By the name, or when that is NULL by the number. */
static bool find_account(const char *passwd, const char *name, uid_t uid, struct kt_account *a)
{
	struct field fields[N_FIELDS];

	memset(a, 0, sizeof(*a));
	while (next_line(&passwd, fields)) {
		/* a line whose numbers cannot be read is nobody's */
		if (!fields[0].n || !field_id(&fields[2], &a->uid) || !field_id(&fields[3], &a->gid))
			continue;
		if (name ? is(&fields[0], name) : a->uid == uid)
			return fill_account(a, fields);
	}
	return false;
}

bool kt_account_by_name(const char *passwd, const char *name, struct kt_account *a)
{
	return find_account(passwd, name, 0, a);
}

bool kt_account_by_uid(const char *passwd, uid_t uid, struct kt_account *a)
{
	return find_account(passwd, NULL, uid, a);
}

void kt_account_free(struct kt_account *a)
{
	free(a->name);
	free(a->home);
	free(a->shell);
	memset(a, 0, sizeof(*a));
}

bool kt_group_by_name(const char *group, const char *name, gid_t *gid)
{
	struct field fields[N_FIELDS];

	while (next_line(&group, fields))
		if (fields[0].n && is(&fields[0], name) && field_id(&fields[2], gid))
			return true;
	return false;
}

/* Is this one of the names in a comma-separated list? */
static bool in_list(const struct field *list, const char *name)
{
	struct field rest = *list;

	while (rest.n) {
		const char *comma = memchr(rest.p, ',', rest.n);
		struct field one = { rest.p, comma ? (size_t)(comma - rest.p) : rest.n };

		if (is(&one, name))
			return true;
		rest.p += one.n + !!comma;
		rest.n -= one.n + !!comma;
	}
	return false;
}

gid_t *kt_groups_of(const char *group, const char *user, gid_t first, size_t *n)
{
	struct field fields[N_FIELDS];
	size_t lines = 1;
	gid_t *list, gid;

	for (const char *p = group; *p; p++)
		lines += *p == '\n';
	list = malloc((lines + 1) * sizeof(*list));
	if (!list)
		return NULL;
	*n = 0;
	list[(*n)++] = first;
	while (user && next_line(&group, fields))
		if (in_list(&fields[3], user) && field_id(&fields[2], &gid) && gid != first)
			list[(*n)++] = gid;
	return list;
}
