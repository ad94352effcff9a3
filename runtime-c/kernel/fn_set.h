/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fn_set.h - the functions that an event means, as a filter of the function tracer.
 */
#ifndef KTR_FN_SET_H
#define KTR_FN_SET_H

#include <linux/ftrace.h>

#include "blocklist.h"
#include "functions.h"

struct seq_file;

/*
 * Fills the filter of ops, which must be fresh, with what fn's event means, and sets fn->many, syscall and name. With
 * `how` (0: nothing), functions of the blocklist are refused, or left out of a pattern. The number of functions is not
 * known: 1: there are some, 0: none, or KTR_ERR. Context: process.
 */
int ktr_fn_set_fill(struct ktr_ctx *c, struct ktr_fn *fn, struct ftrace_ops *ops, unsigned int how);

/* Lines of the status file about what was left out; `how` as before. Context: process. */
void ktr_fn_set_show(struct seq_file *m, const struct ktr_att *a, unsigned int how);

#endif
