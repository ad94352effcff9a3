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

/*
 * The entry of a function whose tracer's call is at ip: behind the mark for indirect branches, if it has one.
 * Context: any.
 */
static __always_inline unsigned long ktr_fn_entry(unsigned long ip)
{
#ifdef CONFIG_X86_KERNEL_IBT
	u32 before = *(const u32 *)(ip - 4);

	/* endbr64, and what the kernel writes over one that nobody needs */
	if (before == 0xfa1e0ff3u || before == 0x001f0f66u)
		return ip - 4;
#endif
	return ip;
}

#endif
