/* SPDX-License-Identifier: GPL-2.0 */
/* What ktrun does with a bundle: takes the module that fits this kernel, or lists what is there. */
#ifndef KTRUN_BUNDLE_H
#define KTRUN_BUNDLE_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The module of this name for the running kernel, as a file in memory that nobody changes any more: a descriptor, or -1 after
 * a message.
 */
int kt_bundle_open_module(const char *path, const char *name);

/* Prints what is in a bundle; as JSON: its manifest. An exit status of ktrun. */
int kt_bundle_list(const char *path, bool json);

#ifdef __cplusplus
}
#endif

#endif
