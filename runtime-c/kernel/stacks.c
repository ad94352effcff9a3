// SPDX-License-Identifier: GPL-2.0
/*
 * stacks.c - kernel and user stacks, starting at the probed code.
 *
 * Where the registers of the probed code are known the unwinder starts from them. Else it starts here and skips what
 * lies below the frame that the back end's hook noted (ktr_event.frame); so the tracer's own frames never show.
 */
#include "arch.h"
#include "functions.h"
#include "user_code.h"

#include <linux/ptrace.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>

/* A probe that is not alone on its tracepoint is called from a small function that calls all of them. */
#define KTR_ITERATOR_BYTES 512

/* A breakpoint at a kernel function's entry. */
static bool at_entry(const struct ktr_event *ev)
{
	return ev->att->back_end == &ktr_be_kprobe && ((const struct ktr_fn *)ev->point)->entry;
}

/*
 * From registers: their own address first, as the unwinder begins behind it. A breakpoint may leave the instruction pointer
 * behind itself, in the middle of the probed instruction, where the unwinder's tables may tell another frame.
 */
static u32 walk_regs(const struct ktr_event *ev, u64 *addrs, u32 max)
{
	unsigned long ip = ktr_arch_ip(ev->regs), caller = ktr_arch_entry_caller(ev->regs);
	u32 n = 1;

	if (ev->ip)
		ktr_arch_set_ip(ev->regs, ev->ip);
	addrs[0] = ktr_arch_ip(ev->regs);
	if (caller && max > 1 && at_entry(ev))
		addrs[n++] = caller;
	n += ktr_arch_walk(ev->regs, NULL, addrs + n, max - n);
	ktr_arch_set_ip(ev->regs, ip);
	return n;
}

/* From a function's entry. 0: the stack is not as it should be. */
static u32 walk_entry(const struct ktr_event *ev, u64 *addrs, u32 max)
{
	u32 n = ktr_arch_walk_entry(ev->entry, ev->ip, ev->word[1], addrs + 1, max - 1);

	addrs[0] = ev->ip;
	return n ? n + 1 : 0;
}

/* The script's own thread has no probed code: all of it that is not ours. */
static u32 thread_stack(u64 *addrs, u32 max)
{
	u32 n = ktr_arch_walk(NULL, NULL, addrs, max);
	u32 i, k = 0;

	for (i = 0; i < n; i++)
		if (within_module_core(addrs[i], THIS_MODULE))
			k = i + 1;
	memmove(addrs, addrs + k, (n - k) * sizeof(*addrs));
	return n - k;
}

u32 ktr_port_stack(struct ktr_ctx *c, u64 *addrs, u32 max)
{
	struct ktr_event *ev = c->ev;
	u32 n = 0;

	if (!max)
		return 0;
	if (!ev)
		return thread_stack(addrs, max);
	if (ev->regs)
		return user_mode(ev->regs) ? 0 : walk_regs(ev, addrs, max);
	if (ev->entry)
		n = walk_entry(ev, addrs, max);
	if (n)
		return n;
	if (ev->ip)
		addrs[n++] = ev->ip;
	n += ktr_arch_walk(NULL, (unsigned long *)ev->frame, addrs + n, max - n);
	if (n && ev->iterator && addrs[0] - ev->iterator < KTR_ITERATOR_BYTES)
		memmove(addrs, addrs + 1, --n * sizeof(*addrs));
	return n;
}

/* A frame of user code: saved frame pointer and return address. */
static bool read_frame(const struct pt_regs *regs, unsigned long fp, unsigned long *next, unsigned long *ret)
{
	if (ktr_arch_is_wide(regs)) {
		u64 frame[2];

		if (copy_from_user_nofault(frame, (const void __user *)fp, sizeof(frame)))
			return false;
		*next = frame[0];
		*ret = frame[1];
	} else {
		u32 frame[2];

		if (copy_from_user_nofault(frame, (const void __user *)fp, sizeof(frame)))
			return false;
		*next = frame[0];
		*ret = frame[1];
	}
	return true;
}

u32 ktr_port_ustack(struct ktr_ctx *c, u64 *addrs, u32 max)
{
	const struct pt_regs *regs;
	unsigned long fp, next, ret;
	u32 n = 0;

	if (!max || !current->mm || (current->flags & (PF_KTHREAD | PF_EXITING)))
		return 0;
	regs = task_pt_regs(current);
	if (!user_mode((struct pt_regs *)regs))
		return 0;
	addrs[n++] = ktr_arch_ip(regs);
	/* a function that has just begun has no frame of its own yet: its caller is not in the chain */
	if (c->ev && n < max && ktr_uprobe_caller(c->ev, &ret))
		addrs[n++] = ret;
	for (fp = ktr_arch_frame(regs); n < max && fp && read_frame(regs, fp, &next, &ret) && ret; fp = next) {
		addrs[n++] = ktr_arch_return_address(ret);
		if (next <= fp)		/* frames go up; anything else is no frame */
			break;
	}
	ktr_user_code_places(addrs, n);
	return n;
}
