/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fetch.h - fetch arguments of probes: registers, stack, memory, with a type.
 */
#ifndef KTR_FETCH_H
#define KTR_FETCH_H

#include <linux/ptrace.h>

#include "home.h"

/* A checked and resolved list of fetch arguments. */
struct ktr_fetch_set;

/* NULL: ktr_fail() was called. what: the event's text for messages. Context: process. */
struct ktr_fetch_set *ktr_fetch_prepare(struct ktr_ctx *c, const struct ktr_probe *p);
/* Argument i (from 0), nil when it faults or there is none. 0 or KTR_ERR. */
int ktr_fetch_get(struct ktr_ctx *c, const struct ktr_fetch_set *set, u32 i, struct pt_regs *regs, struct ktr_val *out);
/* All registers that it names are among those that are saved for every entry of a function. */
bool ktr_fetch_is_of_entry(const struct ktr_fetch_set *set);
int ktr_fetch_find(const struct ktr_probe *p, const char *name);	/* index, -1: none */
/* " name=0xvalue" for each; the length. */
u32 ktr_fetch_text(struct ktr_ctx *c, const struct ktr_probe *p, const struct ktr_fetch_set *set, struct pt_regs *regs,
		   char *buf, u32 size);

#endif
