/* SPDX-License-Identifier: GPL-2.0 */
/* One CPU's stream of records as it is read from a descriptor (any file will do). */
#ifndef KTRUN_STREAM_H
#define KTRUN_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "ktr_wire.h"

#ifdef __cplusplus
extern "C" {
#endif

struct kt_stream {
	int fd;
	unsigned int cpu;
	/* Bytes read and not yet given out are buf[head..tail); those before `scanned` are whole records. */
	char *buf;
	size_t size, head, scanned, tail;
	unsigned long long last_time;	/* of the last whole record */
	bool broken;			/* what was read is no record: nothing more is taken from it */
};

void kt_stream_init(struct kt_stream *s, int fd, unsigned int cpu);
void kt_stream_free(struct kt_stream *s);	/* closes the descriptor too */

/*
 * Reads until the stream is empty, or has a record younger than `until` (a fast writer could keep us forever).
 * Returns the number of bytes read, or -errno: -EIO after unloading, -ENOMEM, -EBADMSG when the stream is broken.
 */
long kt_stream_fill(struct kt_stream *s, unsigned long long until);

/* The oldest whole record, or NULL. Valid until the next kt_stream_fill(). */
const struct ktr_rec *kt_stream_peek(const struct kt_stream *s);
/* Moves on to the next record. There must be one. */
void kt_stream_pop(struct kt_stream *s);

/* True when all records that continue the oldest one (KTR_RF_MORE) are there. There must be one. */
bool kt_stream_whole(const struct kt_stream *s);

#ifdef __cplusplus
}
#endif

#endif
