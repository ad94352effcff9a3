/* SPDX-License-Identifier: GPL-2.0 */
/* The formats of a module's outputs, and the text of records that hold arguments only. */
#ifndef KTRUN_FORMATS_H
#define KTRUN_FORMATS_H

#include <stdbool.h>
#include <stddef.h>

#include "ktr_wire.h"

#ifdef __cplusplus
extern "C" {
#endif

struct kt_format {
	char *text;
	size_t n;
};

struct kt_formats {
	struct kt_format *list;
	size_t n;
};

/* Takes the text of the module's file, which is changed. 0, -1: it is malformed, -ENOMEM. f need not be initialized. */
int kt_formats_parse(struct kt_formats *f, char *file);
/* Reads the file in dir. 0, or -1 after a message. */
int kt_formats_read(struct kt_formats *f, const char *dir);
void kt_formats_free(struct kt_formats *f);

/* The text of a KTR_REC_FORMAT record; its length, negative: it fits no format. buf: KTR_FORMAT_TEXT_MAX bytes. */
int kt_formats_text(const struct kt_formats *f, const struct ktr_rec *rec, char *buf);

#ifdef __cplusplus
}
#endif

#endif
