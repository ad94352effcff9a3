/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ktr_compat.h - differences between kernels, by what the compile probes found (probes/, each names the commit).
 */
#ifndef KTR_COMPAT_H
#define KTR_COMPAT_H

#include <linux/ftrace.h>
#include <linux/hrtimer.h>

#include "ktr_features.h"

static inline void ktr_compat_hrtimer_setup(struct hrtimer *t, enum hrtimer_restart (*fn)(struct hrtimer *t),
					    clockid_t clock, enum hrtimer_mode mode)
{
#if KTR_HAVE_HRTIMER_SETUP
	hrtimer_setup(t, fn, clock, mode);
#else
	hrtimer_init(t, clock, mode);
	t->function = fn;
#endif
}

/* Registers at a function's entry. Only those with arguments, the stack pointer and the frame pointer are valid. */
static __always_inline struct pt_regs *ktr_compat_ftrace_regs(struct ftrace_regs *fregs)
{
#if KTR_HAVE_ARCH_FTRACE_REGS
	return &arch_ftrace_regs(fregs)->regs;
#else
	return &fregs->regs;
#endif
}

#endif
