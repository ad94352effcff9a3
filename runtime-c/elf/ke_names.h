/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ke_names.h - which function an offset of a file lies in.
 */
#ifndef KE_NAMES_H
#define KE_NAMES_H

#include <stddef.h>

#include "ktr_sites.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a file is recognised by. */
struct ke_file_known {
	unsigned int n_id;		/* bytes of its build id; 0: it goes by the numbers below */
	unsigned char id[KTR_FILE_ID_MAX];
	unsigned int major, minor;	/* of its device */
	unsigned long long inode;
};

struct ke_names;

/*
 * The functions of the file at this path, also those of its separate debug file. NULL: there is no such file, or another
 * one, or it is no ELF file, or there is no memory.
 */
struct ke_names *ke_names_open(const char *path, const struct ke_file_known *known);
void ke_names_close(struct ke_names *names);

/* The function around an offset; *within: how far behind its beginning. NULL: none is known. Valid until closing. */
const char *ke_name_at(const struct ke_names *names, unsigned long long offset, unsigned long long *within);

#ifdef __cplusplus
}
#endif

#endif
