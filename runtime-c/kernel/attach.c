// SPDX-License-Identifier: GPL-2.0
/*
 * attach.c - registrations: made by the main chunk, attached when it is through, detached at the end.
 */
#include "attach.h"

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/tracepoint.h>
#include <linux/xarray.h>

#include "perf_record.h"
#include "render.h"
#include "trace_list.h"
#include "tracepoint_set.h"

static LIST_HEAD(regs);
static u32 n_regs;
static DEFINE_MUTEX(regs_lock);		/* the list, against readers of status */
static DEFINE_XARRAY(handles);		/* registrations by number; looked up in any context */
static u32 last_handle;
static bool any_removed;		/* the thread has to take registrations down */
static struct ktr_val end_handler;

int ktr_attach_init(void)
{
	return 0;
}

static void free_att(struct ktr_att *a)
{
	if (a->points)		/* NULL: it was not even resolved */
		a->back_end->release(a);
	free_percpu(a->stats);
}

static void free_reg(struct ktr_reg *reg)
{
	u32 i;

	if (reg->handle)
		xa_erase(&handles, reg->handle);
	for (i = 0; i < reg->n_atts; i++)
		free_att(&reg->atts[i]);
	ktr_val_drop(NULL, &reg->func);
	kvfree(reg->atts);
	bitmap_free(reg->seen);
	kvfree(reg->owned);
	kfree(reg);
}

void ktr_attach_exit(void)
{
	struct ktr_reg *reg, *next;

	list_for_each_entry_safe(reg, next, &regs, node) {
		list_del(&reg->node);
		free_reg(reg);
	}
	n_regs = 0;
	xa_destroy(&handles);
	ktr_val_drop(NULL, &end_handler);
	ktr_tp_sets_exit();
	ktr_render_exit();
	ktr_record_exit();
}

u32 ktr_attach_count(void)
{
	return n_regs;
}

const struct ktr_val *ktr_end_handler(void)
{
	return end_handler.type == KTR_NIL ? NULL : &end_handler;
}

/* ---- which back end ----------------------------------------------------------------------------------------- */

/* Back ends that an event is tried on; the first that knows it keeps it, except that with `all` each may. */
struct choice {
	const struct ktr_back_end *be[2];
	bool all;
};


static struct choice choose_tracepoint(const struct ktr_probe *p)
{
	if (!strcmp(p->system, "syscalls"))
		return (struct choice){ { &ktr_be_syscall } };
	if (!strcmp(p->system, "ftrace") && !strcmp(p->event, "function"))
		return (struct choice){ { &ktr_be_ftrace } };
	if (ktr_is_pattern(p->system))
		return (struct choice){ { &ktr_be_tracepoint, &ktr_be_syscall }, .all = true };
	return (struct choice){ { &ktr_be_tracepoint } };
}

static struct choice choose(const struct ktr_probe *p)
{
	switch (p->kind) {
	case KTR_PROBE_TRACEPOINT:
		return choose_tracepoint(p);
	case KTR_PROBE_KPROBE:
		if (p->offset)
			return (struct choice){ { &ktr_be_kprobe } };
		return (struct choice){ { &ktr_be_ftrace, &ktr_be_kprobe } };
	case KTR_PROBE_KRETPROBE:
		if (p->offset)
			return (struct choice){ { &ktr_be_kretprobe } };
		return (struct choice){ { &ktr_be_rethook, &ktr_be_kretprobe } };
	case KTR_PROBE_UPROBE:
	case KTR_PROBE_URETPROBE:
		return (struct choice){ { &ktr_be_uprobe } };
	case KTR_PROBE_SDT:
		return (struct choice){ { &ktr_be_sdt } };
	case KTR_PROBE_TICK:
		return (struct choice){ { &ktr_be_tick } };
	case KTR_PROBE_PROFILE:
		return (struct choice){ { &ktr_be_profile } };
	default:
		return (struct choice){ { NULL } };
	}
}

/* ---- registering -------------------------------------------------------------------------------------------- */

static struct ktr_att *add_att(struct ktr_reg *reg, const struct ktr_probe *p, const struct ktr_back_end *be)
{
	struct ktr_att *a = &reg->atts[reg->n_atts];
	unsigned int cpu;

	memset(a, 0, sizeof(*a));
	a->stats = alloc_percpu(struct ktr_att_stats);
	if (!a->stats)
		return NULL;
	for_each_possible_cpu(cpu)
		per_cpu_ptr(a->stats, cpu)->leaf.att = a;
	a->run_leaf = IS_ENABLED(KTR_HAVE_LEAVES) ? reg->trace->leaf : NULL;
	a->filter = ktr_has_filter(reg->trace) ? reg->trace : NULL;
	a->func = &reg->func;
	a->reg = reg;
	a->probe = p;
	a->back_end = be;
	reg->n_atts++;
	return a;
}

static bool is_event_pattern(const struct ktr_probe *p)
{
	return p->kind == KTR_PROBE_TRACEPOINT && (ktr_is_pattern(p->system) || ktr_is_pattern(p->event));
}

int ktr_att_fields(struct ktr_ctx *c, struct ktr_att *a, const char *system, const char *name,
		   bool (*has)(const void *event, u32 id), const void *event)
{
	const struct ktr_trace *t = a->reg->trace;
	bool pattern = is_event_pattern(a->probe);
	u32 i;

	for (i = 0; i < t->n_fields; i++) {
		if (has(event, t->fields[i]) || ktr_is_generic_field(ktr_field_name(t->fields[i])))
			__set_bit(i, a->reg->seen);
		else if (!pattern)
			return ktr_fail(c, "event %s:%s has no field %s", system, name, ktr_field_name(t->fields[i]));
	}
	return 0;
}

bool ktr_att_may_lack(const struct ktr_att *a, u32 field)
{
	u32 i, n = 0;

	if (!is_event_pattern(a->probe) || ktr_is_generic_field(ktr_field_name(field)))
		return false;
	for (i = 0; i < a->reg->n_atts; i++)
		n += a->reg->atts[i].probe == a->probe ? a->reg->atts[i].n_points : 0;
	return n > 1;
}

static int check_seen(struct ktr_ctx *c, const struct ktr_reg *reg, const struct ktr_probe *p)
{
	const struct ktr_trace *t = reg->trace;
	u32 i = is_event_pattern(p) ? find_first_zero_bit(reg->seen, t->n_fields) : t->n_fields;

	if (i >= t->n_fields)
		return 0;
	return ktr_fail(c, "no event of %s has a field %s", p->text, ktr_field_name(t->fields[i]));
}

static int matches_nothing(struct ktr_ctx *c, const struct ktr_probe *p)
{
	if (p->kind != KTR_PROBE_TRACEPOINT || !strcmp(p->system, "syscalls"))
		return ktr_fail(c, "event %s matches nothing", p->text);
	return ktr_fail(c, "event %s matches nothing; if a module has it, load that first", p->text);
}

/* One event of the statement. 0, KTR_ERR, or KTR_EXIT: the script is to end. */
static int resolve_probe(struct ktr_ctx *c, struct ktr_reg *reg, const struct ktr_probe *p)
{
	struct choice ch = choose(p);
	bool found = false;
	u32 i;

	bitmap_zero(reg->seen, reg->trace->n_fields);
	for (i = 0; i < ARRAY_SIZE(ch.be) && ch.be[i]; i++) {
		struct ktr_att *a = add_att(reg, p, ch.be[i]);
		int n;

		if (!a)
			return ktr_fail(c, "cannot trace %s: no memory", p->text);
		n = ch.be[i]->resolve(c, a);
		if (n < 0)
			return n;
		a->n_points = n;
		found |= n > 0;
		if (!n) {
			reg->n_atts--;
			free_att(a);
		} else if (!ch.all) {
			break;
		}
	}
	return found ? check_seen(c, reg, p) : matches_nothing(c, p);
}

static int resolve_all(struct ktr_ctx *c, struct ktr_reg *reg)
{
	const struct ktr_trace *t = reg->trace;
	int rc = 0;
	u32 i;

	reg->atts = kvcalloc(2 * t->n_probes, sizeof(*reg->atts), GFP_KERNEL);
	reg->seen = bitmap_zalloc(t->n_fields + 1, GFP_KERNEL);
	if (!reg->atts || !reg->seen)
		return ktr_fail(c, "no memory");
	for (i = 0; i < t->n_probes && !rc; i++)
		rc = resolve_probe(c, reg, &t->probes[i]);
	return rc;
}

/* Events can be added while the main chunk runs: not before, not in handlers, not in trace_end. */
int ktr_check_starting(struct ktr_ctx *c, const char *what)
{
	if (c->level == KTR_LEVEL_THREAD && ktr_state() == KTR_STATE_STARTING)
		return 0;
	return ktr_fail(c, "%s can only be used while the main chunk runs", what);
}

static int add_reg(struct ktr_ctx *c, struct ktr_reg *reg)
{
	int err = xa_err(xa_store(&handles, last_handle + 1, reg, GFP_KERNEL));

	if (err)
		return ktr_fail(c, "no memory");
	reg->handle = last_handle + 1;
	WRITE_ONCE(last_handle, reg->handle);
	mutex_lock(&regs_lock);
	list_add_tail(&reg->node, &regs);
	n_regs++;
	mutex_unlock(&regs_lock);
	return 0;
}

int ktr_register_owned(struct ktr_ctx *c, const struct ktr_trace *t, const struct ktr_val *f, struct ktr_val *handle,
		       void *owned)
{
	struct ktr_reg *reg;
	int rc = ktr_check_starting(c, "trace");

	if (!rc && (n_regs == KTR_MAX_REGS || last_handle == U32_MAX))
		rc = ktr_fail(c, "too many trace statements executed");
	reg = rc ? NULL : kzalloc(sizeof(*reg), GFP_KERNEL);
	if (!reg) {
		kvfree(owned);
		return ktr_fail(c, "no memory");
	}
	reg->trace = t;
	reg->owned = owned;
	rc = ktr_val_keep(c, &reg->func, f);
	if (!rc)
		rc = resolve_all(c, reg);
	if (!rc)
		rc = add_reg(c, reg);
	if (rc) {
		free_reg(reg);
		return rc;
	}
	if (handle)
		ktr_set_int(handle, reg->handle);
	return 0;
}

int ktr_register(struct ktr_ctx *c, const struct ktr_trace *t, const struct ktr_val *f, struct ktr_val *handle)
{
	return ktr_register_owned(c, t, f, handle, NULL);
}

/* ---- removing ----------------------------------------------------------------------------------------------- */

static int never(struct ktr_ctx *c, struct ktr_func *self)
{
	return 0;
}

static const struct ktr_trace never_trace = { .filter = never };

/*
 * No run of its handlers starts from here on: every event looks at the filter anyway. Runs under way end within a grace
 * period: they have preemption off. Taking the hooks away sleeps and is left to the thread.
 */
static void silence(struct ktr_reg *reg)
{
	u32 i;

	for (i = 0; i < reg->n_atts; i++)
		WRITE_ONCE(reg->atts[i].filter, &never_trace);
}

static void take_out(struct ktr_reg *reg)
{
	mutex_lock(&regs_lock);
	list_del(&reg->node);
	n_regs--;
	mutex_unlock(&regs_lock);
}

int ktr_unregister(struct ktr_ctx *c, s64 handle, bool *done)
{
	bool idle = c->level == KTR_LEVEL_THREAD && ktr_state() == KTR_STATE_STARTING;
	struct ktr_reg *reg;

	if (handle < 1 || handle > READ_ONCE(last_handle))
		return ktr_fail(c, "kdebug.remove: %d is no handle of a registration", handle);
	rcu_read_lock();
	reg = xa_load(&handles, handle);
	*done = reg && !test_and_set_bit(KTR_REG_REMOVED, &reg->flags);
	if (*done)
		silence(reg);
	rcu_read_unlock();
	if (!*done)
		return 0;
	if (idle) {		/* nothing of it is attached, and the thread that could free it is this one */
		take_out(reg);
		free_reg(reg);
		return 0;
	}
	WRITE_ONCE(any_removed, true);
	ktr_ring_bell(KTR_BELL_THREAD);
	/* a run that found itself wanted just before may not even have come to the handler's first statement */
	if (c->level == KTR_LEVEL_THREAD)
		synchronize_rcu();
	return 0;
}

bool ktr_attach_reap_wanted(void)
{
	return READ_ONCE(any_removed);
}

/* What was detached: no handler of it runs any more when this returns. */
static void sync_detached(void)
{
	ktr_kprobe_sync();
	ktr_kretprobe_sync();
	ktr_uprobe_sync();
	tracepoint_synchronize_unregister();	/* RCU too: handlers run with preemption off */
}

static void detach_reg(struct ktr_reg *reg)
{
	u32 i;

	for (i = 0; i < reg->n_atts; i++) {
		struct ktr_att *a = &reg->atts[i];

		if (a->attached)
			a->back_end->detach(a);
		a->attached = false;
	}
}

void ktr_attach_reap(void)
{
	struct ktr_reg *reg, *next;
	LIST_HEAD(dead);

	if (!ktr_attach_reap_wanted())
		return;
	WRITE_ONCE(any_removed, false);		/* first: what is removed from now on is seen the next time */
	smp_mb();
	list_for_each_entry_safe(reg, next, &regs, node) {
		if (!test_bit(KTR_REG_REMOVED, &reg->flags))
			continue;
		detach_reg(reg);
		take_out(reg);
		list_add_tail(&reg->node, &dead);
		xa_erase(&handles, reg->handle);	/* nobody finds it any more when the grace period is over */
		reg->handle = 0;
		cond_resched();
	}
	if (list_empty(&dead))
		return;
	sync_detached();
	list_for_each_entry_safe(reg, next, &dead, node)
		free_reg(reg);
}

int ktr_register_end(struct ktr_ctx *c, const struct ktr_val *f)
{
	struct ktr_val keep;

	if (ktr_check_starting(c, "trace_end") || ktr_val_keep(c, &keep, f))
		return KTR_ERR;
	ktr_val_drop(c, &end_handler);
	end_handler = keep;
	return 0;
}

/* ---- disarming ---------------------------------------------------------------------------------------------- */

/* An attachment that stands for events that happen. */
static bool is_armed(const struct ktr_att *a)
{
	return a->attached && a->back_end != &ktr_be_tick;
}

/* Calls fn for each attachment that is armed, until it returns true. */
static bool any_armed(bool (*fn)(struct ktr_att *a, void *data), void *data)
{
	struct ktr_reg *reg;
	u32 i;

	list_for_each_entry(reg, &regs, node)
		for (i = 0; i < reg->n_atts; i++)
			if (is_armed(&reg->atts[i]) && fn(&reg->atts[i], data))
				return true;
	return false;
}

struct worst {
	u64 (*weight)(const struct ktr_att *a, unsigned int cpu);
	unsigned int cpu;
	u64 most;
	struct ktr_att *att;
};

static bool weigh(struct ktr_att *a, void *data)
{
	struct worst *w = data;
	u64 weight = w->weight(a, w->cpu);

	if (weight > w->most) {
		w->most = weight;
		w->att = a;
	}
	return false;
}

struct ktr_att *ktr_attach_worst(u64 (*weight)(const struct ktr_att *a, unsigned int cpu), unsigned int cpu)
{
	struct worst w = { .weight = weight, .cpu = cpu };

	any_armed(weigh, &w);
	return w.att;
}

static bool yes(struct ktr_att *a, void *unused)
{
	return true;
}

bool ktr_attach_armed(void)
{
	return any_armed(yes, NULL);
}

static bool runs_leaf(struct ktr_att *a, void *unused)
{
	return a->run_leaf || ktr_att_quick(a);
}

bool ktr_attach_any_leaf(void)
{
	return any_armed(runs_leaf, NULL);
}

void ktr_attach_disarm(struct ktr_att *a)
{
	WRITE_ONCE(a->filter, &never_trace);
	WRITE_ONCE(a->disarmed, true);
	a->back_end->detach(a);
	a->attached = false;
	sync_detached();
}

/* ---- attaching ---------------------------------------------------------------------------------------------- */

int ktr_attach_failed(struct ktr_ctx *c, const struct ktr_att *a, const char *what, int rc)
{
	return ktr_fail(c, "cannot trace %s: %s (error %d)", a->probe->text, what, (s64)rc);
}

int ktr_attach_all(struct ktr_ctx *c)
{
	struct ktr_reg *reg;
	u32 i;

	list_for_each_entry(reg, &regs, node) {
		if (test_bit(KTR_REG_REMOVED, &reg->flags))
			continue;
		for (i = 0; i < reg->n_atts; i++) {
			struct ktr_att *a = &reg->atts[i];

			if (ktr_life_must_end())
				return 0;
			/* set first: a half-attached one is detached like the others */
			a->attached = true;
			if (a->back_end->attach(c, a)) {
				ktr_at(c, reg->trace->pos);
				return KTR_ERR;
			}
		}
	}
	return 0;
}

void ktr_detach_all(void)
{
	struct ktr_reg *reg;

	list_for_each_entry(reg, &regs, node)
		detach_reg(reg);
	if (n_regs)
		sync_detached();
}

/* ---- status ------------------------------------------------------------------------------------------------- */

void ktr_attach_show(struct seq_file *m)
{
	struct ktr_reg *reg;
	u32 i;

	mutex_lock(&regs_lock);
	list_for_each_entry(reg, &regs, node)
		for (i = 0; i < reg->n_atts && !test_bit(KTR_REG_REMOVED, &reg->flags); i++)
			ktr_att_show(m, &reg->atts[i]);
	mutex_unlock(&regs_lock);
}
