// SPDX-License-Identifier: GPL-2.0
/*
 * attach_rethook.c - returns of kernel functions, by name or pattern: probe:NAME%return.
 *
 * One ftrace_ops for the whole set of functions, as for entries. Its hook notes the call and puts the address of the kernel's
 * trampoline in place of the return address, both by the kernel's rethook, on which kretprobes are built as well. So
 * the layers in between cost nothing, a pattern is one hook also where the kernel has no fprobe, and what stands on the
 * stacks of sleeping tasks when the script goes is the kernel's: trampoline, notes and their memory.
 *
 * Notes come from pools that are made in process context. When one is missing, that return is missed, counted, and a
 * larger pool is asked for.
 */
#include "arch.h"
#include "fn_set.h"
#include "ktr_compat.h"
#include "rethook.h"
#include "trace_list.h"

#ifdef CONFIG_RETHOOK

#include <linux/mutex.h>

#include "ktr_rethook.h"

#define POOLS_MAX 8
#define NODES_ONE 256		/* of the first pool, for one function */
#define NODES_MANY 1024		/* for a pattern: calls nest */
#define POOL_BYTES_MAX (16u << 20)

struct ret_node {
	struct rethook_node node;	/* first */
	unsigned long ip;		/* of the tracer's call in the function */
};

struct ret_hook {
	struct ktr_fn fn;		/* first: what events point to */
	struct ftrace_ops ops;
	struct rethook *pools[POOLS_MAX];	/* each twice as large as the one before */
	unsigned int n_pools;
	bool wants_more;
	bool full;		/* no more pools */
	bool registered;
	struct list_head node;		/* in growing */
};

/* Hooks that are attached. */
static LIST_HEAD(growing);
static DEFINE_MUTEX(growing_lock);

/* ---- events ------------------------------------------------------------------------------------------------- */

static void return_missed(struct ret_hook *h)
{
	this_cpu_inc(h->fn.att->stats->skips[KTR_SKIP_NO_NODE]);
	ktr_count(KTR_STAT_RETPROBE_MISSED);
	if (!READ_ONCE(h->full)) {
		WRITE_ONCE(h->wants_more, true);
		ktr_ring_bell(KTR_BELL_NODES);
	}
}

/* Of the i smallest pools. */
static noinline struct rethook_node *get_other_node(struct ret_hook *h, unsigned int i)
{
	struct rethook_node *node = NULL;

	while (i && !node)
		node = static_call(ktr_rethook_try_get)(h->pools[--i]);
	return node;
}

/* The largest pool is asked first: it has most of the nodes. */
static __always_inline struct rethook_node *get_node(struct ret_hook *h)
{
	unsigned int n = smp_load_acquire(&h->n_pools);
	struct rethook_node *node = static_call(ktr_rethook_try_get)(h->pools[n - 1]);

	return likely(node) ? node : get_other_node(h, n - 1);
}

/* The guard is not zero: whether the return of a call that begins now is wanted. If not, it is counted as it should. */
static noinline bool entry_passes(struct ktr_att *a, unsigned int level)
{
	return a->run_leaf ? ktr_leaf_passes(a, level) : ktr_guard_passes(a, level);
}

/*
 * Notes a call. The level counts as busy meanwhile: what the kernel calls for it, with its checks switched on, may be hooked as well, and
 * would come here again.
 */
static __always_inline void note_call(struct ret_hook *h, unsigned long ip, struct ftrace_regs *fregs, unsigned int level)
{
	struct ktr_compat_ftrace_room room;
	struct rethook_node *node;

	this_cpu_write(ktr_guard.busy[level], 1);
	barrier();
	node = get_node(h);
	if (likely(node)) {
		container_of(node, struct ret_node, node)->ip = ip;
		/* of the registers only the stack pointer is looked at */
		static_call(ktr_rethook_hook)(node, ktr_compat_ftrace_regs(fregs, &room), true);
	}
	barrier();
	this_cpu_write(ktr_guard.busy[level], 0);
	if (unlikely(!node))
		return_missed(h);
}

static void ret_entry(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct ret_hook *h = container_of(ops, struct ret_hook, ops);
	unsigned int level;

	/* the kernel calls with preemption as the probed code has it */
	preempt_disable_notrace();
	level = interrupt_context_level();
	if (unlikely(this_cpu_read(ktr_guard.all)) && !entry_passes(h->fn.att, level))
		goto out;
	/* the kernel's pools do not expect to be interrupted by their own user */
	if (unlikely(in_nmi())) {
		this_cpu_inc(h->fn.att->stats->skips[KTR_SKIP_NMI]);
		goto out;
	}
	note_call(h, ip, fregs, level);
out:
	preempt_enable_notrace();
}

/* Both with preemption off. */
KTR_COMPAT_RETHOOK_HANDLER(ret_leaf, node, data, regs)
{
	struct ktr_att *a = ((struct ret_hook *)data)->fn.att;

	a->run_leaf(ktr_att_leaf(a));
}

KTR_COMPAT_RETHOOK_HANDLER(ret_event, node, data, regs)
{
	struct ret_hook *h = data;
	unsigned int level = interrupt_context_level();
	struct ktr_ictx *x = ktr_event_enter(h->fn.att, level);
	struct ktr_event *ev;

	if (!x)
		return;
	ev = ktr_event_of(x);
	ev->regs = regs;
	ev->ip = 0;
	ev->point = h;
	ev->data = regs;
	ev->word[2] = container_of(node, struct ret_node, node)->ip;
	ev->word[0] = ktr_arch_fn_entry(ev->word[2]);
	ev->word[1] = instruction_pointer(regs);
	ktr_event_run(x, h->fn.att);
	ktr_event_leave(x, level);
}

/* ---- memory for the notes ----------------------------------------------------------------------------------- */

/* Some kernels keep a list of all nodes for each CPU. */
static int add_pool(struct ret_hook *h)
{
	unsigned int n = (h->fn.many ? NODES_MANY : NODES_ONE) << h->n_pools;
	u64 bytes = n * (u64)(sizeof(struct ret_node) + num_possible_cpus() * sizeof(void *));
	struct rethook *rh;

	if (h->n_pools && (h->n_pools == POOLS_MAX || bytes > POOL_BYTES_MAX))
		return -ENOSPC;
	rh = ktr_compat_rethook_new(h, h->fn.att->run_leaf ? ret_leaf : ret_event, sizeof(struct ret_node), n);
	if (!rh)
		return -ENOMEM;
	h->pools[h->n_pools] = rh;
	smp_store_release(&h->n_pools, h->n_pools + 1);
	return 0;
}

void ktr_rethook_grow(void)
{
	struct ret_hook *h;

	mutex_lock(&growing_lock);
	list_for_each_entry(h, &growing, node) {
		if (!READ_ONCE(h->wants_more))
			continue;
		WRITE_ONCE(h->wants_more, false);
		if (add_pool(h) == -ENOSPC)	/* memory may be had the next time */
			WRITE_ONCE(h->full, true);
	}
	mutex_unlock(&growing_lock);
}

/* ---- resolving ---------------------------------------------------------------------------------------------- */

static void ret_release(struct ktr_att *a)
{
	struct ret_hook *h = a->points;
	unsigned int i;

	for (i = 0; i < h->n_pools; i++)
		static_call(ktr_rethook_free)(h->pools[i]);
	ftrace_free_filter(&h->ops);
	ktr_fn_release(&h->fn);
	kfree(h);
}

static int ret_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	struct ret_hook *h;
	int rc;

	if (!ktr_rethook_find()) {
		if (ktr_is_pattern(a->probe->event))
			return ktr_fail(c, "cannot trace %s: this kernel lets us trace the return of one function at a time",
					a->probe->text);
		return 0;
	}
	h = kzalloc(sizeof(*h), GFP_KERNEL);
	if (!h)
		return ktr_fail(c, "no memory");
	a->points = h;
	h->fn.att = a;
	h->fn.ret = true;
	h->ops.func = ret_entry;
	INIT_LIST_HEAD(&h->node);
	rc = ktr_fn_set_fill(c, &h->fn, &h->ops, KTR_HOOK_RETURN);
	if (rc <= 0)
		return rc;
	if (ktr_fn_prepare(c, &h->fn) || ktr_fn_check_fields(c, &h->fn))
		return KTR_ERR;
	return add_pool(h) ? ktr_fail(c, "cannot trace %s: no memory", a->probe->text) : 1;
}

/* ---- attaching ---------------------------------------------------------------------------------------------- */

static int ret_attach(struct ktr_ctx *c, struct ktr_att *a)
{
	struct ret_hook *h = a->points;
	int err = register_ftrace_function(&h->ops);

	if (err)
		return ktr_attach_failed(c, a, "the function tracer refuses", err);
	h->registered = true;
	mutex_lock(&growing_lock);
	list_add(&h->node, &growing);
	mutex_unlock(&growing_lock);
	return 0;
}

/*
 * First no new call is noted, then no return is told: it may be years until the last function returns. After the grace
 * period that follows no handler runs.
 */
static void ret_detach(struct ktr_att *a)
{
	struct ret_hook *h = a->points;
	unsigned int i;

	if (!h->registered)
		return;
	unregister_ftrace_function(&h->ops);
	h->registered = false;
	mutex_lock(&growing_lock);
	list_del_init(&h->node);
	mutex_unlock(&growing_lock);
	for (i = 0; i < h->n_pools; i++)
		static_call(ktr_rethook_stop)(h->pools[i]);
}

static void ret_show(struct seq_file *m, const struct ktr_att *a)
{
	ktr_fn_set_show(m, a, KTR_HOOK_RETURN);
}

#else

void ktr_rethook_grow(void)
{
}

static int ret_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	if (ktr_is_pattern(a->probe->event))
		return ktr_fail(c, "cannot trace %s: this kernel lets us trace the return of one function at a time",
				a->probe->text);
	return 0;
}

#define ret_attach NULL
#define ret_detach NULL
#define ret_release NULL
#define ret_show NULL

#endif

const struct ktr_back_end ktr_be_rethook = {
	.name = "rethook",
	.resolve = ret_resolve,
	.attach = ret_attach,
	.detach = ret_detach,
	.release = ret_release,
	.arg = ktr_fn_arg,
	.field = ktr_fn_field,
	.argstr = ktr_fn_argstr,
	.probename = ktr_fn_probename,
	.probename_const = ktr_fn_probename_const,
	.show = ret_show,
};
