/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KTRUN_IDENTITY_H
#define KTRUN_IDENTITY_H

/*
 * Called as root through sudo: becomes the user who called it, with that user's groups and home, for good. Otherwise
 * nothing changes. 0, or -1 with errno.
 */
int kt_become_caller(void);

#endif
