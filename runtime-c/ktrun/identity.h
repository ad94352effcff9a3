/* SPDX-License-Identifier: GPL-2.0 */
/* For whom ktrun works: whose rights the command has, and whose the files are that it writes. */
#ifndef KTRUN_IDENTITY_H
#define KTRUN_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "accounts.h"

#ifdef __cplusplus
extern "C" {
#endif

struct kt_identity {
	bool other;		/* false: it is who runs ktrun; the rest means nothing then */
	uid_t uid;
	gid_t gid;
	gid_t *groups;		/* all of them, gid too */
	size_t n_groups;
	struct kt_account account;	/* name NULL: not known */
};

/*
 * user: "NAME|UID[:GROUP]"; NULL: who called sudo, when that was not root. 0, or -1 after a message.
 */
int kt_identity_find(struct kt_identity *id, const char *user);
void kt_identity_free(struct kt_identity *id);

/* The number of a group that is given by name or number. 0, or -1 after a message. */
int kt_find_group(const char *text, gid_t *gid);

/* For good, with groups; what only root may do is gone then. 0, or -1 with errno. */
int kt_identity_become(const struct kt_identity *id);
/* The variables HOME, USER, LOGNAME, SHELL. */
void kt_identity_environment(const struct kt_identity *id);

/* Between these two files are opened with the rights of the identity, and belong to it. 0, or -1 after a message. */
int kt_identity_begin(const struct kt_identity *id);
int kt_identity_end(const struct kt_identity *id);

#ifdef __cplusplus
}
#endif

#endif
