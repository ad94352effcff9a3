/* SPDX-License-Identifier: GPL-2.0 */
/*
 * symbols.h - kernel symbols by name, for the files of the kernel home.
 */
#ifndef KTR_SYMBOLS_H
#define KTR_SYMBOLS_H

#include "home.h"

/* Address of a kernel or module symbol, exported or not; 0: none, or the kernel offers no way. Context: process. */
unsigned long ktr_symbol_address(const char *name);

/* Whether there certainly is no such symbol; where the kernel offers no way to find out there may be one. Context: process. */
bool ktr_symbol_is_absent(const char *name);

/* Any function of the kernel itself, not of modules, whose name the pattern matches. Context: process. */
bool ktr_symbol_like(const char *pattern, char *buf, u32 size);

#endif
