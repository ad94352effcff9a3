/* SPDX-License-Identifier: GPL-2.0 */
/* ktrun --flamegraph FILE: collects stacks while the trace runs, and writes the picture at its end. */
#ifndef KTRUN_PICTURE_H
#define KTRUN_PICTURE_H

#include "folded.h"

#ifdef __cplusplus
extern "C" {
#endif

struct kt_picture {
	const char *path;	/* NULL: no picture is wanted */
	int fd;
	struct kt_folded stacks;
};

/* Makes the file, so that a wrong name is told before the trace. path: NULL: none. 0, or -1 after a message. */
int kt_picture_open(struct kt_picture *p, const char *path);
/* Draws, writes, frees. 0, or -1 after a message. */
int kt_picture_close(struct kt_picture *p, const char *title);

#ifdef __cplusplus
}
#endif

#endif
