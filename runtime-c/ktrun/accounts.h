/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the texts of /etc/passwd and /etc/group say. They are read directly: the C library's functions load shared
 * libraries to do it, which a static program cannot count on.
 */
#ifndef KTRUN_ACCOUNTS_H
#define KTRUN_ACCOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kt_account {
	char *name, *home, *shell;	/* allocated */
	uid_t uid;
	gid_t gid;
};

/* A whole text that is the number of a user or group. The largest number means nobody to the kernel, and is refused. */
bool kt_parse_id(const char *text, unsigned int *id);

/* False: there is none, or no memory; nothing needs to be freed then. */
bool kt_account_by_name(const char *passwd, const char *name, struct kt_account *a);
bool kt_account_by_uid(const char *passwd, uid_t uid, struct kt_account *a);
void kt_account_free(struct kt_account *a);

bool kt_group_by_name(const char *group, const char *name, gid_t *gid);

/*
 * The groups that have this member (NULL: nobody), behind `first`. Allocated; NULL: no memory.
 */
gid_t *kt_groups_of(const char *group, const char *user, gid_t first, size_t *n);

#ifdef __cplusplus
}
#endif

#endif
