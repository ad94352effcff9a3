/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KTRUN_PERCENT_H
#define KTRUN_PERCENT_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The value of the module parameter `args` for a NULL-terminated list of arguments: separated by commas, with every
 * byte that the kernel's or the module's parser could take for something else as %HH. An empty argument is "%00": the
 * module ends it at that byte. Allocated; NULL without memory.
 */
char *kt_percent_args(char *const *args);

/* Undoes %HH in place; the number of bytes, which may hold NULs, -1: malformed. */
long kt_percent_bytes(char *s);
/* Decodes one text in place. 0, or -1: malformed, or it has a NUL. */
int kt_percent_decode(char *s);

#ifdef __cplusplus
}
#endif

#endif
