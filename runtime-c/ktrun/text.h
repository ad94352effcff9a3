/* SPDX-License-Identifier: GPL-2.0 */
/* A text that grows. */
#ifndef KTRUN_TEXT_H
#define KTRUN_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* All zero: empty. Once memory was short it stays `failed`, whatever is put into it, until it is cleared. */
struct kt_text {
	char *p;	/* not NUL-terminated */
	size_t n, room;
	bool failed;
};

void kt_text_put(struct kt_text *t, const char *bytes, size_t n);
void kt_text_puts(struct kt_text *t, const char *s);
/* Short pieces: what is longer than 256 bytes is cut. */
void kt_text_printf(struct kt_text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Empties it and keeps its memory. */
void kt_text_clear(struct kt_text *t);
void kt_text_free(struct kt_text *t);

#ifdef __cplusplus
}
#endif

#endif
