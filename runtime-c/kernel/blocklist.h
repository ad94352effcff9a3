/* SPDX-License-Identifier: GPL-2.0 */
/*
 * blocklist.h - functions that are not hooked although the kernel would let us, with the reason.
 */
#ifndef KTR_BLOCKLIST_H
#define KTR_BLOCKLIST_H

#include "home.h"

/* Ways of hooking a function. */
enum ktr_hook_how {
	KTR_HOOK_RETURN = 1,	/* its return */
	KTR_HOOK_BREAK = 2,	/* a breakpoint in it */
};

/* Why the function must not be hooked in that way, for a message; NULL: it may. */
const char *ktr_blocked(const char *function, enum ktr_hook_how how);

/*
 * Row i (from 0) of those that hold for `how`; NULL: no more. Patterns are left out: the function tracer, whose
 * sets of functions this is for, knows nothing that they match.
 */
const char *ktr_blocked_name(unsigned int i, enum ktr_hook_how how, const char **why);

#endif
