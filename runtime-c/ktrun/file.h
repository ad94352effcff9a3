/* SPDX-License-Identifier: GPL-2.0 */
/* The file that output goes to, or several of limited size, or stdout. Buffered; the first error ends it. */
#ifndef KTRUN_FILE_H
#define KTRUN_FILE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kt_file {
	int fd;
	const char *path;		/* as the user gave it; NULL: stdout */
	char *name;			/* of the file that is written now: PATH, or PATH.NUMBER; allocated */
	unsigned long long limit;	/* bytes of one file; 0: no rotation */
	unsigned int keep;		/* files that are kept; 0: all */
	unsigned long long number;	/* of the file that is written now */
	unsigned long long bytes;	/* in it, buffered ones included */
	int error;			/* errno of the first failure; everything later is dropped */
	char last;			/* the last byte that was put */
	char *buf;
	size_t used;
};

/*
 * path: file to create or truncate, NULL: stdout. With a limit the files are PATH.1, PATH.2, ..., and those of an earlier
 * run are removed. 0, or -1 after a message.
 */
int kt_file_open(struct kt_file *f, const char *path, unsigned long long limit, unsigned int keep);
/* Flushes and closes; a late error shows in f->error. The name stays until kt_file_free(). */
void kt_file_close(struct kt_file *f);
void kt_file_free(struct kt_file *f);

/* n bytes follow that belong together: takes the next file when they do not fit into this one. */
void kt_file_begin(struct kt_file *f, size_t n);
void kt_file_put(struct kt_file *f, const char *data, size_t n);
void kt_file_flush(struct kt_file *f);
/* Notes an error, unless there was one. */
void kt_file_fail(struct kt_file *f, int error);

#ifdef __cplusplus
}
#endif

#endif
