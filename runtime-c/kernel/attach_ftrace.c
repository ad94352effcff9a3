// SPDX-License-Identifier: GPL-2.0
/*
 * attach_ftrace.c - entries of kernel functions, by name or pattern: ftrace:function, probe:NAME, kdebug.kprobe.
 *
 * One ftrace_ops for the whole set of functions of an event, however many they are. Functions that the function tracer
 * does not know are left to attach_kprobe.c.
 */
#include "arch.h"
#include "fn_set.h"
#include "ktr_compat.h"

struct fn_hook {
	struct ktr_fn fn;		/* first: what events point to */
	struct ktr_leaf *leaf;		/* right before ops, where leaf_fn finds it */
	struct ftrace_ops ops;
	bool registered;
};

static_assert(offsetof(struct fn_hook, ops) == offsetof(struct fn_hook, leaf) + sizeof(struct ktr_leaf *));

/* ---- events ------------------------------------------------------------------------------------------------- */

static __always_inline void fn_event(struct fn_hook *h, unsigned long ip, unsigned long parent_ip, struct pt_regs *regs)
{
	unsigned int level = interrupt_context_level();
	struct ktr_ictx *x = ktr_event_enter(h->fn.att, level);
	struct ktr_event *ev;

	if (!x)
		return;
	ev = ktr_event_of(x);
	ev->regs = NULL;
	ev->entry = regs;
	ev->frame = kernel_stack_pointer(regs);
	ev->ip = ktr_arch_fn_entry(ip);
	ev->iterator = 0;
	ev->point = h;
	ev->data = regs;
	ev->word[0] = ev->ip;
	ev->word[1] = parent_ip;
	ev->word[2] = ktr_arch_probe_place(ip);
	ktr_event_run(x, h->fn.att);
	ktr_event_leave(x, level);
}

static void fn_hook(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct fn_hook *h = container_of(ops, struct fn_hook, ops);
	struct ktr_compat_ftrace_room room;
	struct pt_regs *regs = ktr_compat_ftrace_regs(fregs, &room);

	/* the kernel calls with preemption as the probed code has it */
	preempt_disable_notrace();
	ktr_arch_entry_regs(regs);
	fn_event(h, ip, parent_ip, regs);
	preempt_enable_notrace();
}

/* ---- resolving ---------------------------------------------------------------------------------------------- */

static void fn_release(struct ktr_att *a)
{
	struct fn_hook *h = a->points;

	ftrace_free_filter(&h->ops);
	ktr_fn_release(&h->fn);
	kfree(h);
}

/* 1: what the handler fetches will be there, 0: a breakpoint has to do it, KTR_ERR. */
static int take_registers(struct ktr_ctx *c, struct fn_hook *h)
{
	if (!h->fn.fetch)
		return 1;
	if (KTR_COMPAT_FTRACE_ALL_REGS) {
		h->ops.flags |= FTRACE_OPS_FL_SAVE_REGS;
		return 1;
	}
	if (ktr_fetch_is_of_entry(h->fn.fetch))
		return 1;
	if (!h->fn.many)
		return 0;
	return ktr_fail(c, "cannot trace %s: for a pattern this kernel has the registers of arguments only",
			h->fn.att->probe->text);
}

static int fn_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	struct fn_hook *h = kzalloc(sizeof(*h), GFP_KERNEL);
	int rc;

	if (!h)
		return ktr_fail(c, "no memory");
	a->points = h;
	h->fn.att = a;
	h->leaf = ktr_att_leaf(a);
	h->ops.func = fn_hook;
	if (IS_ENABLED(KTR_HAVE_LEAVES) && a->reg->trace->leaf_fn)
		h->ops.func = (ftrace_func_t)a->reg->trace->leaf_fn;
	h->fn.any = a->probe->kind == KTR_PROBE_TRACEPOINT;	/* ftrace:function */
	h->fn.entry = !h->fn.any;
	rc = ktr_fn_set_fill(c, &h->fn, &h->ops, 0);
	if (rc <= 0)
		return rc;
	if (ktr_fn_prepare(c, &h->fn) || ktr_fn_check_fields(c, &h->fn))
		return KTR_ERR;
	return take_registers(c, h);
}

/* ---- attaching ---------------------------------------------------------------------------------------------- */

static int fn_attach(struct ktr_ctx *c, struct ktr_att *a)
{
	struct fn_hook *h = a->points;
	int err = register_ftrace_function(&h->ops);

	h->registered = !err;
	return err ? ktr_attach_failed(c, a, "the function tracer refuses", err) : 0;
}

/* Returns when no handler runs any more. */
static void fn_detach(struct ktr_att *a)
{
	struct fn_hook *h = a->points;

	if (h->registered)
		unregister_ftrace_function(&h->ops);
	h->registered = false;
}

const struct ktr_back_end ktr_be_ftrace = {
	.name = "ftrace",
	.resolve = fn_resolve,
	.attach = fn_attach,
	.detach = fn_detach,
	.release = fn_release,
	.arg = ktr_fn_arg,
	.field = ktr_fn_field,
	.argstr = ktr_fn_argstr,
	.probename = ktr_fn_probename,
	.probename_const = ktr_fn_probename_const,
};
