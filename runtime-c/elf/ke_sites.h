/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ke_sites.h - finds functions and static markers of ELF files: where to put a probe. The door to this folder.
 */
#ifndef KE_SITES_H
#define KE_SITES_H

#include <stdbool.h>
#include <stddef.h>

#include "ktr_sites.h"

#ifdef __cplusplus
extern "C" {
#endif

enum ke_kind {
	KE_FUNCTIONS,
	KE_RETURNS,		/* functions whose return is to be probed */
	KE_OFFSET,
	KE_MARKERS
};

struct ke_query {
	enum ke_kind kind;
	const char *path;	/* as the user wrote it */
	const char *provider;	/* markers: glob, or NULL for all */
	const char *name;	/* glob */
	unsigned long long offset;
	unsigned short machine;	/* EM_... of the programs that are meant, 0: this machine's */
};

enum ke_status {
	KE_FOUND,
	KE_NO_FILE,		/* it cannot be opened */
	KE_NO_MATCH,		/* the file has nothing like that */
	KE_UNUSABLE		/* it is no program, or too much, or not to be probed like that */
};

/* What a marker's note says, beside its site. */
struct ke_marker_text {
	const char *provider;
	const char *args;
};

struct ke_block;

struct ke_result {
	enum ke_status status;
	struct ktr_sites sites;		/* valid when KE_FOUND; sorted by offset */
	struct ke_marker_text *texts;	/* markers: as many as sites */
	int fd;				/* the file, open for reading; -1: none */
	char error[512];		/* unless KE_FOUND: what is wrong, beginning with no article or file name */
	char hint[512];			/* what to try, or "" */
	struct ke_block *blocks;
};

/* Looks a file up and finds the sites. The result is to be freed whatever the status. */
enum ke_status ke_resolve(const struct ke_query *query, struct ke_result *result);
void ke_free(struct ke_result *result);

/* Where separate debug information lies; "/usr/lib/debug". */
extern const char *ke_debug_root;

#ifdef __cplusplus
}
#endif

#endif
