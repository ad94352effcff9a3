/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KTRUN_LOAD_ERRORS_H
#define KTRUN_LOAD_ERRORS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Says on stderr, in one line, why the kernel did not load the module that is open as fd, and what to do. said: what the
 * kernel's log tells about it; "": nothing.
 */
void kt_explain_load_error(const char *path, int fd, int error, const char *said);

/* Does the kernel say that the module was made for another build of it? Its release may be the same. */
bool kt_is_other_build(const char *said);

/* Does the file end as a signed module does? */
bool kt_is_signed(int fd);

/* What is wrong with its signature when the kernel says this; NULL: nothing that is known. lockdown: the kernel is locked down. */
const char *kt_signature_error(int error, bool is_signed, bool lockdown);

#ifdef __cplusplus
}
#endif

#endif
