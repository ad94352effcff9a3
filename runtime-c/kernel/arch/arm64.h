/* SPDX-License-Identifier: GPL-2.0 */
/* arm64.h - see arch.h. */
#ifndef KTR_ARCH_ARM64_H
#define KTR_ARCH_ARM64_H

#include <linux/compat.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include <asm/ptrace.h>

#define KTR_ARCH_SYSCALL_PREFIX "__arm64_sys_"

#define KTR_AT(n) offsetof(struct pt_regs, regs[n])

#define KTR_ARCH_SYSCALL_ARGS { KTR_AT(0), KTR_AT(1), KTR_AT(2), KTR_AT(3), KTR_AT(4), KTR_AT(5) }

#define KTR_ARCH_REGISTERS                                                                          \
	KTR_REG("x0", KTR_AT(0)) KTR_REG("x1", KTR_AT(1)) KTR_REG("x2", KTR_AT(2))                  \
	KTR_REG("x3", KTR_AT(3)) KTR_REG("x4", KTR_AT(4)) KTR_REG("x5", KTR_AT(5))                  \
	KTR_REG("x6", KTR_AT(6)) KTR_REG("x7", KTR_AT(7)) KTR_REG("x8", KTR_AT(8))                  \
	KTR_REG("x9", KTR_AT(9)) KTR_REG("x10", KTR_AT(10)) KTR_REG("x11", KTR_AT(11))              \
	KTR_REG("x12", KTR_AT(12)) KTR_REG("x13", KTR_AT(13)) KTR_REG("x14", KTR_AT(14))            \
	KTR_REG("x15", KTR_AT(15)) KTR_REG("x16", KTR_AT(16)) KTR_REG("x17", KTR_AT(17))            \
	KTR_REG("x18", KTR_AT(18)) KTR_REG("x19", KTR_AT(19)) KTR_REG("x20", KTR_AT(20))            \
	KTR_REG("x21", KTR_AT(21)) KTR_REG("x22", KTR_AT(22)) KTR_REG("x23", KTR_AT(23))            \
	KTR_REG("x24", KTR_AT(24)) KTR_REG("x25", KTR_AT(25)) KTR_REG("x26", KTR_AT(26))            \
	KTR_REG("x27", KTR_AT(27)) KTR_REG("x28", KTR_AT(28)) KTR_REG("x29", KTR_AT(29))            \
	KTR_REG("x30", KTR_AT(30)) KTR_REG("lr", KTR_AT(30))                                        \
	KTR_REG("sp", offsetof(struct pt_regs, sp)) KTR_REG("pc", offsetof(struct pt_regs, pc))     \
	KTR_REG("pstate", offsetof(struct pt_regs, pstate))

#define KTR_ARCH_N_MARKER_REGS KTR_MARK_ARM64_REGS
#define KTR_ARCH_MARKER_REGS {                                                                      \
	KTR_AT(0), KTR_AT(1), KTR_AT(2), KTR_AT(3), KTR_AT(4), KTR_AT(5), KTR_AT(6), KTR_AT(7),     \
	KTR_AT(8), KTR_AT(9), KTR_AT(10), KTR_AT(11), KTR_AT(12), KTR_AT(13), KTR_AT(14),           \
	KTR_AT(15), KTR_AT(16), KTR_AT(17), KTR_AT(18), KTR_AT(19), KTR_AT(20), KTR_AT(21),         \
	KTR_AT(22), KTR_AT(23), KTR_AT(24), KTR_AT(25), KTR_AT(26), KTR_AT(27), KTR_AT(28),         \
	KTR_AT(29), KTR_AT(30), offsetof(struct pt_regs, sp) }

static __always_inline bool ktr_arch_narrow_syscall(void)
{
	return is_compat_task();
}

static __always_inline bool ktr_arch_is_wide(const struct pt_regs *regs)
{
	return !compat_user_mode(regs);
}

static __always_inline unsigned long ktr_arch_ip(const struct pt_regs *regs)
{
	return regs->pc;
}

static __always_inline void ktr_arch_set_ip(struct pt_regs *regs, unsigned long ip)
{
	regs->pc = ip;
}

/* 32-bit programs have no frame pointer that could be relied on. */
static __always_inline unsigned long ktr_arch_frame(const struct pt_regs *regs)
{
	return ktr_arch_is_wide(regs) ? regs->regs[29] : 0;
}

/* XPACLRI, which is no operation on CPUs that do not sign addresses. It takes the one in x30, a kernel's or a program's. */
static __always_inline unsigned long ktr_arch_return_address(unsigned long addr)
{
	register unsigned long lr __asm__("x30") = addr;

	__asm__("hint #7" : "+r"(lr));
	return lr;
}

static inline bool ktr_arch_caller(const struct pt_regs *regs, unsigned long *addr)
{
	*addr = ktr_arch_return_address(regs->regs[ktr_arch_is_wide(regs) ? 30 : 14]);
	return *addr;
}

static __always_inline unsigned long ktr_arch_entry_caller(const struct pt_regs *regs)
{
	return ktr_arch_return_address(regs->regs[30]);
}

/* A breakpoint's exception is not accounted as anything. */
static __always_inline unsigned int ktr_arch_breakpoint_level(void)
{
	return interrupt_context_level();
}

/* The call has an instruction before it that keeps the link register, and that may have the mark for indirect branches. */
static __always_inline unsigned long ktr_arch_fn_entry(unsigned long ip)
{
	const u32 bti_c = 0xd503245fu;

	return *(const u32 *)(ip - 8) == bti_c ? ip - 8 : ip - 4;
}

static __always_inline unsigned long ktr_arch_probe_place(unsigned long ip)
{
	return ktr_arch_fn_entry(ip);
}

static __always_inline void ktr_arch_entry_regs(struct pt_regs *regs)
{
	regs->pstate = PSR_MODE_EL1h;
}

static inline bool ktr_arch_is_entry_reg(u16 offset)
{
	return offset <= KTR_AT(8) || offset == KTR_AT(29) || offset == KTR_AT(30) || offset == offsetof(struct pt_regs, sp);
}

/* ---- the kernel stack --------------------------------------------------------------------------------------- */

/*
 * The kernel's code keeps frame pointers, and a register frame of an exception holds such a record too. A caller that its
 * function's return probe has put aside shows as the kernel's trampoline.
 */
static inline u32 ktr_arch_walk_frames(unsigned long fp, unsigned long first, u64 *addrs, u32 max)
{
	unsigned long record[2];	/* the next one's address, the return address */
	u32 n = 0, below = 0;

	while (n < max && fp && !(fp & 7) && !copy_from_kernel_nofault(record, (const void *)fp, sizeof(record))) {
		if (fp >= first) {
			first = 0;	/* other stacks, further on, may lie anywhere */
			if (!record[1])
				break;
			addrs[n++] = ktr_arch_return_address(record[1]);
		} else if (++below > 64) {
			break;
		}
		fp = record[0];
	}
	return n;
}

/* From registers, behind their own address; or from here, from the frame at first_frame on. NULL, NULL: all of it. */
static __always_inline u32 ktr_arch_walk(struct pt_regs *regs, unsigned long *first_frame, u64 *addrs, u32 max)
{
	unsigned long fp = regs ? regs->regs[29] : (unsigned long)__builtin_frame_address(0);

	return ktr_arch_walk_frames(fp, (unsigned long)first_frame, addrs, max);
}

/* The function has no frame of its own yet: its caller is in the link register. */
static inline u32 ktr_arch_walk_entry(const struct pt_regs *entry, unsigned long ip, unsigned long caller, u64 *addrs, u32 max)
{
	if (!max)
		return 0;
	addrs[0] = ktr_arch_return_address(caller);
	return 1 + ktr_arch_walk_frames(entry->regs[29], 0, addrs + 1, max - 1);
}

#endif
