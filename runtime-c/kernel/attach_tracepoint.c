// SPDX-License-Identifier: GPL-2.0
/*
 * attach_tracepoint.c - SYSTEM:EVENT, by name or pattern, except system calls.
 *
 * A handler that wants neither arguments nor text is hooked directly to the tracepoint: every probe gets its data
 * pointer first, and what follows need not be looked at. The others get the event's record, see perf_record.h.
 */
#include "attach.h"

#include <linux/mm.h>
#include <linux/tracepoint.h>

#include "perf_record.h"
#include "records.h"
#include "render.h"
#include "trace_list.h"

#define KTR_NO_FIELD 0xff

struct tp_set;

struct tp_point {
	struct tp_set *set;
	struct trace_event_call *call;
	const char *name;
	unsigned long iterator;		/* the tracepoint's function that calls all probes */
	bool hooked;
	/* with records only */
	struct ktr_record_type *type;
	u8 *field_of;			/* index of field by id of ktg_script.fields */
	struct ktr_recorded recorded;
};

struct tp_set {
	struct ktr_att *att;
	struct ktr_recorder *recorder;	/* NULL: hooked directly */
	u32 first_id;			/* of the events; their ids lead to points by_id */
	u32 n_ids;
	u16 *by_id;			/* index + 1 */
	u32 n_points;
	u32 room;
	struct tp_point *points;
};

/* ---- events ------------------------------------------------------------------------------------------------- */

static __always_inline void deliver(struct tp_point *p, const void *rec, u32 size, unsigned long frame)
{
	struct ktr_att *att = p->set->att;
	unsigned int level = interrupt_context_level();
	struct ktr_ictx *x = ktr_event_enter(att, level);
	struct ktr_event *ev;

	if (!x)
		return;
	ev = ktr_event_of(x);
	ev->regs = NULL;
	ev->frame = frame;
	ev->ip = 0;
	ev->iterator = p->iterator;
	ev->point = p;
	ev->data = rec;
	ev->word[0] = size;
	ktr_event_run(x, att);
	ktr_event_leave(x, level);
}

static void plain_hook(void *data)
{
	deliver(data, NULL, 0, (unsigned long)__builtin_frame_address(0));
}

static void record_hook(void *data, const void *rec, u32 size, struct pt_regs *regs)
{
	struct tp_set *set = data;
	u32 id = ((const struct trace_entry *)rec)->type - set->first_id;

	if (likely(id < set->n_ids && set->by_id[id]))
		deliver(&set->points[set->by_id[id] - 1], rec, size, regs->sp);
}

static int tp_arg(struct ktr_ctx *c, struct ktr_event *ev, u32 n, struct ktr_val *out)
{
	const struct tp_point *p = ev->point;

	if (n < p->type->n_fields)
		return ktr_record_get(c, &p->type->fields[n], ev->data, ev->word[0], out);
	ktr_set_nil(out);
	return 0;
}

static int tp_field(struct ktr_ctx *c, struct ktr_event *ev, u32 id, struct ktr_val *out)
{
	const struct tp_point *p = ev->point;
	u8 at = p->field_of ? p->field_of[id] : KTR_NO_FIELD;

	if (at == KTR_NO_FIELD)
		return -1;
	return out ? ktr_record_get(c, &p->type->fields[at], ev->data, ev->word[0], out) : 0;
}

static u32 tp_argstr(struct ktr_ctx *c, struct ktr_event *ev, char *buf, u32 size)
{
	const struct tp_point *p = ev->point;

	return ktr_render(c, p->call, ev->data, ev->word[0], buf, size);
}

static const char *tp_probename(struct ktr_ctx *c, struct ktr_event *ev)
{
	return ((const struct tp_point *)ev->point)->name;
}

/* ---- resolving ---------------------------------------------------------------------------------------------- */

static void tp_release(struct ktr_att *a)
{
	struct tp_set *set = a->points;
	u32 i;

	for (i = 0; i < set->n_points; i++) {
		struct tp_point *p = &set->points[i];

		kfree(p->type);
		kfree(p->field_of);
		module_put(p->call->module);
	}
	ktr_recorder_free(set->recorder);
	kvfree(set->by_id);
	kvfree(set->points);
	kfree(set);
}

static int grow(struct tp_set *set)
{
	u32 room = set->room ? 2 * set->room : 4;
	struct tp_point *more = kvcalloc(room, sizeof(*more), GFP_KERNEL);

	if (!more)
		return -ENOMEM;
	if (set->n_points)
		memcpy(more, set->points, set->n_points * sizeof(*more));
	kvfree(set->points);
	set->points = more;
	set->room = room;
	return 0;
}

static int add_if_meant(struct trace_event_call *call, void *data)
{
	struct tp_set *set = data;
	const char *system = call->class->system;
	struct tp_point *p;

	if (!(call->flags & TRACE_EVENT_FL_TRACEPOINT) || !call->tp || !call->class->perf_probe ||
	    !strcmp(system, "syscalls") || !ktr_trace_list_matches(set->att->probe, system, trace_event_name(call)))
		return 0;
	if (set->n_points == U16_MAX)
		return -E2BIG;
	if (!try_module_get(call->module))
		return 0;	/* its module is going */
	if (set->n_points == set->room && grow(set)) {
		module_put(call->module);
		return -ENOMEM;
	}
	p = &set->points[set->n_points++];
	p->set = set;
	p->call = call;
	p->name = trace_event_name(call);
	p->iterator = (unsigned long)call->tp->iterator;
	return 0;
}

/* Which field of this event each field name of the script is. */
static int map_fields(struct tp_point *p)
{
	u32 id;

	if (!ktg_script.n_fields)
		return 0;
	p->field_of = kmalloc(ktg_script.n_fields, GFP_KERNEL);
	if (!p->field_of)
		return -ENOMEM;
	for (id = 0; id < ktg_script.n_fields; id++) {
		int at = ktr_record_find(p->type, ktg_script.fields[id]);

		p->field_of[id] = at >= 0 && at < KTR_NO_FIELD ? at : KTR_NO_FIELD;
	}
	return 0;
}

/* The fields that the handler names must be there. */
static int check_fields(struct ktr_ctx *c, const struct tp_point *p, const struct ktr_trace *t)
{
	u32 i;

	for (i = 0; i < t->n_fields; i++)
		if (p->field_of[t->fields[i]] == KTR_NO_FIELD)
			return ktr_fail(c, "event %s:%s has no field %s", p->call->class->system, p->name,
					ktg_script.fields[t->fields[i]]);
	return 0;
}

static int describe_records(struct ktr_ctx *c, struct tp_set *set)
{
	const struct ktr_trace *t = set->att->reg->trace;
	u32 i;

	for (i = 0; i < set->n_points; i++) {
		struct tp_point *p = &set->points[i];

		p->type = ktr_record_type(p->call);
		if (!p->type || map_fields(p))
			return ktr_fail(c, "cannot trace %s: no fields of %s:%s", set->att->probe->text,
					p->call->class->system, p->name);
		if (check_fields(c, p, t))
			return KTR_ERR;
	}
	return 0;
}

static int map_ids(struct tp_set *set)
{
	u32 i, first = U32_MAX, last = 0;

	for (i = 0; i < set->n_points; i++) {
		first = min_t(u32, first, set->points[i].call->event.type);
		last = max_t(u32, last, set->points[i].call->event.type);
	}
	set->first_id = first;
	set->n_ids = last - first + 1;
	set->by_id = kvcalloc(set->n_ids, sizeof(*set->by_id), GFP_KERNEL);
	if (!set->by_id)
		return -ENOMEM;
	for (i = 0; i < set->n_points; i++)
		set->by_id[set->points[i].call->event.type - first] = i + 1;
	return 0;
}

static int prepare_records(struct ktr_ctx *c, struct tp_set *set)
{
	u16 uses = set->att->reg->trace->uses;

	if (describe_records(c, set))
		return KTR_ERR;
	set->recorder = ktr_recorder_new(record_hook, set);
	if (!set->recorder || map_ids(set) || ((uses & KTR_USES_ARGSTR) && ktr_render_init()))
		return ktr_fail(c, "cannot trace %s: no memory", set->att->probe->text);
	return 0;
}

static int tp_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	const struct ktr_trace *t = a->reg->trace;
	struct tp_set *set = kzalloc(sizeof(*set), GFP_KERNEL);
	int rc;

	if (!set)
		return ktr_fail(c, "no memory");
	set->att = a;
	a->points = set;
	rc = ktr_trace_list_walk(add_if_meant, set);
	if (rc < 0)
		return ktr_attach_failed(c, a, "the kernel's events cannot be listed", rc);
	if (!set->n_points)
		return 0;
	if (((t->uses & (KTR_USES_ARGS | KTR_USES_ARGSTR)) || t->n_fields) && prepare_records(c, set))
		return KTR_ERR;
	return set->n_points;
}

/* ---- attaching ---------------------------------------------------------------------------------------------- */

static int hook(struct tp_set *set, struct tp_point *p)
{
	void (*leaf)(struct ktr_leaf *l) = ktr_att_leaf(set->att);

	if (set->recorder)
		return ktr_record_add(set->recorder, p->call, &p->recorded);
	if (leaf)
		return tracepoint_probe_register(p->call->tp, leaf, &set->att->leaf);
	return tracepoint_probe_register(p->call->tp, plain_hook, p);
}

static int tp_attach(struct ktr_ctx *c, struct ktr_att *a)
{
	struct tp_set *set = a->points;
	u32 i, n = 0;
	int rc = 0;

	for (i = 0; i < set->n_points; i++) {
		struct tp_point *p = &set->points[i];
		int err = hook(set, p);

		p->hooked = !err;
		n += p->hooked;
		/* perf refuses a few events to everybody; a pattern need not mean them */
		if (err && (err != -EPERM || set->n_points == 1))
			rc = err;
		cond_resched();
	}
	return rc || !n ? ktr_attach_failed(c, a, "the kernel refuses", rc) : 0;
}

static void tp_detach(struct ktr_att *a)
{
	void (*leaf)(struct ktr_leaf *l) = ktr_att_leaf(a);
	struct tp_set *set = a->points;
	u32 i;

	for (i = 0; i < set->n_points; i++) {
		struct tp_point *p = &set->points[i];

		if (!p->hooked)
			continue;
		p->hooked = false;
		if (set->recorder)
			ktr_record_remove(&p->recorded);
		else if (leaf)
			tracepoint_probe_unregister(p->call->tp, leaf, &a->leaf);
		else
			tracepoint_probe_unregister(p->call->tp, plain_hook, p);
		cond_resched();
	}
}

const struct ktr_back_end ktr_be_tracepoint = {
	.name = "tracepoint",
	.resolve = tp_resolve,
	.attach = tp_attach,
	.detach = tp_detach,
	.release = tp_release,
	.arg = tp_arg,
	.field = tp_field,
	.argstr = tp_argstr,
	.probename = tp_probename,
};
