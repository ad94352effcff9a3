/* SPDX-License-Identifier: GPL-2.0 */
/* The streams of all CPUs of a loaded module. */
#ifndef KTRUN_STREAMS_H
#define KTRUN_STREAMS_H

#include <stddef.h>

#include "stream.h"

#ifdef __cplusplus
extern "C" {
#endif

struct kt_streams {
	struct kt_stream *list;
	size_t n;
};

/*
 * Opens the files cpuN of the directory that are not open yet; CPUs can come online at any time. 0, or -1 after a
 * message.
 */
int kt_streams_open(struct kt_streams *s, const char *dir);
void kt_streams_close(struct kt_streams *s);
/* kt_stream_fill() for all; bytes read, or -1 after a message. A module that is gone has no more bytes. */
long kt_streams_fill(struct kt_streams *s, unsigned long long until);

#ifdef __cplusplus
}
#endif

#endif
