// SPDX-License-Identifier: GPL-2.0
/*
 * attach_kprobe.c - kernel code that the function tracer cannot hook: offsets into functions, functions built without it.
 *
 * On x86 the probe's breakpoint is an exception that the kernel accounts like an NMI although it interrupted a task or an
 * interrupt; the level is taken from what was interrupted. A jump-optimised probe would not be accounted like that, and
 * its handler cannot tell the two apart. So the probes have a post handler, with which the kernel does not optimise.
 */
#include <linux/kprobes.h>

#include "arch.h"
#include "functions.h"
#include "trace_list.h"

struct kp_hook {
	struct ktr_fn fn;		/* first: what events point to */
	struct kprobe kp;
	struct list_head leaving;	/* in the list of that name */
	bool registered;
};

static LIST_HEAD(leaving);	/* detached ones, which the kernel has still to take away; the script's thread only */

/* ---- events ------------------------------------------------------------------------------------------------- */

static __always_inline unsigned int level_of(struct kprobe *kp)
{
	return kprobe_ftrace(kp) ? interrupt_context_level() : ktr_arch_breakpoint_level();
}

/*
 * After a breakpoint the leaf itself takes the level for an NMI's, and then finds nothing in its way that was not found for
 * the true level before: while an NMI's handler runs, the true level is an NMI's too.
 */
static int kp_leaf_handler(struct kprobe *kp, struct pt_regs *regs)
{
	ktr_leaf_run_at(container_of(kp, struct kp_hook, kp)->fn.att, level_of(kp));
	return 0;
}

static int kp_handler(struct kprobe *kp, struct pt_regs *regs)
{
	struct kp_hook *h = container_of(kp, struct kp_hook, kp);
	unsigned int level = level_of(kp);
	struct ktr_ictx *x = ktr_event_enter(h->fn.att, level);
	struct ktr_event *ev;

	if (!x)
		return 0;
	ev = ktr_event_of(x);
	ev->regs = regs;
	ev->ip = (unsigned long)kp->addr;
	ev->point = h;
	ev->data = regs;
	ev->word[0] = ev->ip;
	ev->word[2] = ev->ip;
	ktr_event_run(x, h->fn.att);
	ktr_event_leave(x, level);
	return 0;
}

static void kp_post_handler(struct kprobe *kp, struct pt_regs *regs, unsigned long flags)
{
}

/* ---- resolving ---------------------------------------------------------------------------------------------- */

static void kp_release(struct ktr_att *a)
{
	struct kp_hook *h = a->points;

	ktr_fn_release(&h->fn);
	kfree(h);
}

static int kp_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	const struct ktr_probe *p = a->probe;
	char symbol[KTR_FN_NAME_MAX];
	const char *why;
	struct kp_hook *h;
	unsigned long addr;

	if (ktr_is_pattern(p->event))
		return 0;
	h = kzalloc(sizeof(*h), GFP_KERNEL);
	if (!h)
		return ktr_fail(c, "no memory");
	a->points = h;
	h->fn.att = a;
	h->fn.entry = !p->offset;
	addr = ktr_fn_find(p->event, symbol);
	if (!addr)
		return 0;
	h->fn.syscall = ktr_fn_is_syscall(symbol);
	if (ktr_fn_set_name(c, &h->fn, symbol))
		return KTR_ERR;
	why = ktr_fn_blocked(addr + p->offset, KTR_HOOK_BREAK, symbol);
	if (why)
		return ktr_fn_refuse(c, a, symbol, why);
	h->kp.addr = (kprobe_opcode_t *)addr;
	h->kp.offset = p->offset;
	h->kp.pre_handler = a->run_leaf ? kp_leaf_handler : kp_handler;
	h->kp.post_handler = kp_post_handler;
	return ktr_fn_prepare(c, &h->fn) || ktr_fn_check_fields(c, &h->fn) ? KTR_ERR : 1;
}

/* ---- attaching ---------------------------------------------------------------------------------------------- */

static int kp_attach(struct ktr_ctx *c, struct ktr_att *a)
{
	struct kp_hook *h = a->points;
	int err = register_kprobe(&h->kp);

	h->registered = !err;
	return err ? ktr_fn_attach_failed(c, a, err) : 0;
}

static void kp_detach(struct ktr_att *a)
{
	struct kp_hook *h = a->points;

	if (h->registered)
		list_add_tail(&h->leaving, &leaving);
	h->registered = false;
}

/* Hits inside of other probes' handlers were dropped by the kernel. */
static void count_missed(const struct kp_hook *h)
{
	this_cpu_add(h->fn.att->stats->skips[KTR_SKIP_REENTRY], h->kp.nmissed);
	ktr_count_n(KTR_STAT_REENTRY, h->kp.nmissed);
}

void ktr_kprobe_sync(void)
{
	struct kprobe *batch[KTR_UNREGISTER_BATCH];
	struct kp_hook *h, *next;

	while (!list_empty(&leaving)) {
		unsigned int n = 0, i;

		list_for_each_entry_safe(h, next, &leaving, leaving) {
			list_del(&h->leaving);
			batch[n++] = &h->kp;
			if (n == ARRAY_SIZE(batch))
				break;
		}
		unregister_kprobes(batch, n);
		for (i = 0; i < n; i++)
			count_missed(container_of(batch[i], struct kp_hook, kp));
		cond_resched();
	}
}

const struct ktr_back_end ktr_be_kprobe = {
	.name = "kprobe",
	.resolve = kp_resolve,
	.attach = kp_attach,
	.detach = kp_detach,
	.release = kp_release,
	.arg = ktr_fn_arg,
	.field = ktr_fn_field,
	.argstr = ktr_fn_argstr,
	.probename = ktr_fn_probename,
	.probename_const = ktr_fn_probename_const,
};
