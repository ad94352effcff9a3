/* SPDX-License-Identifier: GPL-2.0 */
/* The file of a bundle: a tar file packed by gzip. Nothing of it is ever written to a folder. */
#ifndef KTRUN_BUNDLE_FILE_H
#define KTRUN_BUNDLE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Does the file begin as one that is packed by gzip? A module never does. */
bool kt_is_bundle(const char *path);

/*
 * The bytes of a member, allocated; *n is their number, at most `max`. NULL after a message: the file is not there, damaged,
 * or has no such member.
 */
char *kt_bundle_read(const char *path, const char *member, size_t max, size_t *n);

#ifdef __cplusplus
}
#endif

#endif
