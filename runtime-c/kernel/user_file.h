/* SPDX-License-Identifier: GPL-2.0 */
/*
 * user_file.h - files of user programs: opened, recognised, and where to probe them.
 */
#ifndef KTR_USER_FILE_H
#define KTR_USER_FILE_H

#include <linux/fs.h>

#include "attach.h"

/* The sites of one event. The file stays open until the end, so that neither it nor its file system goes away. */
struct ktr_user_sites {
	struct file *file;
	const struct ktr_site *sites;
	u32 n;
	struct ktr_site *owned;		/* sites, when they and all they point to are ours */
	u32 room;			/* of owned */
};

/*
 * Finds the sites of an event: those that were found when the script was built, if it is still that build of the file;
 * else those that ktrun finds. 0, KTR_ERR after ktr_fail(), or KTR_EXIT: the script is to end. us is zeroed by the caller
 * and is to be given back with ktr_user_free() whatever comes out.
 * Context: process, the script's thread.
 */
int ktr_user_resolve(struct ktr_ctx *c, const struct ktr_probe *p, struct ktr_user_sites *us);
void ktr_user_free(struct ktr_user_sites *us);

/* A site of which everything is copied. 0 or -errno. */
int ktr_user_add(struct ktr_user_sites *us, const struct ktr_site *site);

/* ---- proc_resolve.c ----------------------------------------------------------------------------------------- */

/* Whether somebody answers questions. */
bool ktr_resolver_there(void);
/* Asks; the same results as ktr_user_resolve(). */
int ktr_resolver_ask(struct ktr_ctx *c, const struct ktr_probe *p, struct ktr_user_sites *us);

#endif
