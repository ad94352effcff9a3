/* SPDX-License-Identifier: GPL-2.0 */
/* x86.h - see arch.h. */
#ifndef KTR_ARCH_X86_H
#define KTR_ARCH_X86_H

#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>

#include <asm/syscall.h>
#include <asm/tsc.h>
#include <asm/unwind.h>

#define KTR_ARCH_SYSCALL_PREFIX "__x64_sys_"

#define KTR_AT(member) offsetof(struct pt_regs, member)

#define KTR_ARCH_SYSCALL_ARGS { KTR_AT(di), KTR_AT(si), KTR_AT(dx), KTR_AT(r10), KTR_AT(r8), KTR_AT(r9) }

#define KTR_ARCH_REGISTERS                                                                          \
	KTR_REG("di", KTR_AT(di)) KTR_REG("si", KTR_AT(si)) KTR_REG("dx", KTR_AT(dx))               \
	KTR_REG("cx", KTR_AT(cx)) KTR_REG("ax", KTR_AT(ax)) KTR_REG("bx", KTR_AT(bx))               \
	KTR_REG("bp", KTR_AT(bp)) KTR_REG("sp", KTR_AT(sp)) KTR_REG("r8", KTR_AT(r8))               \
	KTR_REG("r9", KTR_AT(r9)) KTR_REG("r10", KTR_AT(r10)) KTR_REG("r11", KTR_AT(r11))           \
	KTR_REG("r12", KTR_AT(r12)) KTR_REG("r13", KTR_AT(r13)) KTR_REG("r14", KTR_AT(r14))         \
	KTR_REG("r15", KTR_AT(r15)) KTR_REG("ip", KTR_AT(ip)) KTR_REG("flags", KTR_AT(flags))       \
	KTR_REG("cs", KTR_AT(cs)) KTR_REG("ss", KTR_AT(ss)) KTR_REG("orig_ax", KTR_AT(orig_ax))

#define KTR_ARCH_N_MARKER_REGS KTR_MARK_X86_REGS
#define KTR_ARCH_MARKER_REGS {                                                                      \
	KTR_AT(ax), KTR_AT(bx), KTR_AT(cx), KTR_AT(dx), KTR_AT(si), KTR_AT(di), KTR_AT(bp),         \
	KTR_AT(sp), KTR_AT(r8), KTR_AT(r9), KTR_AT(r10), KTR_AT(r11), KTR_AT(r12), KTR_AT(r13),     \
	KTR_AT(r14), KTR_AT(r15) }

static __always_inline bool ktr_arch_narrow_syscall(void)
{
	return in_ia32_syscall();
}

static __always_inline bool ktr_arch_is_wide(const struct pt_regs *regs)
{
	return user_64bit_mode((struct pt_regs *)regs);
}

static __always_inline unsigned long ktr_arch_ip(const struct pt_regs *regs)
{
	return regs->ip;
}

static __always_inline void ktr_arch_set_ip(struct pt_regs *regs, unsigned long ip)
{
	regs->ip = ip;
}

static __always_inline unsigned long ktr_arch_frame(const struct pt_regs *regs)
{
	return regs->bp;
}

static inline bool ktr_arch_caller(const struct pt_regs *regs, unsigned long *addr)
{
	*addr = 0;
	return !copy_from_user_nofault(addr, (const void __user *)regs->sp, ktr_arch_is_wide(regs) ? 8 : 4) && *addr;
}

/* Of a kernel function that has just begun, as its registers tell it; 0: the stack does, and walking it. */
static __always_inline unsigned long ktr_arch_entry_caller(const struct pt_regs *regs)
{
	return 0;
}

/* The breakpoint is an exception that is accounted like an NMI. */
static __always_inline unsigned int ktr_arch_breakpoint_level(void)
{
	unsigned long pc = preempt_count() - (NMI_OFFSET + HARDIRQ_OFFSET);

	return !!(pc & NMI_MASK) + !!(pc & (NMI_MASK | HARDIRQ_MASK)) +
	       !!(pc & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET));
}

/* Behind the mark for indirect branches, if it has one. */
static __always_inline unsigned long ktr_arch_fn_entry(unsigned long ip)
{
#ifdef CONFIG_X86_KERNEL_IBT
	u32 before = *(const u32 *)(ip - 4);

	/* endbr64, and what the kernel writes over one that nobody needs */
	if (before == 0xfa1e0ff3u || before == 0x001f0f66u)
		return ip - 4;
#endif
	return ip;
}

static __always_inline unsigned long ktr_arch_probe_place(unsigned long ip)
{
	return ip;
}

static __always_inline void ktr_arch_entry_regs(struct pt_regs *regs)
{
}

static inline bool ktr_arch_is_entry_reg(u16 offset)
{
	return false;
}

static __always_inline unsigned long ktr_arch_return_address(unsigned long addr)
{
	return addr;
}

/* ---- the clock ---------------------------------------------------------------------------------------------- */

#define KTR_ARCH_CLOCK 1

static __always_inline u64 ktr_arch_clock(void)
{
	return rdtsc();
}

/* Its units in a millisecond; 0: it is not to be relied on. */
static inline u32 ktr_arch_clock_khz(void)
{
	return boot_cpu_has(X86_FEATURE_TSC) ? tsc_khz : 0;
}

/* ---- the kernel stack --------------------------------------------------------------------------------------- */

/* From registers, behind their own address; or from here, from the frame at first_frame on. NULL, NULL: all of it. */
static noinline __maybe_unused u32 ktr_arch_walk(struct pt_regs *regs, unsigned long *first_frame, u64 *addrs, u32 max)
{
	struct unwind_state state;
	u32 n = 0;

	for (unwind_start(&state, current, regs, first_frame); !unwind_done(&state) && n < max;
	     unwind_next_frame(&state)) {
		unsigned long addr = unwind_get_return_address(&state);

		if (!addr)
			break;
		addrs[n++] = addr;
	}
	return n;
}

/*
 * Nothing is known but the stack: that is enough, as the function has not pushed anything yet. Much cheaper than from here,
 * through the tracer's own frames and the trampoline.
 */
static inline u32 ktr_arch_walk_entry(const struct pt_regs *entry, unsigned long ip, unsigned long caller, u64 *addrs, u32 max)
{
	const unsigned long *sp = (const unsigned long *)entry->sp;
	struct pt_regs regs = {
		.ip = ip,
		.sp = entry->sp,
		.bp = entry->bp,
		.cs = __KERNEL_CS,
		.ss = __KERNEL_DS,
	};

	if (!object_is_on_stack(sp) || READ_ONCE_NOCHECK(*sp) != caller)
		return 0;
	return ktr_arch_walk(&regs, NULL, addrs, max);
}

#endif
