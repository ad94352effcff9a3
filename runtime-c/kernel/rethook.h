/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rethook.h - finding the kernel's functions for hooking returns.
 */
#ifndef KTR_KERNEL_RETHOOK_H
#define KTR_KERNEL_RETHOOK_H

#include "home.h"

/* Whether this kernel has them. The first call finds them. Context: process, main chunk. */
bool ktr_rethook_find(void);

#endif
