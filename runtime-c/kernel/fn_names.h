/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fn_names.h - event names of kernel functions that are known by address only.
 *
 * Finding the symbol of an address costs thousands of instructions, so each name is made once and then kept for as long as
 * the script lives. What does not fit is made again each time.
 */
#ifndef KTR_FN_NAMES_H
#define KTR_FN_NAMES_H

#include "home.h"

/* An event's name: that of the symbol, made a plain word, with "ret_" before it for returns. Its length. Context: any. */
u32 ktr_fn_event_name(char *buf, u32 size, const char *symbol, bool ret);
/* The same for an address. */
u32 ktr_fn_symbol_name(char *buf, u32 size, unsigned long addr, bool ret);

/* The event's name for one symbol, kept as long as the script lives; NULL: no memory. Context: process, main chunk. */
const struct ktr_str *ktr_fn_names_keep(const char *symbol, bool ret);
/* Names will be asked for: takes the memory for them. No harm when there is none. Context: process. */
void ktr_fn_names_want(void);
/* The name for the entry of a function at addr, or NULL. Context: any, preemption off. */
const struct ktr_str *ktr_fn_names_get(unsigned long addr, bool ret);
void ktr_fn_names_exit(void);
u64 ktr_fn_names_bytes(void);

#endif
