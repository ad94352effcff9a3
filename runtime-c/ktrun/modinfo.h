/* SPDX-License-Identifier: GPL-2.0 */
/* What a module file tells about itself. */
#ifndef KTRUN_MODINFO_H
#define KTRUN_MODINFO_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KT_NAME_MAX 64		/* of module names, NUL included */

struct kt_modinfo {
	char name[KT_NAME_MAX];		/* as the kernel will call it */
	char release[128];		/* kernel release it was built for; "" when it does not tell */
	int wire;			/* protocol version; 0: no script module */
	char needs[512];		/* modules that have to be loaded before, with commas between them */
	char params[2048];		/* names of its parameters, each followed by a comma */
};

/* Does it have a parameter of this name (n bytes of text)? */
bool kt_modinfo_has_param(const struct kt_modinfo *info, const char *name, size_t n);

/*
 * Reads entries "key=value", each ended by one or more NULs, as they stand in a module's .modinfo section. Unknown keys
 * are passed over.
 */
void kt_modinfo_parse(struct kt_modinfo *info, const char *section, size_t size);

/* Reads a module file by descriptor. 0, or -1 when it is no ELF file with such a section. */
int kt_modinfo_read(struct kt_modinfo *info, int fd);

#ifdef __cplusplus
}
#endif

#endif
