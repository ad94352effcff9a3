/* SPDX-License-Identifier: GPL-2.0 */
/*
 * functions.h - what the probes of kernel functions have in common, however they are hooked.
 *
 * Their events hold: word[0] the probed address (of a return: the function), word[1] the caller (where it is known; of a
 * return: where it returns to), word[2] where the kernel's own probe would be, data the registers, of which for a
 * function's entry at least those with arguments are valid; point begins with a struct ktr_fn.
 */
#ifndef KTR_FUNCTIONS_H
#define KTR_FUNCTIONS_H

#include <linux/kallsyms.h>

#include "attach.h"
#include "blocklist.h"
#include "fetch.h"

#define KTR_FN_NAME_MAX KSYM_NAME_LEN

struct ktr_fn {
	struct ktr_att *att;
	struct ktr_fetch_set *fetch;	/* NULL: C arguments */
	bool entry;			/* at the entry, so that C arguments can be told */
	bool syscall;			/* arguments are those of a system call, behind the first one */
	bool any;			/* ftrace:function: ip and parent_ip */
	bool ret;			/* a return */
	bool many;			/* a pattern: the name comes from the address */
	const struct ktr_str *name;	/* probename, when there is one function only */
};

/* Fetch arguments, memory for names. After ktr_fn_set_name(). 0 or KTR_ERR. Context: process. */
int ktr_fn_prepare(struct ktr_ctx *c, struct ktr_fn *fn);
/* The one function's name is known: the event's name is made of it. 0 or KTR_ERR. Context: process. */
int ktr_fn_set_name(struct ktr_ctx *c, struct ktr_fn *fn, const char *symbol);
void ktr_fn_release(struct ktr_fn *fn);
/* A function of the blocklist. KTR_ERR. */
int ktr_fn_refuse(struct ktr_ctx *c, const struct ktr_att *a, const char *function, const char *why);
/* The kernel's probes gave err for it. KTR_ERR. */
int ktr_fn_attach_failed(struct ktr_ctx *c, const struct ktr_att *a, int err);
/* The fields that the handler names must be there. */
int ktr_fn_check_fields(struct ktr_ctx *c, const struct ktr_fn *fn);

/*
 * Names under which a function that people call `name` may be known: itself, then, for system calls, the function that
 * does it. i counts from 0; false: no more.
 */
bool ktr_fn_name(const char *name, unsigned int i, char buf[KTR_FN_NAME_MAX]);
bool ktr_fn_is_syscall(const char *name);
/*
 * Address of the function that people call `name`, also of what the compiler made of it, and its symbol; 0: there is none.
 * For kernels and functions that the function tracer cannot be asked about. Context: process.
 */
unsigned long ktr_fn_find(const char *name, char symbol[KTR_FN_NAME_MAX]);
/* Name of the function that has the code at addr, and where in it that is; false: nobody knows. Context: process. */
bool ktr_fn_at(unsigned long addr, char symbol[KTR_FN_NAME_MAX], unsigned long *offset);
/*
 * Why the code at addr is not to be hooked, by the name that the script has for it, or by that of the function that is there: an offset
 * may lead out of the named one. NULL: it may; else *name is the one that says so. Context: process.
 */
const char *ktr_fn_blocked(unsigned long addr, enum ktr_hook_how how, char name[KTR_FN_NAME_MAX]);

int ktr_fn_arg(struct ktr_ctx *c, struct ktr_event *ev, u32 n, struct ktr_val *out);
int ktr_fn_field(struct ktr_ctx *c, struct ktr_event *ev, u32 id, struct ktr_val *out);
u32 ktr_fn_argstr(struct ktr_ctx *c, struct ktr_event *ev, char *buf, u32 size);
const char *ktr_fn_probename(struct ktr_ctx *c, struct ktr_event *ev);
/* The same as a constant; NULL: there is no memory for it. */
const struct ktr_str *ktr_fn_probename_const(struct ktr_ctx *c, struct ktr_event *ev);

#endif
