/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ktr_compat.h - differences between kernels, by what the compile probes found (probes/, each names the commit).
 */
#ifndef KTR_COMPAT_H
#define KTR_COMPAT_H

#include <linux/ftrace.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/uprobes.h>

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

/* The function tracer can be asked for all registers. */
#define KTR_COMPAT_FTRACE_ALL_REGS (KTR_HAVE_ARCH_FTRACE_REGS || KTR_HAVE_FTRACE_REGS_IN_FULL)

/* Where registers go that the kernel does not have as a struct pt_regs; else nothing. */
struct ktr_compat_ftrace_room {
#if !KTR_COMPAT_FTRACE_ALL_REGS
	struct pt_regs regs;
#endif
};

/*
 * Registers at a function's entry. Only those with arguments, the stack pointer, the frame pointer and, where there is one, the
 * link register are valid.
 */
static __always_inline struct pt_regs *ktr_compat_ftrace_regs(struct ftrace_regs *fregs, struct ktr_compat_ftrace_room *room)
{
#if KTR_HAVE_ARCH_FTRACE_REGS
	return &arch_ftrace_regs(fregs)->regs;
#elif KTR_HAVE_FTRACE_REGS_IN_FULL
	return &fregs->regs;
#elif KTR_HAVE_FTRACE_PARTIAL_REGS
	return ftrace_partial_regs(fregs, &room->regs);
#else
#error "kt2ko: this kernel's function tracer keeps registers in a way that is not known"
#endif
}

/* Head of what kallsyms_on_each_symbol() calls. */
#if KTR_HAVE_KALLSYMS_EACH_NO_MODULE
#define KTR_COMPAT_SYMBOL_VISITOR(fn, data, name, addr) static int fn(void *data, const char *name, unsigned long addr)
#else
#define KTR_COMPAT_SYMBOL_VISITOR(fn, data, name, addr) \
	static int fn(void *data, const char *name, struct module *ktr_unused, unsigned long addr)
#endif

/* ---- probes of user programs -------------------------------------------------------------------------------- */

#if KTR_HAVE_UPROBE_COOKIE
#define KTR_COMPAT_UPROBE_HANDLER(fn, uc, regs) \
	static int fn(struct uprobe_consumer *uc, struct pt_regs *regs, __u64 *ktr_unused)
#define KTR_COMPAT_URETPROBE_HANDLER(fn, uc, func, regs) \
	static int fn(struct uprobe_consumer *uc, unsigned long func, struct pt_regs *regs, __u64 *ktr_unused)
#else
#define KTR_COMPAT_UPROBE_HANDLER(fn, uc, regs) \
	static int fn(struct uprobe_consumer *uc, struct pt_regs *regs)
#define KTR_COMPAT_URETPROBE_HANDLER(fn, uc, func, regs) \
	static int fn(struct uprobe_consumer *uc, unsigned long func, struct pt_regs *regs)
#endif

/* What unregistering needs. */
struct ktr_compat_uprobe {
#if KTR_HAVE_UPROBE_UNREGISTER_NOSYNC
	struct uprobe *uprobe;
#else
	struct inode *inode;
	loff_t offset;
#endif
};

/* 0 or -errno. counter: offset of the reference counter, 0: none. Context: process, may sleep. */
static inline int ktr_compat_uprobe_register(struct ktr_compat_uprobe *u, struct inode *inode, loff_t offset,
					     loff_t counter, struct uprobe_consumer *uc)
{
#if KTR_HAVE_UPROBE_UNREGISTER_NOSYNC
	u->uprobe = uprobe_register(inode, offset, counter, uc);
	return PTR_ERR_OR_ZERO(u->uprobe);
#else
	u->inode = inode;
	u->offset = offset;
	return uprobe_register_refctr(inode, offset, counter, uc);
#endif
}

/* Handlers may still run until ktr_compat_uprobe_sync() has returned. Context: process, may sleep. */
static inline void ktr_compat_uprobe_unregister(struct ktr_compat_uprobe *u, struct uprobe_consumer *uc)
{
#if KTR_HAVE_UPROBE_UNREGISTER_NOSYNC
	uprobe_unregister_nosync(u->uprobe, uc);
#else
	uprobe_unregister(u->inode, u->offset, uc);
#endif
}

static inline void ktr_compat_uprobe_sync(void)
{
#if KTR_HAVE_UPROBE_UNREGISTER_NOSYNC
	uprobe_unregister_sync();
#endif
}

#endif
