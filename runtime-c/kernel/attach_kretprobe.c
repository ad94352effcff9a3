// SPDX-License-Identifier: GPL-2.0
/*
 * attach_kretprobe.c - returns that attach_rethook.c cannot serve: of functions that the function tracer does not know or
 * that are given by an offset, or on kernels whose rethook is not to be found.
 */
#include <linux/kprobes.h>

#include "functions.h"
#include "trace_list.h"

/* Calls of the function that may be under way at the same time, on all CPUs, sleeping ones included. */
#define KTR_RET_INSTANCES 1024

struct krp_hook {
	struct ktr_fn fn;		/* first: what events point to */
	struct kretprobe rp;
	struct list_head leaving;	/* in the list of that name */
	bool registered;
};

static LIST_HEAD(leaving_rets);	/* detached ones, which the kernel has still to take away; the script's thread only */

/* ---- events ------------------------------------------------------------------------------------------------- */

static int krp_leaf_handler(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct ktr_att *a = container_of(get_kretprobe(ri), struct krp_hook, rp)->fn.att;

	a->run_leaf(ktr_att_leaf(a));
	return 0;
}

/* Runs in the context of the probed function, preemption off. */
static int krp_handler(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct krp_hook *h = container_of(get_kretprobe(ri), struct krp_hook, rp);
	unsigned int level = interrupt_context_level();
	struct ktr_ictx *x = ktr_event_enter(h->fn.att, level);
	struct ktr_event *ev;

	if (!x)
		return 0;
	ev = ktr_event_of(x);
	ev->regs = regs;
	ev->ip = get_kretprobe_retaddr(ri);
	ev->point = h;
	ev->data = regs;
	ev->word[0] = (unsigned long)h->rp.kp.addr;
	ev->word[1] = ev->ip;
	ev->word[2] = ev->word[0];
	ktr_event_run(x, h->fn.att);
	ktr_event_leave(x, level);
	return 0;
}

/* ---- resolving ---------------------------------------------------------------------------------------------- */

static void krp_release(struct ktr_att *a)
{
	struct krp_hook *h = a->points;

	ktr_fn_release(&h->fn);
	kfree(h);
}

/* The function that an offset leads to must begin there. 0 or KTR_ERR. */
static int check_beginning(struct ktr_ctx *c, const struct ktr_att *a, unsigned long addr)
{
	char function[KTR_FN_NAME_MAX];
	unsigned long offset;

	if (!ktr_fn_at(addr, function, &offset))
		return ktr_fail(c, "cannot trace %s: no code there", a->probe->text);
	if (offset)
		return ktr_fail(c, "cannot trace %s: a return has no offset, unless a function begins there", a->probe->text);
	return 0;
}

static int krp_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	char symbol[KTR_FN_NAME_MAX];
	struct krp_hook *h;
	unsigned long addr;
	const char *why;

	if (ktr_is_pattern(a->probe->event))
		return 0;
	addr = ktr_fn_find(a->probe->event, symbol);
	if (!addr)
		return 0;
	h = kzalloc(sizeof(*h), GFP_KERNEL);
	if (!h)
		return ktr_fail(c, "no memory");
	a->points = h;
	h->fn.att = a;
	h->fn.ret = true;
	addr += a->probe->offset;
	if (ktr_fn_set_name(c, &h->fn, symbol) || (a->probe->offset && check_beginning(c, a, addr)))
		return KTR_ERR;
	why = ktr_fn_blocked(addr, KTR_HOOK_RETURN, symbol);
	if (why)
		return ktr_fn_refuse(c, a, symbol, why);
	h->rp.kp.addr = (kprobe_opcode_t *)addr;
	h->rp.handler = a->run_leaf ? krp_leaf_handler : krp_handler;
	h->rp.maxactive = KTR_RET_INSTANCES;
	if (ktr_fn_prepare(c, &h->fn))
		return KTR_ERR;
	return ktr_fn_check_fields(c, &h->fn) ? KTR_ERR : 1;
}

/* ---- attaching ---------------------------------------------------------------------------------------------- */

static int krp_attach(struct ktr_ctx *c, struct ktr_att *a)
{
	struct krp_hook *h = a->points;
	int err = register_kretprobe(&h->rp);

	h->registered = !err;
	return err ? ktr_fn_attach_failed(c, a, err) : 0;
}

static void krp_detach(struct ktr_att *a)
{
	struct krp_hook *h = a->points;

	if (h->registered)
		list_add_tail(&h->leaving, &leaving_rets);
	h->registered = false;
}

static void count_missed_returns(const struct krp_hook *h)
{
	this_cpu_add(h->fn.att->stats->skips[KTR_SKIP_NO_NODE], h->rp.nmissed);
	ktr_count_n(KTR_STAT_RETPROBE_MISSED, h->rp.nmissed);
}

void ktr_kretprobe_sync(void)
{
	struct kretprobe *batch[KTR_UNREGISTER_BATCH];
	struct krp_hook *h, *next;

	while (!list_empty(&leaving_rets)) {
		unsigned int n = 0, i;

		list_for_each_entry_safe(h, next, &leaving_rets, leaving) {
			list_del(&h->leaving);
			batch[n++] = &h->rp;
			if (n == ARRAY_SIZE(batch))
				break;
		}
		unregister_kretprobes(batch, n);
		for (i = 0; i < n; i++)
			count_missed_returns(container_of(batch[i], struct krp_hook, rp));
		cond_resched();
	}
}

const struct ktr_back_end ktr_be_kretprobe = {
	.name = "kretprobe",
	.resolve = krp_resolve,
	.attach = krp_attach,
	.detach = krp_detach,
	.release = krp_release,
	.arg = ktr_fn_arg,
	.field = ktr_fn_field,
	.argstr = ktr_fn_argstr,
	.probename = ktr_fn_probename,
	.probename_const = ktr_fn_probename_const,
};
