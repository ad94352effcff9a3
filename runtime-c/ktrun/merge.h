/* SPDX-License-Identifier: GPL-2.0 */
/* Puts the streams of all CPUs in the order of time. */
#ifndef KTRUN_MERGE_H
#define KTRUN_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "stream.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How long an unfinished output waits for its continuation before it is printed as it is. */
#define KT_MORE_WAIT_NS 100000000ull

/* Takes the records of all CPUs; `continues`: it continues the one before. */
struct kt_sink {
	void (*record)(void *arg, unsigned int cpu, const struct ktr_rec *rec, bool continues);
	void *arg;
};

/*
 * Gives out all records with time <= until, in order; records of one output stay together. The streams must have been
 * filled after `until` was the current time. KT_MERGE_ALL: everything that is there, unfinished outputs too.
 * Returns the number of records.
 */
#define KT_MERGE_ALL (~0ull)
size_t kt_merge(struct kt_stream *streams, size_t n, unsigned long long until, const struct kt_sink *sink);

#ifdef __cplusplus
}
#endif

#endif
