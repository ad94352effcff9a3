/* SPDX-License-Identifier: GPL-2.0 */
/* What people are told about a bundle. */
#ifndef KTRUN_BUNDLE_ADVICE_H
#define KTRUN_BUNDLE_ADVICE_H

#include <stdio.h>

#include "bundle_manifest.h"
#include "text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The table of what is in it; modules for this kernel are marked. */
void kt_bundle_print(const struct kt_bundle_manifest *m, const char *release, const char *machine, FILE *to);

/* Says why there is no module of this name for this kernel, which there are, and the command that makes one. */
void kt_bundle_tell_missing(const struct kt_bundle_manifest *m, const char *path, const char *name, const char *release,
			    const char *machine);

/* The command that makes the same bundle with one kernel more. */
void kt_bundle_command(struct kt_text *t, const struct kt_bundle_manifest *m, const char *path, const char *release);

#ifdef __cplusplus
}
#endif

#endif
