/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ktr_rethook.h - the kernel's hooking of returns (rethook), the same on all kernels.
 *
 * Its functions are not exported. kernel/rethook.c finds them and has the static calls, through which they are called
 * directly.
 */
#ifndef KTR_RETHOOK_H
#define KTR_RETHOOK_H

#include <linux/err.h>
#include <linux/rethook.h>
#include <linux/slab.h>
#include <linux/static_call.h>

#include "ktr_features.h"

DECLARE_STATIC_CALL(ktr_rethook_alloc, rethook_alloc);
DECLARE_STATIC_CALL(ktr_rethook_stop, rethook_stop);
DECLARE_STATIC_CALL(ktr_rethook_free, rethook_free);
DECLARE_STATIC_CALL(ktr_rethook_try_get, rethook_try_get);
DECLARE_STATIC_CALL(ktr_rethook_hook, rethook_hook);
#if !KTR_HAVE_RETHOOK_ALLOC_NODES
DECLARE_STATIC_CALL(ktr_rethook_add_node, rethook_add_node);
#endif

/* Head of a handler: the node, the data of ktr_compat_rethook_new(), the registers behind the return. */
#if KTR_HAVE_RETHOOK_HANDLER_RET_ADDR
#define KTR_COMPAT_RETHOOK_HANDLER(fn, node, data, regs) \
	static void fn(struct rethook_node *node, void *data, unsigned long ktr_unused, struct pt_regs *regs)
#else
#define KTR_COMPAT_RETHOOK_HANDLER(fn, node, data, regs) \
	static void fn(struct rethook_node *node, void *data, struct pt_regs *regs)
#endif

/*
 * A hook with n nodes of `size` bytes, each beginning with a struct rethook_node; NULL: no memory. The nodes are the
 * kernel's: those in use when the hook is freed go when their functions return. Context: process, may sleep.
 */
static inline struct rethook *ktr_compat_rethook_new(void *data, rethook_handler_t handler, int size, int n)
{
#if KTR_HAVE_RETHOOK_ALLOC_NODES
	struct rethook *rh = static_call(ktr_rethook_alloc)(data, handler, size, n);

	return IS_ERR(rh) ? NULL : rh;
#else
	struct rethook *rh = static_call(ktr_rethook_alloc)(data, handler);

	while (rh && n--) {
		struct rethook_node *node = kzalloc(size, GFP_KERNEL);

		if (!node) {
			static_call(ktr_rethook_free)(rh);
			return NULL;
		}
		static_call(ktr_rethook_add_node)(rh, node);
	}
	return rh;
#endif
}

#endif
