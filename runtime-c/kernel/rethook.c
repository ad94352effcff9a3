// SPDX-License-Identifier: GPL-2.0
/*
 * rethook.c - see rethook.h.
 */
#include "rethook.h"

#ifdef CONFIG_RETHOOK

#include "ktr_rethook.h"
#include "symbols.h"

DEFINE_STATIC_CALL_RET0(ktr_rethook_alloc, rethook_alloc);
DEFINE_STATIC_CALL_NULL(ktr_rethook_stop, rethook_stop);
DEFINE_STATIC_CALL_NULL(ktr_rethook_free, rethook_free);
DEFINE_STATIC_CALL_RET0(ktr_rethook_try_get, rethook_try_get);
DEFINE_STATIC_CALL_NULL(ktr_rethook_hook, rethook_hook);
#if !KTR_HAVE_RETHOOK_ALLOC_NODES
DEFINE_STATIC_CALL_NULL(ktr_rethook_add_node, rethook_add_node);
#endif

#define FIND(name)                                                             \
	({                                                                     \
		unsigned long addr_ = ktr_symbol_address("rethook_" #name);    \
									       \
		if (addr_)                                                     \
			static_call_update(ktr_rethook_##name, (void *)addr_); \
		addr_ != 0;                                                    \
	})

bool ktr_rethook_find(void)
{
	static bool tried, found;

	if (tried)
		return found;
	tried = true;
	found = FIND(alloc) && FIND(stop) && FIND(free) && FIND(try_get) && FIND(hook);
#if !KTR_HAVE_RETHOOK_ALLOC_NODES
	found = found && FIND(add_node);
#endif
	return found;
}

#else

bool ktr_rethook_find(void)
{
	return false;
}

#endif
