// SPDX-License-Identifier: GPL-2.0
/*
 * attach_syscall.c - syscalls:sys_enter_NAME and sys_exit_NAME, by name or pattern.
 *
 * All of them hang on one pair of probes at the raw system call tracepoints; tables by system call number lead to the
 * handlers. Numbers, names and arguments come from the kernel's metadata of its system call events.
 *
 * System calls of 32-bit programs have other numbers and are left out, as the kernel's own events leave them out.
 */
#include "attach.h"

#include <linux/tracepoint.h>

#include <asm/syscall.h>
#include <asm/unistd.h>
#include <trace/syscall.h>

#include "arch.h"
#include "trace_list.h"

#define KTR_MAX_SYSCALL_ARGS 6

enum { SYS_ENTER, SYS_EXIT, SYS_N_SIDES };

struct sys_set;

/* One event of one attachment. */
struct sys_node {
	/* alone on its event, and a leaf, or a quick handler, whose event are the registers; else NULL */
	void (*run)(void *arg, const void *regs);
	void *arg;			/* its first argument */
	struct ktr_quick_point own;
	struct sys_node *next;		/* the same event of another attachment */
	struct ktr_att *att;
	const struct syscall_metadata *meta;
	const char *name;
	u8 side;
};

struct sys_set {
	u32 n_nodes;
	u32 room;
	struct sys_node *nodes;
};

static struct sys_node *table[SYS_N_SIDES][NR_syscalls];

/* ---- events ------------------------------------------------------------------------------------------------- */

/* The other attachments of an event that ktr_event_enter() has just refused for the first. */
static noinline void skip_others(struct sys_node *node)
{
	if (READ_ONCE(ktr_gate) && !ktr_gate_passes())
		return;
	while ((node = READ_ONCE(node->next)))
		ktr_event_skipped(node->att, KTR_LEVEL_TASK);
}

static noinline void deliver_call(struct sys_node *node, struct pt_regs *regs, long nr, long ret, unsigned long frame)
{
	struct ktr_event *ev;
	struct ktr_ictx *x;

	x = ktr_event_enter(node->att, KTR_LEVEL_TASK);
	if (unlikely(!x)) {
		skip_others(node);
		return;
	}
	ev = ktr_event_of(x);
	ev->regs = NULL;
	ev->entry = NULL;
	ev->frame = frame;
	ev->ip = 0;
	ev->iterator = 0;
	ev->data = regs;
	ev->word[0] = nr;
	ev->word[1] = ret;
	do {
		ev->point = node;
		ktr_event_run(x, node->att);
		node = READ_ONCE(node->next);
	} while (unlikely(node));
	ktr_event_leave(x, KTR_LEVEL_TASK);
}

static __always_inline void run_call(struct sys_node *node, struct pt_regs *regs, long nr, long ret)
{
	void (*run_it)(void *arg, const void *regs) = node->run;

	if (unlikely(ktr_arch_narrow_syscall()))
		return;
	if (likely(run_it == ktg_hot_run))
		ktg_hot_run(node->arg, regs);	/* which is why this is asked before NULL */
	else if (run_it)
		run_it(node->arg, regs);
	else
		deliver_call(node, regs, nr, ret, (unsigned long)__builtin_frame_address(0));
}

static void enter_hook(void *data, struct pt_regs *regs, long nr)
{
	struct sys_node *node;

	if (unlikely((unsigned long)nr >= NR_syscalls))
		return;
	node = READ_ONCE(table[SYS_ENTER][nr]);
	if (node)
		run_call(node, regs, nr, 0);
}

static void exit_hook(void *data, struct pt_regs *regs, long ret)
{
	unsigned long nr = syscall_get_nr(current, regs);
	struct sys_node *node;

	if (unlikely(nr >= NR_syscalls))
		return;
	node = READ_ONCE(table[SYS_EXIT][nr]);
	if (node)
		run_call(node, regs, nr, ret);
}

/* The quick handler stands aside. */
static void bail(struct ktr_quick_point *q, const void *ev)
{
	struct sys_node *node = container_of(q, struct sys_node, own);
	struct pt_regs *regs = (struct pt_regs *)ev;
	long ret = node->side == SYS_EXIT ? syscall_get_return_value(current, regs) : 0;

	deliver_call(node, regs, node->meta->syscall_nr, ret, (unsigned long)__builtin_frame_address(0));
}

static struct ktr_quick_point *sys_quick_point(struct ktr_event *ev)
{
	return &((struct sys_node *)ev->point)->own;
}

static unsigned long argument(const struct ktr_event *ev, u32 n)
{
	unsigned long args[KTR_MAX_SYSCALL_ARGS];

	syscall_get_arguments(current, (struct pt_regs *)ev->data, args);
	return args[n];
}

static int sys_arg(struct ktr_ctx *c, struct ktr_event *ev, u32 n, struct ktr_val *out)
{
	const struct sys_node *node = ev->point;

	ktr_set_nil(out);
	if (n == 0)
		ktr_set_int(out, ev->word[0]);
	else if (node->side == SYS_EXIT && n == 1)
		ktr_set_int(out, ev->word[1]);
	else if (node->side == SYS_ENTER && n <= node->meta->nb_args)
		ktr_set_int(out, argument(ev, n - 1));
	return 0;
}

/* Number for sys_arg() of a field by its name in the event's format file, -1: there is none. */
static int find_call_field(const struct sys_node *node, const char *name)
{
	int i;

	if (!strcmp(name, "__syscall_nr") || !strcmp(name, "nr"))
		return 0;
	if (node->side == SYS_EXIT)
		return strcmp(name, "ret") ? -1 : 1;
	for (i = 0; i < node->meta->nb_args; i++)
		if (!strcmp(name, node->meta->args[i]))
			return i + 1;
	return -1;
}

/* Offset in the registers of a system call's argument n, or of its result: asked of the architecture by a pattern. */
static int reg_offset(u8 side, u32 n)
{
	struct pt_regs regs;
	unsigned long args[KTR_MAX_SYSCALL_ARGS], *words = (unsigned long *)&regs, word;
	u32 i;

	for (i = 0; i < sizeof(regs) / sizeof(*words); i++)
		words[i] = i;
	if (side == SYS_EXIT) {
		word = syscall_get_return_value(current, &regs);
	} else {
		syscall_get_arguments(current, &regs, args);
		word = args[n - 1];
	}
	return word * sizeof(*words);
}

/* For ktr_quick_prepare(). */
static int where_in_call(const void *point, u32 slot, u32 kind)
{
	const struct sys_node *node = point;
	int n = slot < KTR_RAW_ARGS ? slot : find_call_field(node, ktr_field_name(slot - KTR_RAW_ARGS));

	if (kind != KTR_RAW_INT || n < 1 || n > (node->side == SYS_EXIT ? 1 : node->meta->nb_args))
		return -1;
	return reg_offset(node->side, n);
}

static int sys_field(struct ktr_ctx *c, struct ktr_event *ev, u32 id, struct ktr_val *out)
{
	int n = find_call_field(ev->point, ktr_field_name(id));

	if (n < 0) {
		if (!out || !ktr_att_may_lack(ev->att, id))
			return -1;
		ktr_set_nil(out);
		return 0;
	}
	return out ? sys_arg(c, ev, n, out) : 0;
}

static u32 sys_argstr(struct ktr_ctx *c, struct ktr_event *ev, char *buf, u32 size)
{
	const struct sys_node *node = ev->point;
	const struct syscall_metadata *meta = node->meta;
	unsigned long args[KTR_MAX_SYSCALL_ARGS];
	u32 n, i;

	if (node->side == SYS_EXIT)
		return scnprintf(buf, size, "%s -> 0x%lx\n", meta->name, ev->word[1]);
	syscall_get_arguments(current, (struct pt_regs *)ev->data, args);
	n = scnprintf(buf, size, "%s(", meta->name);
	for (i = 0; i < meta->nb_args && i < KTR_MAX_SYSCALL_ARGS; i++)
		n += scnprintf(buf + n, size - n, "%s%s: %lx", i ? ", " : "", meta->args[i], args[i]);
	return n + scnprintf(buf + n, size - n, ")\n");
}

static const char *sys_probename(struct ktr_ctx *c, struct ktr_event *ev)
{
	return ((const struct sys_node *)ev->point)->name;
}

/* ---- names -------------------------------------------------------------------------------------------------- */

static const struct {
	const char *known;
	const char *kernel;
} aliases[] = {
#define KTR_SYSCALL_NAME(known, kernel) { known, kernel },
#include "ktr_syscall_names.def"
#undef KTR_SYSCALL_NAME
};

static bool matches(const struct ktr_probe *p, const char *name)
{
	const char *part;
	unsigned int i;
	int left_out;

	if (ktr_trace_list_matches(p, "syscalls", name, &left_out))
		return true;
	if (!strstarts(p->event, "sys_e") || strcmp(p->system, "syscalls"))
		return false;
	part = p->event + (strstarts(p->event, "sys_enter_") ? 10 : 9);
	if (strlen(p->event) <= part - p->event || strncmp(p->event, name, part - p->event))
		return false;
	for (i = 0; i < ARRAY_SIZE(aliases); i++)
		if (!strcmp(part, aliases[i].known))
			return !strcmp(name + (part - p->event), aliases[i].kernel);
	return false;
}

/* ---- resolving ---------------------------------------------------------------------------------------------- */

struct walk {
	struct ktr_att *att;
	struct sys_set *set;
};

static int grow(struct sys_set *set)
{
	u32 room = set->room ? 2 * set->room : 2;
	struct sys_node *more = kvcalloc(room, sizeof(*more), GFP_KERNEL);

	if (!more)
		return -ENOMEM;
	if (set->n_nodes)
		memcpy(more, set->nodes, set->n_nodes * sizeof(*more));
	kvfree(set->nodes);
	set->nodes = more;
	set->room = room;
	return 0;
}

static int add_if_meant(struct trace_event_call *call, void *data)
{
	struct walk *w = data;
	const struct syscall_metadata *meta = call->data;
	struct sys_node *node;

	if (strcmp(call->class->system, "syscalls") || !meta || meta->syscall_nr < 0 ||
	    meta->syscall_nr >= NR_syscalls || !matches(w->att->probe, trace_event_name(call)))
		return 0;
	if (w->set->n_nodes == w->set->room && grow(w->set))
		return -ENOMEM;
	node = &w->set->nodes[w->set->n_nodes++];
	node->att = w->att;
	node->meta = meta;
	node->name = trace_event_name(call);
	node->side = call == meta->enter_event ? SYS_ENTER : SYS_EXIT;
	return 0;
}

static bool node_has_field(const void *node, u32 id)
{
	return find_call_field(node, ktr_field_name(id)) >= 0;
}

static int check_call_fields(struct ktr_ctx *c, struct sys_set *set, struct ktr_att *a)
{
	u32 i;

	for (i = 0; i < set->n_nodes; i++)
		if (ktr_att_fields(c, a, "syscalls", set->nodes[i].name, node_has_field, &set->nodes[i]))
			return KTR_ERR;
	return 0;
}

static void sys_release(struct ktr_att *a)
{
	struct sys_set *set = a->points;
	u32 i;

	for (i = 0; i < set->n_nodes; i++)
		ktr_quick_release(&set->nodes[i].own);
	kvfree(set->nodes);
	kfree(set);
}

static int sys_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	struct walk w = { .att = a };
	int rc;

	w.set = kzalloc(sizeof(*w.set), GFP_KERNEL);
	if (!w.set)
		return ktr_fail(c, "no memory");
	a->points = w.set;
	rc = ktr_trace_list_walk(add_if_meant, &w);
	if (rc < 0)
		return ktr_attach_failed(c, a, "the kernel's events cannot be listed", rc);
	return check_call_fields(c, w.set, a) ? KTR_ERR : w.set->n_nodes;
}

/* ---- the pair of probes ------------------------------------------------------------------------------------- */

static struct tracepoint *raw[SYS_N_SIDES];
static void *const side_hooks[SYS_N_SIDES] = { enter_hook, exit_hook };
static bool hooked[SYS_N_SIDES];
static u32 n_linked[SYS_N_SIDES];	/* nodes in the tables */

static int hook_side(int side)
{
	int err;

	if (hooked[side])
		return 0;
	if (!raw[side])
		raw[side] = ktr_kernel_tracepoint(side == SYS_ENTER ? "sys_enter" : "sys_exit");
	if (!raw[side])
		return -ENOENT;
	err = tracepoint_probe_register(raw[side], side_hooks[side], NULL);
	hooked[side] = !err;
	return err;
}

static void choose_run(struct sys_node *node, bool alone)
{
	struct ktr_att *a = node->att;

	node->run = NULL;
	node->arg = &node->own;
	if (ktr_quick_prepare(&node->own, a, bail, where_in_call, node, node->name)) {
		node->run = (void *)ktr_att_quick(a)->run;
	} else if (a->run_leaf) {
		node->run = (void *)a->run_leaf;
		node->arg = ktr_att_leaf(a);
	}
	if (!alone)
		node->run = NULL;
}

static int sys_attach(struct ktr_ctx *c, struct ktr_att *a)
{
	struct sys_set *set = a->points;
	u32 i;

	for (i = 0; i < set->n_nodes; i++) {
		struct sys_node *node = &set->nodes[i];
		struct sys_node **head = &table[node->side][node->meta->syscall_nr];
		int err;

		/* first come, first run; the gate is still closed, so nobody walks the list */
		choose_run(node, !*head);
		for (; *head; head = &(*head)->next)
			(*head)->run = NULL;
		node->next = NULL;
		smp_store_release(head, node);
		n_linked[node->side]++;
		err = hook_side(node->side);
		if (err)
			return ktr_attach_failed(c, a, "no system call tracepoints", err);
	}
	return 0;
}

/* Whoever is at the node just now still finds the rest of the list. */
static void unlink_node(struct sys_node *node)
{
	struct sys_node **head = &table[node->side][node->meta->syscall_nr];

	while (*head && *head != node)
		head = &(*head)->next;
	if (!*head)
		return;
	WRITE_ONCE(*head, node->next);
	n_linked[node->side]--;
}

/* The last one takes the probes away. */
static void sys_detach(struct ktr_att *a)
{
	struct sys_set *set = a->points;
	int side;
	u32 i;

	for (i = 0; i < set->n_nodes; i++)
		unlink_node(&set->nodes[i]);
	for (side = 0; side < SYS_N_SIDES; side++) {
		if (!hooked[side] || n_linked[side])
			continue;
		tracepoint_probe_unregister(raw[side], side_hooks[side], NULL);
		hooked[side] = false;
	}
}

const struct ktr_back_end ktr_be_syscall = {
	.name = "syscall",
	.resolve = sys_resolve,
	.attach = sys_attach,
	.detach = sys_detach,
	.release = sys_release,
	.arg = sys_arg,
	.field = sys_field,
	.argstr = sys_argstr,
	.probename = sys_probename,
	.quick_point = sys_quick_point,
};
