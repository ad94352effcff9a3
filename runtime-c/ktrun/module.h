/* SPDX-License-Identifier: GPL-2.0 */
/* A script module: checking the file, loading, unloading. */
#ifndef KTRUN_MODULE_H
#define KTRUN_MODULE_H

#include <stdbool.h>

#include "modinfo.h"
#include "needed.h"

struct kt_module {
	const char *path;
	int fd;
	struct kt_modinfo info;
	char dir[64 + KT_NAME_MAX];	/* its directory under /proc */
	bool loaded;			/* by us */
	struct kt_needed needed;
};

/*
 * Opens the file and looks whether it can be loaded: a script module of this protocol, for this kernel, by this user.
 * 0, or -1 after a message.
 */
int kt_module_open(struct kt_module *m, const char *path);

/* The same for a file that is open; path is for messages. fd is closed when it is refused. */
int kt_module_take(struct kt_module *m, int fd, const char *path);

/*
 * Makes sure no module of that name is loaded; one that an earlier ktrun left behind, ended, is unloaded.
 * 0, or -1 after a message.
 */
int kt_module_make_way(const struct kt_module *m);

/* Loads it with these parameters ("name=value name=value"). 0, or -1 after a message. */
int kt_module_load(struct kt_module *m, const char *params);

/* Unloads it when it is loaded by us, and closes the file. 0, or -1 after a message. */
int kt_module_close(struct kt_module *m);

#endif
