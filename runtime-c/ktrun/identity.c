// SPDX-License-Identifier: GPL-2.0
#include "identity.h"

#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define MAX_GROUPS 256

/*
 * /etc/passwd and /etc/group are read directly: the C library's functions load shared libraries to do it, which a
 * static program cannot count on.
 */

/* Is this one of the names in a comma-separated list? */
static bool in_list(const char *list, const char *name)
{
	size_t len = strlen(name);

	while (*list) {
		size_t n = strcspn(list, ",\n");

		if (n == len && !memcmp(list, name, n))
			return true;
		list += n + (list[n] != '\0');
	}
	return false;
}

/* The user's groups into list[], the first one given; returns their number. */
static size_t find_groups(const char *user, gid_t first, gid_t *list)
{
	FILE *f = fopen("/etc/group", "re");
	size_t n = 0, room = 0;
	char *line = NULL;

	list[n++] = first;
	while (f && user && n < MAX_GROUPS && getline(&line, &room, f) > 0) {
		char *gid = strchr(line, ':');		/* name:password:gid:members */

		gid = gid ? strchr(gid + 1, ':') : NULL;
		if (gid && strchr(gid + 1, ':') && in_list(strchr(gid + 1, ':') + 1, user))
			list[n++] = (gid_t)strtoul(gid + 1, NULL, 10);
	}
	free(line);
	if (f)
		fclose(f);
	return n;
}

/* Sets HOME from the user's line name:password:uid:gid:comment:home:shell. */
static void set_home(const char *user)
{
	FILE *f = fopen("/etc/passwd", "re");
	size_t room = 0, len = strlen(user);
	char *line = NULL;

	while (f && getline(&line, &room, f) > 0) {
		char *field = line;

		if (strncmp(line, user, len) || line[len] != ':')
			continue;
		for (int i = 0; i < 5 && field; i++)
			field = strchr(field + 1, ':');
		if (field) {
			field[1 + strcspn(field + 1, ":\n")] = '\0';
			setenv("HOME", field + 1, 1);
		}
		break;
	}
	free(line);
	if (f)
		fclose(f);
}

static bool parse_id(const char *text, unsigned int *id)
{
	char *end;
	unsigned long n;

	if (!text || !*text)
		return false;
	errno = 0;
	n = strtoul(text, &end, 10);
	*id = (unsigned int)n;
	return !errno && !*end && *id == n;
}

int kt_become_caller(void)
{
	const char *user = getenv("SUDO_USER");
	unsigned int uid, gid;
	gid_t groups[MAX_GROUPS];

	if (geteuid() || !parse_id(getenv("SUDO_UID"), &uid) || !parse_id(getenv("SUDO_GID"), &gid) || !uid)
		return 0;
	if (setgroups(find_groups(user, gid, groups), groups) || setresgid(gid, gid, gid) || setresuid(uid, uid, uid))
		return -1;
	if (user) {
		setenv("USER", user, 1);
		setenv("LOGNAME", user, 1);
		set_home(user);
	}
	return 0;
}
