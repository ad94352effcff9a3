/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KTRUN_LOAD_ERRORS_H
#define KTRUN_LOAD_ERRORS_H

/* Says on stderr, in one line, why the kernel did not load the module, and what to do. */
void kt_explain_load_error(const char *path, int error);

#endif
