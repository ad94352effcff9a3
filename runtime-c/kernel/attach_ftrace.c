// SPDX-License-Identifier: GPL-2.0
/*
 * attach_ftrace.c - entries of kernel functions, by name or pattern: ftrace:function, probe:NAME, kdebug.kprobe.
 *
 * One ftrace_ops for the whole set of functions of an event, however many they are. Functions that the function tracer
 * does not know are left to attach_kprobe.c.
 */
#include <linux/ftrace.h>

#include "functions.h"
#include "ktr_compat.h"
#include "trace_list.h"

struct fn_hook {
	struct ktr_fn fn;		/* first: what events point to */
	struct ktr_leaf leaf;		/* right before ops, where leaf_fn finds it */
	struct ftrace_ops ops;
	bool registered;
};

static_assert(offsetof(struct fn_hook, ops) == offsetof(struct fn_hook, leaf) + sizeof(struct ktr_leaf));

/* ---- events ------------------------------------------------------------------------------------------------- */

#ifdef CONFIG_X86_KERNEL_IBT
#define KTR_ENDBR 0xfa1e0ff3u		/* endbr64 */
#define KTR_ENDBR_POISON 0x001f0f66u	/* what the kernel writes over one that nobody needs */

/* The call of the tracer stands behind the mark for indirect branches, if the function has one. */
static unsigned long entry_of(unsigned long ip)
{
	u32 before = *(const u32 *)(ip - 4);

	return before == KTR_ENDBR || before == KTR_ENDBR_POISON ? ip - 4 : ip;
}
#else
static unsigned long entry_of(unsigned long ip)
{
	return ip;
}
#endif

static __always_inline void fn_event(struct fn_hook *h, unsigned long ip, unsigned long parent_ip, struct pt_regs *regs)
{
	unsigned int level = interrupt_context_level();
	struct ktr_ictx *x = ktr_event_enter(h->fn.att, level);
	struct ktr_event *ev;

	if (!x)
		return;
	ev = ktr_event_of(x);
	ev->regs = NULL;
	ev->frame = kernel_stack_pointer(regs);
	ev->ip = entry_of(ip);
	ev->iterator = 0;
	ev->point = h;
	ev->data = regs;
	ev->word[0] = ev->ip;
	ev->word[1] = parent_ip;
	ktr_event_run(x, h->fn.att);
	ktr_event_leave(x, level);
}

static void fn_hook(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct fn_hook *h = container_of(ops, struct fn_hook, ops);

	/* the kernel calls with preemption as the probed code has it */
	preempt_disable_notrace();
	fn_event(h, ip, parent_ip, ktr_compat_ftrace_regs(fregs));
	preempt_enable_notrace();
}

/* ---- resolving ---------------------------------------------------------------------------------------------- */

/* Adds the functions that a pattern means; false: there are none. */
static bool add_filter(struct fn_hook *h, const char *pattern)
{
	char buf[KTR_FN_NAME_MAX];
	ssize_t n = strscpy(buf, pattern, sizeof(buf));

	return n > 0 && !ftrace_set_filter(&h->ops, buf, n, 0);
}

/* The compiler's versions of a function that it has split or specialised. */
static bool add_variants(struct fn_hook *h, const char *name)
{
	static const char *const suffixes[] = { "isra", "constprop", "part", "cold" };
	char buf[KTR_FN_NAME_MAX];
	bool any = false;
	unsigned int i;

	for (i = 0; i + 1 < ARRAY_SIZE(suffixes); i++)	/* cold parts are no entries */
		if (snprintf(buf, sizeof(buf), "%s.%s.*", name, suffixes[i]) < sizeof(buf))
			any |= add_filter(h, buf);
	return any;
}

static bool add_named(struct fn_hook *h, const char *name)
{
	char buf[KTR_FN_NAME_MAX];
	unsigned int i;

	for (i = 0; ktr_fn_name(name, i, buf); i++) {
		if (add_filter(h, buf)) {
			h->fn.syscall = ktr_fn_is_syscall(buf);
			return true;
		}
	}
	return add_variants(h, name);
}

/* Patterns separated by blanks, each of which must mean something. NULL: every function. */
static int add_list(struct ktr_ctx *c, struct fn_hook *h, const char *list)
{
	char word[KTR_FN_NAME_MAX];

	while (list && *(list = skip_spaces(list))) {
		size_t n = strcspn(list, " \t\n");

		if (n >= sizeof(word))
			return ktr_fail(c, "cannot trace %s: name too long", h->fn.att->probe->text);
		memcpy(word, list, n);
		word[n] = '\0';
		if (!add_filter(h, word) && !add_named(h, word))
			return ktr_fail(c, "event %s matches nothing: no function %s", h->fn.att->probe->text, word);
		list += n;
	}
	return 0;
}

/* 1: found, 0: no such function, or KTR_ERR. */
static int add_functions(struct ktr_ctx *c, struct fn_hook *h)
{
	const struct ktr_probe *p = h->fn.att->probe;

	if (p->kind == KTR_PROBE_TRACEPOINT) {	/* ftrace:function */
		h->fn.any = true;
		return add_list(c, h, p->path) ? KTR_ERR : 1;
	}
	h->fn.entry = true;
	h->fn.many = ktr_is_pattern(p->event);
	if (!h->fn.many)
		return add_named(h, p->event);
	h->fn.syscall = ktr_fn_is_syscall(p->event);
	return add_filter(h, p->event);
}

static void fn_release(struct ktr_att *a)
{
	struct fn_hook *h = a->points;

	ftrace_free_filter(&h->ops);
	ktr_fn_release(&h->fn);
	kfree(h);
}

static int fn_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	struct fn_hook *h = kzalloc(sizeof(*h), GFP_KERNEL);
	int rc;

	if (!h)
		return ktr_fail(c, "no memory");
	a->points = h;
	h->fn.att = a;
	h->leaf = a->leaf;
	h->ops.func = fn_hook;
	if (IS_ENABLED(KTR_HAVE_LEAVES) && a->reg->trace->leaf_fn)
		h->ops.func = (ftrace_func_t)a->reg->trace->leaf_fn;
	rc = add_functions(c, h);
	if (rc <= 0)
		return rc;
	if (ktr_fn_prepare(c, &h->fn) || ktr_fn_check_fields(c, &h->fn))
		return KTR_ERR;
	if (h->fn.fetch)
		h->ops.flags |= FTRACE_OPS_FL_SAVE_REGS;
	return 1;
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
};
