// SPDX-License-Identifier: GPL-2.0
/*
 * A counter on the return of vfs_read: the function tracer's hook puts the kernel's rethook on the call, which is what a
 * kretprobe does, without the kretprobe. Its functions are not exported; a kprobe tells where the kernel's list of symbols
 * is looked up.
 */
#include <linux/ftrace.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/rethook.h>
#include <linux/slab.h>
#include <linux/static_call.h>

#include "hw.h"

#define NODES 64		/* calls under way at the same time */

static DEFINE_PER_CPU(u64, n);
static DEFINE_PER_CPU(u64, missed);

static unsigned long no_lookup(const char *name)
{
	return 0;
}

DEFINE_STATIC_CALL(hw_lookup, no_lookup);
DEFINE_STATIC_CALL_RET0(hw_alloc, rethook_alloc);
DEFINE_STATIC_CALL_RET0(hw_try_get, rethook_try_get);
DEFINE_STATIC_CALL_NULL(hw_hook, rethook_hook);
DEFINE_STATIC_CALL_NULL(hw_free, rethook_free);

static struct rethook *rh;

#ifdef HW_RETHOOK_ALLOC_NODES	/* Kbuild looks into the headers */
static void returned(struct rethook_node *node, void *data, unsigned long to, struct pt_regs *regs)
{
	this_cpu_inc(n);
}

static int make_nodes(void)
{
	rh = static_call(hw_alloc)(&n, returned, sizeof(struct rethook_node), NODES);
	return PTR_ERR_OR_ZERO(rh);
}
#else
DEFINE_STATIC_CALL_NULL(hw_add_node, rethook_add_node);

static void returned(struct rethook_node *node, void *data, struct pt_regs *regs)
{
	this_cpu_inc(n);
}

static int make_nodes(void)
{
	unsigned int i;

	rh = static_call(hw_alloc)(&n, returned);
	for (i = 0; rh && i < NODES; i++) {
		struct rethook_node *node = kzalloc(sizeof(*node), GFP_KERNEL);

		if (node)
			static_call(hw_add_node)(rh, node);
	}
	return rh ? 0 : -ENOMEM;
}
#endif

/* The kernel's pools want preemption off. */
static void hook(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct rethook_node *node;

	preempt_disable_notrace();
	node = static_call(hw_try_get)(rh);
	if (likely(node))
		static_call(hw_hook)(node, (struct pt_regs *)fregs, true);
	else
		this_cpu_inc(missed);
	preempt_enable_notrace();
}

static struct ftrace_ops ops = { .func = hook };

HW_SHOW_EVENTS(hw_sum(&n));

#define FIND(call, name) ({							\
	unsigned long addr_ = static_call(hw_lookup)(name);			\
	if (addr_)								\
		static_call_update(call, (void *)addr_);			\
	addr_;									\
})

static bool find_lookup(void)
{
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };
	char name[KSYM_SYMBOL_LEN];
	unsigned long addr;

	if (register_kprobe(&probe))
		return false;
	addr = (unsigned long)probe.addr;
	unregister_kprobe(&probe);
	/* the probe may stand behind the mark for indirect branches */
	sprint_symbol_no_offset(name, addr - 4);
	if (!strcmp(name, "kallsyms_lookup_name"))
		addr -= 4;
	static_call_update(hw_lookup, (void *)addr);
	return true;
}

static bool find_rethook(void)
{
#ifndef HW_RETHOOK_ALLOC_NODES
	if (!FIND(hw_add_node, "rethook_add_node"))
		return false;
#endif
	return FIND(hw_alloc, "rethook_alloc") && FIND(hw_try_get, "rethook_try_get") &&
	       FIND(hw_hook, "rethook_hook") && FIND(hw_free, "rethook_free");
}

static int attach(void)
{
	int err;

	if (!find_lookup() || !find_rethook())
		return -ENOENT;
	err = make_nodes();
	if (err)
		return err;
	err = ftrace_set_filter(&ops, "vfs_read", strlen("vfs_read"), 1);
	if (!err)
		err = register_ftrace_function(&ops);
	if (err)
		static_call(hw_free)(rh);
	return err;
}

/* Calls that are still under way return through the kernel's code, which finds no handler any more. */
static void detach(void)
{
	unregister_ftrace_function(&ops);
	static_call(hw_free)(rh);
	synchronize_rcu();
}

HW_MODULE(attach, detach);
