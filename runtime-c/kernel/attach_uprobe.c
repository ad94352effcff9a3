// SPDX-License-Identifier: GPL-2.0
/*
 * attach_uprobe.c - functions and addresses of user programs, and their markers: the kernel's uprobes.
 *
 * Handlers run in the probed task, preemptible and with interrupts on; ours keep the CPU while they have its context,
 * and so read user memory only where it is present. A return probe keeps the kernel's uprobe alive until the function
 * returns, but not us: consumers are looked up when it does.
 */
#include <linux/uaccess.h>

#include "arch.h"
#include "user_probe.h"

static bool need_sync;		/* unregistered, not waited for. The script's thread only */

static bool is_return(const struct ktr_att *a)
{
	return a->probe->kind == KTR_PROBE_URETPROBE;
}

static bool is_marker(const struct ktr_att *a)
{
	return a->probe->kind == KTR_PROBE_SDT;
}

/* ---- events ------------------------------------------------------------------------------------------------- */

static __always_inline void run(struct ktr_up *up, struct pt_regs *regs, unsigned long addr, unsigned long to)
{
	struct ktr_att *a = up->set->att;
	struct ktr_ictx *x;
	struct ktr_event *ev;

	preempt_disable();
	x = ktr_event_enter(a, KTR_LEVEL_TASK);
	if (x) {
		ev = ktr_event_of(x);
		ev->regs = regs;
		ev->entry = NULL;
		ev->frame = 0;
		ev->ip = 0;
		ev->iterator = 0;
		ev->point = up;
		ev->data = regs;
		ev->word[0] = addr;
		ev->word[1] = to;
		ktr_event_run(x, a);
		ktr_event_leave(x, KTR_LEVEL_TASK);
	}
	preempt_enable();
}

KTR_COMPAT_UPROBE_HANDLER(up_handler, uc, regs)
{
	run(container_of(uc, struct ktr_up, uc), regs, ktr_arch_ip(regs), 0);
	return 0;
}

KTR_COMPAT_URETPROBE_HANDLER(up_ret_handler, uc, func, regs)
{
	run(container_of(uc, struct ktr_up, uc), regs, func, ktr_arch_ip(regs));
	return 0;
}

/* Preemption stays on: a leaf has nothing that would have to stay on one CPU. */
static __always_inline void run_leaf(struct ktr_up *up)
{
	struct ktr_att *a = up->set->att;

	a->run_leaf(ktr_att_leaf(a));
}

KTR_COMPAT_UPROBE_HANDLER(up_leaf, uc, regs)
{
	run_leaf(container_of(uc, struct ktr_up, uc));
	return 0;
}

KTR_COMPAT_URETPROBE_HANDLER(up_ret_leaf, uc, func, regs)
{
	run_leaf(container_of(uc, struct ktr_up, uc));
	return 0;
}

/* ---- resolving ---------------------------------------------------------------------------------------------- */

static int set_up_point(struct ktr_up_set *set, u32 i)
{
	struct ktr_up *up = &set->up[i];
	bool leaf = set->att->run_leaf;

	up->set = set;
	up->site = &set->us.sites[i];
	up->name = up->site->name;
	if (!is_return(set->att)) {
		up->uc.handler = leaf ? up_leaf : up_handler;
		return 0;
	}
	up->uc.ret_handler = leaf ? up_ret_leaf : up_ret_handler;
	up->made_name = kasprintf(GFP_KERNEL, "ret_%s", up->site->name);
	up->name = up->made_name;
	return up->name ? 0 : -ENOMEM;
}

/* 0 or KTR_ERR. */
static int prepare_fetch(struct ktr_ctx *c, struct ktr_up_set *set)
{
	const struct ktr_probe *p = set->att->probe;
	u32 i, k;

	for (i = 0; i < p->n_fetch; i++)
		for (k = 0; k < p->fetch[i].n_steps; k++)
			if (p->fetch[i].steps[k].op == KTR_FETCH_SYM)
				return ktr_fail(c, "cannot trace %s: @%s is a symbol of the kernel, not of the program",
						p->text, p->fetch[i].steps[k].name);
	if (!p->n_fetch)
		return 0;
	set->fetch = ktr_fetch_prepare(c, p);
	return set->fetch ? 0 : KTR_ERR;
}

/* Number for ktr_up_arg() of a field, -1: there is none. */
static int find_field(const struct ktr_att *a, const char *name)
{
	int first = is_return(a) ? 2 : 1, i;

	if (is_return(a)) {
		if (!strcmp(name, "__probe_func"))
			return 0;
		if (!strcmp(name, "__probe_ret_ip"))
			return 1;
	} else if (!strcmp(name, "__probe_ip")) {
		return 0;
	}
	i = ktr_fetch_find(a->probe, name);
	return i < 0 ? -1 : first + i;
}

static int check_fields(struct ktr_ctx *c, const struct ktr_att *a)
{
	const struct ktr_trace *t = a->reg->trace;
	u32 i;

	for (i = 0; i < t->n_fields; i++)
		if (find_field(a, ktr_field_name(t->fields[i])) < 0 &&
		    !ktr_is_generic_field(ktr_field_name(t->fields[i])))
			return ktr_fail(c, "event %s has no field %s", a->probe->text,
					ktr_field_name(t->fields[i]));
	return 0;
}

static int make_set(struct ktr_ctx *c, struct ktr_att *a, struct ktr_user_sites *us)
{
	struct ktr_up_set *set = kvzalloc(struct_size(set, up, us->n), GFP_KERNEL);

	if (!set) {
		ktr_user_free(us);
		return ktr_fail(c, "no memory");
	}
	a->points = set;
	set->att = a;
	set->us = *us;
	set->inode = d_real_inode(us->file->f_path.dentry);
	for (; set->n < us->n; set->n++)
		if (set_up_point(set, set->n))
			return ktr_fail(c, "no memory");
	return prepare_fetch(c, set) || check_fields(c, a) ? KTR_ERR : set->n;
}

int ktr_up_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	struct ktr_user_sites us = { };
	int rc = ktr_user_resolve(c, a->probe, &us);

	if (!rc)
		return make_set(c, a, &us);
	ktr_user_free(&us);
	return rc;
}

void ktr_up_release(struct ktr_att *a)
{
	struct ktr_up_set *set = a->points;
	u32 i;

	for (i = 0; i < set->n; i++)
		kfree(set->up[i].made_name);
	kfree(set->fetch);
	ktr_user_free(&set->us);
	kvfree(set);
}

/* ---- attaching ---------------------------------------------------------------------------------------------- */

static const char *reason(int err)
{
	switch (err) {
	case -EINVAL:
		return "the file has no such place, or another tracer uses it differently";
	case -ENOMEM:
		return "no memory";
	case -EIO:
		return "its file system cannot be traced";
	case -ENOEXEC:
	case -EOPNOTSUPP:
	case -ENOTSUPP:
		return "the instruction there cannot be probed";
	default:
		return "the kernel refuses";
	}
}

/* A pattern may match places that cannot be probed; it fails only when all of them are like that, or memory is short. */
int ktr_up_attach(struct ktr_ctx *c, struct ktr_att *a)
{
	struct ktr_up_set *set = a->points;
	u32 i, n = 0;
	int err = 0;

	for (i = 0; i < set->n && err != -ENOMEM && !ktr_life_must_end(); i++) {
		struct ktr_up *up = &set->up[i];
		int rc = ktr_compat_uprobe_register(&up->uprobe, set->inode, up->site->offset, up->site->counter,
						    &up->uc);

		up->registered = !rc;
		n += !rc;
		err = rc ? rc : err;
		cond_resched();
	}
	a->n_points = n;
	if (!err || (n && err != -ENOMEM))
		return 0;
	return ktr_attach_failed(c, a, reason(err), err);
}

void ktr_up_detach(struct ktr_att *a)
{
	struct ktr_up_set *set = a->points;
	u32 i;

	for (i = 0; i < set->n; i++) {
		struct ktr_up *up = &set->up[i];

		if (!up->registered)
			continue;
		ktr_compat_uprobe_unregister(&up->uprobe, &up->uc);
		up->registered = false;
		need_sync = true;
		cond_resched();
	}
}

void ktr_uprobe_sync(void)
{
	if (need_sync)
		ktr_compat_uprobe_sync();
	need_sync = false;
}

/* ---- the event's parts -------------------------------------------------------------------------------------- */

/* By the calling convention of 64-bit programs; others have theirs on the stack. */
static void c_arg(const struct ktr_up_set *set, struct pt_regs *regs, u32 i, struct ktr_val *out)
{
	/* inside of a named function nobody knows what is where; whoever gives an address alone knows what is there */
	if ((set->att->probe->offset && set->att->probe->event) || i >= KTR_ARCH_N_ARGS || !ktr_arch_is_wide(regs))
		return;
	ktr_set_int(out, regs_get_kernel_argument(regs, i));
}

static void returned(struct pt_regs *regs, struct ktr_val *out)
{
	s64 v = regs_return_value(regs);

	ktr_set_int(out, ktr_arch_is_wide(regs) ? v : (s32)v);
}

int ktr_up_arg(struct ktr_ctx *c, struct ktr_event *ev, u32 n, struct ktr_val *out)
{
	const struct ktr_up *up = ev->point;
	const struct ktr_up_set *set = up->set;
	struct pt_regs *regs = (struct pt_regs *)ev->data;
	u32 first = is_return(set->att) ? 2 : 1;
	s64 v;

	if (n < first) {
		ktr_set_int(out, ev->word[n]);
		return 0;
	}
	if (set->fetch)
		return ktr_fetch_get(c, set->fetch, n - first, regs, out);
	ktr_set_nil(out);
	if (is_marker(set->att)) {
		if (!ktr_marker_arg(up->site, n - first, regs, &v))
			ktr_set_int(out, v);
	} else if (!is_return(set->att)) {
		c_arg(set, regs, n - first, out);
	} else if (n == first) {
		returned(regs, out);
	}
	return 0;
}

int ktr_up_field(struct ktr_ctx *c, struct ktr_event *ev, u32 id, struct ktr_val *out)
{
	int n = find_field(ev->att, ktr_field_name(id));

	if (n < 0)
		return -1;
	return out ? ktr_up_arg(c, ev, n, out) : 0;
}

u32 ktr_up_argstr(struct ktr_ctx *c, struct ktr_event *ev, char *buf, u32 size)
{
	const struct ktr_up *up = ev->point;
	const struct ktr_up_set *set = up->set;
	struct pt_regs *regs = (struct pt_regs *)ev->data;
	u32 n;

	if (is_return(set->att))
		n = scnprintf(buf, size, "%s: (0x%lx <- 0x%lx)", up->name, ev->word[1], ev->word[0]);
	else
		n = scnprintf(buf, size, "%s: (0x%lx)", up->name, ev->word[0]);
	if (set->fetch)
		n += ktr_fetch_text(c, set->att->probe, set->fetch, regs, buf + n, size - n);
	else if (is_marker(set->att))
		n += ktr_marker_text(up->site, regs, buf + n, size - n);
	return n + scnprintf(buf + n, size - n, "\n");
}

const char *ktr_up_probename(struct ktr_ctx *c, struct ktr_event *ev)
{
	const struct ktr_up *up = ev->point;

	return up->name;
}

bool ktr_uprobe_caller(const struct ktr_event *ev, unsigned long *addr)
{
	const struct ktr_att *a = ev->att;

	if (a->back_end != &ktr_be_uprobe || is_return(a) || a->probe->offset)
		return false;
	return ktr_arch_caller(ev->regs, addr);
}

const struct ktr_back_end ktr_be_uprobe = {
	.name = "uprobe",
	.resolve = ktr_up_resolve,
	.attach = ktr_up_attach,
	.detach = ktr_up_detach,
	.release = ktr_up_release,
	.arg = ktr_up_arg,
	.field = ktr_up_field,
	.argstr = ktr_up_argstr,
	.probename = ktr_up_probename,
};
