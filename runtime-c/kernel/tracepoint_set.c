// SPDX-License-Identifier: GPL-2.0
/*
 * tracepoint_set.c - see tracepoint_set.h.
 *
 * The kernel tells of a module's tracepoints in this order: when it comes, first its events are put on the list of events,
 * then we are told; when it goes, first they leave the list, then we are told, then its memory goes. A set is on our list
 * before it looks at the list of events, and both happens under one lock, so no event is missed or kept.
 */
#include "tracepoint_set.h"

#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/tracepoint.h>

#include "typed.h"

/* Scripts whose events need none have no events.c. */
const struct ktr_typed_event ktr_typed_events[1] __weak = { };

static LIST_HEAD(sets);
static DEFINE_MUTEX(sets_lock);
static bool notified;

/* ---- batches ------------------------------------------------------------------------------------------------ */

static void free_batch(struct tp_batch *b)
{
	u32 i;

	for (i = 0; i < b->n_points; i++) {
		ktr_quick_release(&b->points[i].own);
		kfree(b->points[i].type);
		kfree(b->points[i].field_of);
	}
	ktr_recorder_free(b->recorder);
	kvfree(b->by_id);
	kvfree(b->points);
	kfree(b);
}

static struct tp_batch *find_batch(struct tp_set *set, struct module *module)
{
	struct tp_batch *b;

	list_for_each_entry(b, &set->batches, node)
		if (b->module == module)
			return b;
	return NULL;
}

static struct tp_batch *batch_of(struct tp_set *set, struct module *module)
{
	struct tp_batch *b = find_batch(set, module);

	if (b)
		return b;
	b = kzalloc(sizeof(*b), GFP_KERNEL);
	if (!b)
		return NULL;
	b->set = set;
	b->module = module;
	list_add_tail(&b->node, &set->batches);
	return b;
}

static int grow(struct tp_batch *b)
{
	u32 room = b->room ? 2 * b->room : 4;
	struct tp_point *more = kvcalloc(room, sizeof(*more), GFP_KERNEL);

	if (!more)
		return -ENOMEM;
	if (b->n_points)
		memcpy(more, b->points, b->n_points * sizeof(*more));
	kvfree(b->points);
	b->points = more;
	b->room = room;
	return 0;
}

static int map_ids(struct tp_batch *b)
{
	u32 i, first = U32_MAX, last = 0;

	for (i = 0; i < b->n_points; i++) {
		first = min_t(u32, first, b->points[i].call->event.type);
		last = max_t(u32, last, b->points[i].call->event.type);
	}
	b->first_id = first;
	b->n_ids = last - first + 1;
	b->by_id = kvcalloc(b->n_ids, sizeof(*b->by_id), GFP_KERNEL);
	if (!b->by_id)
		return -ENOMEM;
	for (i = 0; i < b->n_points; i++)
		b->by_id[b->points[i].call->event.type - first] = i + 1;
	return 0;
}

/* When all points of a batch are known and do not move any more. */
static int finish_batch(struct tp_batch *b)
{
	if (!b->set->records || b->recorder || b->points[0].typed)
		return 0;
	b->recorder = ktr_recorder_new(b->set->hooks->record, b);
	return b->recorder ? map_ids(b) : -ENOMEM;
}

/* ---- events ------------------------------------------------------------------------------------------------- */

/* Which field of this event each field name of the script is. */
static int map_fields(struct tp_point *p)
{
	u32 id;

	p->type = ktr_record_type(p->call);
	if (!p->type)
		return -ENOMEM;
	if (!ktr_n_fields())
		return 0;
	p->field_of = kmalloc(ktr_n_fields(), GFP_KERNEL);
	if (!p->field_of)
		return -ENOMEM;
	for (id = 0; id < ktr_n_fields(); id++) {
		int at = ktr_record_find(p->type, ktr_field_name(id));

		p->field_of[id] = at >= 0 && at < KTR_NO_FIELD ? at : KTR_NO_FIELD;
	}
	return 0;
}

/* An event may hang on the tracepoint of another module; that one could go without us being told. */
static bool own_tracepoint(const struct trace_event_call *call)
{
	const struct module *m = call->module;
	unsigned int i;

	if (!m)
		return true;
	for (i = 0; i < m->num_tracepoints; i++)
		if (tracepoint_ptr_deref(&m->tracepoints_ptrs[i]) == call->tp)
			return true;
	return false;
}

static bool is_meant(struct tp_set *set, struct trace_event_call *call)
{
	const char *system = call->class->system;
	int out;

	if (!(call->flags & TRACE_EVENT_FL_TRACEPOINT) || (call->flags & TRACE_EVENT_FL_DYNAMIC) || !call->tp ||
	    !call->class->perf_probe || !strcmp(system, "syscalls") || !own_tracepoint(call))
		return false;
	if (!ktr_trace_list_matches(set->att->probe, system, trace_event_name(call), &out))
		return false;
	if (out < 0)
		return true;
	set->left_out[out]++;
	return false;
}

static u8 raw_kind(const struct ktr_record_field *f)
{
	if (f->kind == KTR_FIELD_INT)
		return KTR_RAW_INT;
	return f->kind == KTR_FIELD_CHARS && f->size == TASK_COMM_LEN ? KTR_RAW_COMM : KTR_RAW_OTHER;
}

static void set_kinds(struct tp_point *p, u64 values)
{
	u32 slot, at;

	for (slot = 0; slot < KTR_N_RAW; slot++) {
		if (!(values & BIT_ULL(slot)))
			continue;
		at = ktr_tp_field_at(p, slot);
		if (at < p->type->n_fields)
			p->kinds[slot] = raw_kind(&p->type->fields[at]);
	}
}

/* Whether the script's module builds the values of this event itself. */
static void find_typed(struct tp_point *p)
{
	const struct ktr_typed_event *t;
	u64 values = p->att->reg->trace->values;

	if (!values || p->call->module)
		return;
	for (t = ktr_typed_events; t->system; t++) {
		if (t->values != values || strcmp(t->event, p->name) || strcmp(t->system, p->call->class->system) ||
		    !t->layout(p->type))
			continue;
		p->typed = t;
		p->batch->set->typed = true;
		set_kinds(p, values);
		return;
	}
}

static int add_point(struct tp_set *set, struct trace_event_call *call)
{
	struct tp_batch *b = batch_of(set, call->module);
	struct tp_point *p;
	int err;

	if (!b)
		return -ENOMEM;
	if (b->n_points == U16_MAX)
		return -E2BIG;
	err = b->n_points == b->room ? grow(b) : 0;
	if (err)
		return err;
	p = &b->points[b->n_points];
	p->att = set->att;
	p->batch = b;
	p->call = call;
	p->name = trace_event_name(call);
	p->iterator = (unsigned long)call->tp->iterator;
	b->n_points++;		/* what map_fields() took is freed with the batch */
	err = set->records ? map_fields(p) : 0;
	if (!err && set->records && !set->pattern)
		find_typed(p);
	return err;
}

/* ---- resolving ---------------------------------------------------------------------------------------------- */

struct walk {
	struct ktr_ctx *c;
	struct tp_set *set;
	u32 n;
};

static bool point_has_field(const void *point, u32 id)
{
	const struct tp_point *p = point;

	return p->field_of[id] != KTR_NO_FIELD;
}

static int add_if_meant(struct trace_event_call *call, void *data)
{
	struct walk *w = data;
	struct tp_batch *b;
	int err;

	if (!is_meant(w->set, call))
		return 0;
	err = add_point(w->set, call);
	if (err)
		return err;
	w->n++;
	b = find_batch(w->set, call->module);
	if (w->set->records && ktr_att_fields(w->c, w->set->att, call->class->system, trace_event_name(call),
					      point_has_field, &b->points[b->n_points - 1]))
		return -EINVAL;
	return 0;
}

static int find_points(struct walk *w)
{
	struct tp_batch *b;
	int rc = ktr_trace_list_walk(add_if_meant, w);

	list_for_each_entry(b, &w->set->batches, node)
		if (rc >= 0)
			rc = finish_batch(b);
	return rc;
}

struct tp_set *ktr_tp_set_new(struct ktr_ctx *c, struct ktr_att *att, const struct tp_hooks *hooks, bool records,
			      u32 *n)
{
	struct tp_set *set = kzalloc(sizeof(*set), GFP_KERNEL);
	struct walk w = { .c = c, .set = set };
	int rc;

	if (!set) {
		ktr_fail(c, "no memory");
		return NULL;
	}
	set->att = att;
	set->hooks = hooks;
	set->records = records;
	set->general = ktr_is_pattern(att->probe->system);
	set->pattern = set->general || ktr_is_pattern(att->probe->event);
	INIT_LIST_HEAD(&set->batches);
	mutex_lock(&sets_lock);
	list_add_tail(&set->node, &sets);
	rc = find_points(&w);
	mutex_unlock(&sets_lock);
	*n = w.n;
	if (rc >= 0)
		return set;
	if (!c->rc)
		ktr_attach_failed(c, att, "the kernel's events cannot be listed", rc);
	ktr_tp_set_free(set);
	return NULL;
}

void ktr_tp_set_free(struct tp_set *set)
{
	struct tp_batch *b, *next;

	mutex_lock(&sets_lock);
	list_del(&set->node);
	mutex_unlock(&sets_lock);
	list_for_each_entry_safe(b, next, &set->batches, node)
		free_batch(b);
	kfree(set);
}

/* ---- hooking ------------------------------------------------------------------------------------------------ */

static void unhook_batch(struct tp_batch *b)
{
	u32 i;

	for (i = 0; i < b->n_points; i++) {
		struct tp_point *p = &b->points[i];

		if (p->hooked)
			b->set->hooks->remove(p);
		p->hooked = false;
		cond_resched();
	}
}

/*
 * 0, or the last error. perf refuses a few events to everybody; a pattern need not mean them. Thousands of events take
 * their time: a script that is to end meanwhile does not get the rest.
 */
static int hook_batch(struct tp_batch *b)
{
	int rc = 0;
	u32 i;

	for (i = 0; i < b->n_points && !ktr_life_asked(); i++) {
		struct tp_point *p = &b->points[i];
		int err = b->set->hooks->add(p);

		p->hooked = !err;
		cond_resched();
		if (!err)
			continue;
		b->set->n_failed++;
		if (err != -EPERM || !b->set->pattern)
			rc = err;
	}
	return rc;
}

static void tell(struct tp_set *set)
{
	struct ktr_att *a = set->att;
	struct tp_batch *b;
	u32 n = 0, i, at = 0;

	list_for_each_entry(b, &set->batches, node)
		for (i = 0; i < b->n_points; i++)
			n += b->points[i].hooked;
	WRITE_ONCE(a->n_points, n);
	for (i = 0; i < KTR_N_MACHINERY; i++)
		if (set->left_out[i])
			at += scnprintf(a->note + at, sizeof(a->note) - at, "%s%s:* %u", at ? ", " : "left out ",
					ktr_machinery[i], set->left_out[i]);
	if (set->n_failed)
		scnprintf(a->note + at, sizeof(a->note) - at, "%s%u refused", at ? ", " : "", set->n_failed);
}

int ktr_tp_set_hook(struct tp_set *set)
{
	struct tp_batch *b;
	int rc = 0, err;

	mutex_lock(&sets_lock);
	set->hooked = true;
	list_for_each_entry(b, &set->batches, node) {
		err = hook_batch(b);
		rc = err ? err : rc;
	}
	tell(set);
	if (!rc && !set->att->n_points && set->n_failed)
		rc = -EPERM;
	mutex_unlock(&sets_lock);
	return rc;
}

void ktr_tp_set_unhook(struct tp_set *set)
{
	struct tp_batch *b;

	mutex_lock(&sets_lock);
	set->over = true;
	list_for_each_entry(b, &set->batches, node)
		unhook_batch(b);
	mutex_unlock(&sets_lock);
}

/* ---- modules ------------------------------------------------------------------------------------------------ */

struct coming {
	struct module *module;
	struct tp_set *set;
};

static int add_if_coming(struct trace_event_call *call, void *data)
{
	struct coming *w = data;

	return call->module == w->module && is_meant(w->set, call) ? add_point(w->set, call) : 0;
}

static void drop_batch(struct tp_batch *b)
{
	list_del(&b->node);
	free_batch(b);
}

static void module_comes(struct tp_set *set, struct module *module)
{
	struct coming w = { .module = module, .set = set };
	struct tp_batch *b;
	int rc;

	/* at the registration of the notifier we are told of all modules again */
	if (set->over || find_batch(set, module))
		return;
	rc = ktr_trace_list_walk(add_if_coming, &w);
	b = find_batch(set, module);
	if (!b)
		return;
	if (rc < 0 || finish_batch(b)) {
		drop_batch(b);
		ktr_pr_warn("no memory: events of module %s are not traced\n", module->name);
	} else if (set->hooked) {
		hook_batch(b);
		tell(set);
	}
}

static void module_goes(struct module *module)
{
	struct tp_set *set;
	struct tp_batch *b;
	bool any = false;

	list_for_each_entry(set, &sets, node) {
		b = find_batch(set, module);
		if (b) {
			unhook_batch(b);
			any = true;
		}
	}
	if (!any)
		return;
	tracepoint_synchronize_unregister();
	list_for_each_entry(set, &sets, node) {
		b = find_batch(set, module);
		if (b) {
			drop_batch(b);
			tell(set);
		}
	}
}

/* The kernel holds the list of modules with tracepoints meanwhile; we take ours inside of it. */
static int module_event(struct notifier_block *nb, unsigned long what, void *data)
{
	struct module *module = ((struct tp_module *)data)->mod;
	struct tp_set *set;

	mutex_lock(&sets_lock);
	if (what == MODULE_STATE_COMING) {
		list_for_each_entry(set, &sets, node)
			module_comes(set, module);
	} else if (what == MODULE_STATE_GOING) {
		module_goes(module);
	}
	mutex_unlock(&sets_lock);
	return NOTIFY_OK;
}

static struct notifier_block notifier = { .notifier_call = module_event };

int ktr_tp_sets_init(void)
{
	int err = notified ? 0 : register_tracepoint_module_notifier(&notifier);

	notified |= !err;
	return err;
}

void ktr_tp_sets_exit(void)
{
	if (notified)
		unregister_tracepoint_module_notifier(&notifier);
	notified = false;
}
