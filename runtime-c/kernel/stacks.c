// SPDX-License-Identifier: GPL-2.0
/*
 * stacks.c - kernel and user stacks, starting at the probed code.
 *
 * Where the registers of the probed code are known the unwinder starts from them. Else it starts here and skips what
 * lies below the frame that the back end's hook noted (ktr_event.frame); so the tracer's own frames never show.
 */
#include "attach.h"
#include "user_code.h"

#include <linux/ptrace.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>

#include <asm/unwind.h>		/* x86; other architectures have no such walker that modules may use */

/* A probe that is not alone on its tracepoint is called from a small function that calls all of them. */
#define KTR_ITERATOR_BYTES 512

static u32 walk(struct pt_regs *regs, unsigned long *first_frame, u64 *addrs, u32 max)
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
 * From registers: their own address first, as the unwinder begins behind it. A breakpoint leaves the instruction pointer
 * behind itself, in the middle of the probed instruction, where the unwinder's tables may tell another frame.
 */
static u32 walk_regs(const struct ktr_event *ev, u64 *addrs, u32 max)
{
	unsigned long ip = ev->regs->ip;
	u32 n;

	if (ev->ip)
		ev->regs->ip = ev->ip;
	addrs[0] = ev->regs->ip;
	n = 1 + walk(ev->regs, NULL, addrs + 1, max - 1);
	ev->regs->ip = ip;
	return n;
}

/*
 * From a function's entry, where nothing is known but the stack: that is enough, as the function has not pushed anything
 * yet. Much cheaper than from here, through the tracer's own frames and the trampoline. 0: the stack is not as it should be.
 */
static u32 walk_entry(const struct ktr_event *ev, u64 *addrs, u32 max)
{
	const unsigned long *sp = (const unsigned long *)ev->entry->sp;
	struct pt_regs regs = {
		.ip = ev->ip,
		.sp = ev->entry->sp,
		.bp = ev->entry->bp,
		.cs = __KERNEL_CS,
		.ss = __KERNEL_DS,
	};

	if (!object_is_on_stack(sp) || READ_ONCE_NOCHECK(*sp) != ev->word[1])
		return 0;
	addrs[0] = ev->ip;
	return 1 + walk(&regs, NULL, addrs + 1, max - 1);
}

/* The script's own thread has no probed code: all of it that is not ours. */
static u32 thread_stack(u64 *addrs, u32 max)
{
	u32 n = walk(NULL, NULL, addrs, max);
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
	n += walk(NULL, (unsigned long *)ev->frame, addrs + n, max - n);
	if (n && ev->iterator && addrs[0] - ev->iterator < KTR_ITERATOR_BYTES)
		memmove(addrs, addrs + 1, --n * sizeof(*addrs));
	return n;
}

/* A frame of user code: saved frame pointer and return address. */
static bool read_frame(const struct pt_regs *regs, unsigned long fp, unsigned long *next, unsigned long *ret)
{
	if (user_64bit_mode((struct pt_regs *)regs)) {
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
	addrs[n++] = regs->ip;
	/* a function that has just begun has no frame of its own yet: its caller is not in the chain */
	if (c->ev && n < max && ktr_uprobe_caller(c->ev, &ret))
		addrs[n++] = ret;
	for (fp = regs->bp; n < max && fp && read_frame(regs, fp, &next, &ret) && ret; fp = next) {
		addrs[n++] = ret;
		if (next <= fp)		/* frames go up; anything else is no frame */
			break;
	}
	ktr_user_code_places(addrs, n);
	return n;
}
