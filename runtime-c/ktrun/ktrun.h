/* SPDX-License-Identifier: GPL-2.0 */
/* What all parts of ktrun use: exit statuses, messages, time. */
#ifndef KTRUN_H
#define KTRUN_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum kt_exit {
	KT_EXIT_DONE = 0,
	KT_EXIT_SCRIPT = 1,	/* a run-time error ended the script */
	KT_EXIT_USAGE = 2,
	KT_EXIT_REFUSED = 3,	/* ktrun or the kernel could not do it */
};

/* One line on stderr: "ktrun: ...". */
void kt_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* CLOCK_MONOTONIC, the clock of the records, in nanoseconds. */
unsigned long long kt_now_ns(void);

#define KT_NS_PER_MS 1000000ull
#define KT_NS_PER_S 1000000000ull

/*
 * Reads a small file whole into an allocated, NUL-terminated text; *len may be NULL. NULL with errno when it cannot be
 * read. The caller frees it.
 */
char *kt_read_file(const char *path, size_t *len);

#ifdef __cplusplus
}
#endif

#endif
