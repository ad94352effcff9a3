/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where records go: text to the output file or stdout, errors and losses to stderr, in the order of the stream; or
 * everything as JSON (see json.h).
 */
#ifndef KTRUN_OUTPUT_H
#define KTRUN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "code.h"
#include "file.h"
#include "folded.h"
#include "formats.h"
#include "merge.h"
#include "text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the user wants of the output. */
struct kt_style {
	const char *path;		/* file to create or truncate, NULL: stdout */
	unsigned long long rotate_bytes;	/* largest file; 0: one file of any size */
	unsigned int rotate_keep;	/* files that are kept; 0: all */
	bool times;			/* the time goes before each event's text */
	bool json;
};

struct kt_output {
	struct kt_style style;
	struct kt_file file;		/* file.error: errno of the first write that failed; nothing is written after it */
	struct kt_formats formats;	/* of the module, once it is loaded */
	struct kt_code code;		/* and the files of its user stacks */
	struct kt_folded *stacks;	/* takes the lines of print_folded(); NULL: they are text as any other */
	/* the output whose continuations are still to come */
	bool open;
	struct ktr_rec head;
	unsigned int cpu;
	struct kt_text pending;
	struct kt_text line;		/* of JSON, under construction */
};

/* 0, or -1 after a message. */
int kt_output_open(struct kt_output *out, const struct kt_style *style);
/* Flushes and closes; a late error shows in out->file.error. */
void kt_output_close(struct kt_output *out);

void kt_output_flush(struct kt_output *out);
/* A kt_sink's function; arg is the kt_output. */
void kt_output_record(void *arg, unsigned int cpu, const struct ktr_rec *rec, bool continues);
/*
 * What was lost in the whole trace, by cause. status: ktrun's exit status so far; status_text: the module's status file,
 * NULL: it cannot be read.
 */
void kt_output_summary(struct kt_output *out, int status, const char *status_text);
/* After closing: prints why writing failed, unless the reader just went away. */
void kt_output_report(struct kt_output *out);

#ifdef __cplusplus
}
#endif

#endif
