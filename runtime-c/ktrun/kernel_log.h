/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel writes to its log while a module is loaded: error numbers do not tell it. */
#ifndef KTRUN_KERNEL_LOG_H
#define KTRUN_KERNEL_LOG_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* From here on: a descriptor, or -1 when the log cannot be read. */
int kt_kernel_log_begin(void);

/*
 * The first line since then that is about the module ("NAME: ..."), without the name: others are about what follows from
 * it. "" when there is none. Closes the descriptor.
 */
void kt_kernel_log_end(int fd, const char *module, char *line, size_t size);

/*
 * The text of a record of /dev/kmsg when it is about the module, and not about tainting the kernel, else NULL. The record is
 * changed: it ends after its text.
 */
const char *kt_kernel_log_text(char *record, const char *module);

#ifdef __cplusplus
}
#endif

#endif
