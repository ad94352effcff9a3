/* SPDX-License-Identifier: GPL-2.0 */
/* What ktrun may do once the module is loaded and its files are open: unload it, end the command, look up functions. */
#ifndef KTRUN_PRIVILEGES_H
#define KTRUN_PRIVILEGES_H

#include <stdbool.h>

#include "identity.h"

/*
 * Becomes `who` and gives up all capabilities but those few, for good. writes_files: files are opened later, too.
 * 0, or -1 after a message.
 */
int kt_privileges_drop(const struct kt_identity *who, bool writes_files);

/*
 * Between these two, programs and the module's files can be read whoever owns them: not so while files are written, which
 * are opened with nothing but the rights of their owner. Without kt_privileges_drop() they do nothing.
 */
void kt_privileges_begin_reading(void);
void kt_privileges_end_reading(void);

#endif
