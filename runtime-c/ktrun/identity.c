// SPDX-License-Identifier: GPL-2.0
#include "identity.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktrun.h"

/* A missing file is an empty one: guests and containers need not have it. NULL: no memory. */
static char *read_database(const char *path)
{
	char *text = kt_read_file(path, NULL);

	return text ? text : strdup("");
}

static int out_of_memory(void)
{
	kt_error("out of memory");
	return -1;
}

/* ---- who it is ----------------------------------------------------------------------------------------------- */

int kt_find_group(const char *text, gid_t *gid)
{
	char *group = read_database("/etc/group");
	bool found;

	if (!group)
		return out_of_memory();
	found = kt_group_by_name(group, text, gid) || kt_parse_id(text, gid);
	free(group);
	if (found)
		return 0;
	kt_error("cannot find group '%s' in /etc/group; its number will do, too", text);
	return -1;
}

static int find_groups(struct kt_identity *id)
{
	char *group = read_database("/etc/group");

	if (group)
		id->groups = kt_groups_of(group, id->account.name, id->gid, &id->n_groups);
	free(group);
	return id->groups ? 0 : out_of_memory();
}

/* name: a name or a number; group: what stands behind it, or NULL. */
static int find_named(struct kt_identity *id, const char *passwd, const char *name, const char *group)
{
	unsigned int uid;

	if (kt_account_by_name(passwd, name, &id->account) ||
	    (kt_parse_id(name, &uid) && kt_account_by_uid(passwd, uid, &id->account))) {
		id->uid = id->account.uid;
		id->gid = id->account.gid;
	} else if (!kt_parse_id(name, &id->uid)) {
		kt_error("cannot find user '%s' in /etc/passwd; numbers will do, too: --user UID:GID", name);
		return -1;
	} else if (!group) {
		kt_error("user %s is not in /etc/passwd: give the group, too: --user %s:GID", name, name);
		return -1;
	}
	return group ? kt_find_group(group, &id->gid) : 0;
}

static int find_given(struct kt_identity *id, const char *user)
{
	char *passwd = read_database("/etc/passwd"), *name = strdup(user);
	char *group = name ? strchr(name, ':') : NULL;
	int err;

	if (group)
		*group++ = '\0';
	err = passwd && name ? find_named(id, passwd, name, group) : out_of_memory();
	id->other = true;
	free(passwd);
	free(name);
	return err ? err : find_groups(id);
}

/* sudo tells numbers, so they are right whatever /etc/passwd says. */
static int find_caller(struct kt_identity *id)
{
	const char *user = getenv("SUDO_USER"), *uid = getenv("SUDO_UID"), *gid = getenv("SUDO_GID");
	char *passwd;

	if (geteuid() || !uid)
		return 0;
	if (!kt_parse_id(uid, &id->uid) || !kt_parse_id(gid, &id->gid)) {
		kt_error("SUDO_UID and SUDO_GID do not tell who called sudo; choose with --user NAME");
		return -1;
	}
	if (!id->uid)
		return 0;
	id->other = true;
	passwd = read_database("/etc/passwd");
	if (!passwd)
		return out_of_memory();
	if (user && kt_account_by_name(passwd, user, &id->account) && id->account.uid != id->uid)
		kt_account_free(&id->account);
	if (user && !id->account.name)	/* from elsewhere than /etc/passwd; may still be in groups */
		id->account.name = strdup(user);
	free(passwd);
	return find_groups(id);
}

int kt_identity_find(struct kt_identity *id, const char *user)
{
	int err;

	memset(id, 0, sizeof(*id));
	err = user ? find_given(id, user) : find_caller(id);
	if (err)
		kt_identity_free(id);
	return err;
}

void kt_identity_free(struct kt_identity *id)
{
	kt_account_free(&id->account);
	free(id->groups);
	memset(id, 0, sizeof(*id));
}

/* ---- being it ------------------------------------------------------------------------------------------------ */

int kt_identity_become(const struct kt_identity *id)
{
	if (!id->other)
		return 0;
	if (setgroups(id->n_groups, id->groups) || setresgid(id->gid, id->gid, id->gid))
		return -1;
	return setresuid(id->uid, id->uid, id->uid);
}

static void set_or_unset(const char *name, const char *value)
{
	if (value && *value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

void kt_identity_environment(const struct kt_identity *id)
{
	const struct kt_account *a = &id->account;

	if (!id->other)
		return;
	set_or_unset("USER", a->name);
	set_or_unset("LOGNAME", a->name);
	set_or_unset("SHELL", a->shell);
	/* never root's: programs would fail to write there, or succeed */
	setenv("HOME", a->home && *a->home ? a->home : "/", 1);
}

int kt_identity_begin(const struct kt_identity *id)
{
	/* groups stay as they are now: root needs none */
	if (!id->other || (!setgroups(id->n_groups, id->groups) && !setegid(id->gid) && !seteuid(id->uid)))
		return 0;
	kt_error("cannot act as user %u, group %u: %s", id->uid, id->gid, strerror(errno));
	return -1;
}

int kt_identity_end(const struct kt_identity *id)
{
	if (!id->other || !seteuid(getuid()))
		return 0;
	kt_error("cannot act as user %u again: %s", getuid(), strerror(errno));
	return -1;
}
