/* SPDX-License-Identifier: GPL-2.0 */
/* Which bytes are well-formed UTF-8: a script's output may hold any bytes. */
#ifndef KTRUN_UTF8_H
#define KTRUN_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What stands for a byte that is no text. */
#define KT_UTF8_REPLACEMENT "\xef\xbf\xbd"

/* Bytes of the character that begins at text, which has n > 0 bytes; 0: none does. */
size_t kt_utf8_bytes(const char *text, size_t n);

/* Is all of it well-formed? */
bool kt_utf8_valid(const char *text, size_t n);

#ifdef __cplusplus
}
#endif

#endif
