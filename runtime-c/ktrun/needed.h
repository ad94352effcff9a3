/* SPDX-License-Identifier: GPL-2.0 */
/* The modules that a script's module needs: those of tapsets (kt2ko --link-tapsets). */
#ifndef KTRUN_NEEDED_H
#define KTRUN_NEEDED_H

#include <stdbool.h>

#include "modinfo.h"

#define KT_NEEDED_MAX 32

struct kt_needed {
	char ours[KT_NEEDED_MAX][KT_NAME_MAX];	/* loaded by us */
	int n_ours;
};

bool kt_is_loaded(const char *name);

/*
 * Loads what is not loaded yet: each from the folder of the script's module, else by modprobe. needs: names with commas between
 * them. 0, or -1 after a message, and then nothing has been loaded.
 */
int kt_needed_load(struct kt_needed *needed, const char *needs, const char *module_path);

/* Unloads those that we loaded and that nobody uses. */
void kt_needed_unload(struct kt_needed *needed);

#endif
