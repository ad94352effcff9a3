/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The objects of ktrun --json, one a line:
 *
 *   {"kind":"text","time":NS,"cpu":N,"text":"..."}	one output of the script; also "event" (text of an event) and
 *							"folded" (lines of print_folded())
 *   {"kind":"error","time":NS,"cpu":N,"text":"..."}	a run-time error
 *   {"kind":"lost","time":NS,"cpu":N,"count":N}	so many outputs are missing here
 *   {"kind":"summary","time":NS,"status":N,"lost":[{"count":N,"what":"..."},...]}
 *
 * The last line is the summary. JSON knows no bytes, so when a text is not UTF-8 the exact bytes stand beside it, as
 * "base64":"...", and "text" has U+FFFD for every byte that is none of a character. Without "base64", "text" is exact.
 */
#ifndef KTRUN_JSON_H
#define KTRUN_JSON_H

#include <stddef.h>

#include "ktr_wire.h"
#include "text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A string with its quotes; what is not UTF-8 is replaced. */
void kt_json_string(struct kt_text *t, const char *bytes, size_t n);
/* The line of a text record: its head, and the whole payload, that of its continuations included. */
void kt_json_output(struct kt_text *t, const struct ktr_rec *head, unsigned int cpu, const char *bytes, size_t n);
void kt_json_lost(struct kt_text *t, const struct ktr_rec *head, unsigned int cpu, const struct ktr_rec_lost *lost);
/* status_text: the module's status file, or NULL when it could not be read ("lost" is missing then). */
void kt_json_summary(struct kt_text *t, unsigned long long time, int status, const char *status_text);

#ifdef __cplusplus
}
#endif

#endif
