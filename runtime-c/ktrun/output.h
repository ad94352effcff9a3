/* SPDX-License-Identifier: GPL-2.0 */
/* Where records go: text to the output file or stdout, errors and losses to stderr, in the order of the stream. */
#ifndef KTRUN_OUTPUT_H
#define KTRUN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "merge.h"

#ifdef __cplusplus
extern "C" {
#endif

struct kt_output {
	int fd;
	const char *name;	/* for messages */
	bool times;		/* the time goes before each event's text */
	int error;		/* errno of the first write that failed; everything later is dropped */
	char *buf;
	size_t used;
};

/* path: file to create or truncate, NULL: stdout. 0, or -1 after a message. */
int kt_output_open(struct kt_output *out, const char *path, bool times);
/* Flushes and closes; a late error shows in out->error. */
void kt_output_close(struct kt_output *out);

void kt_output_flush(struct kt_output *out);
/* A kt_sink's function; arg is the kt_output. */
void kt_output_record(void *arg, const struct ktr_rec *rec, bool continues);
/* Prints why writing failed, unless the reader just went away. */
void kt_output_report(const struct kt_output *out);

#ifdef __cplusplus
}
#endif

#endif
