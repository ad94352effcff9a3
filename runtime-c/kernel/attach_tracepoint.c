// SPDX-License-Identifier: GPL-2.0
/*
 * attach_tracepoint.c - SYSTEM:EVENT, by name or pattern, except system calls.
 *
 * A handler that wants neither arguments nor text is hooked directly to the tracepoint: every probe gets its data
 * pointer first, and what follows need not be looked at. Where the module could be built with the event's real prototype the
 * hook takes the values itself, see typed.h. The others get the event's record, see perf_record.h.
 */
#include "attach.h"

#include <linux/tracepoint.h>

#include "render.h"
#include "tracepoint_set.h"
#include "typed.h"

/* ---- events ------------------------------------------------------------------------------------------------- */

static __always_inline void deliver(struct tp_point *p, const void *rec, u32 size, unsigned long frame)
{
	struct ktr_att *att = p->att;
	unsigned int level = interrupt_context_level();
	struct ktr_ictx *x = ktr_event_enter(att, level);
	struct ktr_event *ev;

	if (!x)
		return;
	ev = ktr_event_of(x);
	ev->regs = NULL;
	ev->entry = NULL;
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

/*
 * `*:*` means so many events of the timer interrupt alone that on a slow machine their handlers take longer than it is
 * until the next one. Nothing else would run any more then. So patterns for the system, which mean the events of any part of
 * the kernel, get a part of a CPU's time (ktr_load_share()) and miss what comes in the rest.
 */
#define KTR_WINDOW_NS (20 * NSEC_PER_MSEC)

struct tp_time {
	u64 window;	/* when it began */
	u64 spent;	/* in handlers of patterns since */
};

static DEFINE_PER_CPU(struct tp_time, tp_time);
static u64 window_share;

static void deliver_limited(struct tp_point *p, const void *rec, u32 size, unsigned long frame)
{
	struct tp_time *t = this_cpu_ptr(&tp_time);
	u64 now = ktime_get_mono_fast_ns();

	if (now - t->window > KTR_WINDOW_NS) {
		t->window = now;
		t->spent = 0;
	}
	if (unlikely(t->spent > window_share)) {
		if (!(READ_ONCE(ktr_gate) & KTR_GATE_CLOSED)) {
			this_cpu_inc(p->att->stats->skips[KTR_SKIP_OVERLOAD]);
			ktr_count(KTR_STAT_OVERLOAD);
		}
		return;
	}
	deliver(p, rec, size, frame);
	t->spent += ktime_get_mono_fast_ns() - now;
}

static void record_hook(void *data, const void *rec, u32 size, struct pt_regs *regs)
{
	struct tp_batch *b = data;
	u32 id = ((const struct trace_entry *)rec)->type - b->first_id;
	struct tp_point *p;

	if (unlikely(id >= b->n_ids || !b->by_id[id]))
		return;
	p = &b->points[b->by_id[id] - 1];
	if (b->set->general)
		deliver_limited(p, rec, size, regs->sp);
	else
		deliver(p, rec, size, regs->sp);
}

/* What ktr.h does not take from a slot itself. */
static int raw_value(struct ktr_ctx *c, struct ktr_event *ev, u32 slot, struct ktr_val *out)
{
	const struct tp_point *p = ev->point;
	const struct ktr_record_field *f;

	ktr_set_nil(out);
	if (slot >= KTR_N_RAW || ev->raw.kinds[slot] == KTR_RAW_NONE)
		return 0;
	f = &p->type->fields[ktr_tp_field_at(p, slot)];
	return ktr_record_value(c, f, (const char *)(unsigned long)ev->raw.value[slot], f->size, out);
}

static int tp_arg(struct ktr_ctx *c, struct ktr_event *ev, u32 n, struct ktr_val *out)
{
	const struct tp_point *p = ev->point;

	if (p->typed)
		return raw_value(c, ev, n, out);
	if (n < p->type->n_fields)
		return ktr_record_get(c, &p->type->fields[n], ev->data, ev->word[0], out);
	ktr_set_nil(out);
	return 0;
}

static int tp_field(struct ktr_ctx *c, struct ktr_event *ev, u32 id, struct ktr_val *out)
{
	const struct tp_point *p = ev->point;
	u8 at = p->field_of ? p->field_of[id] : KTR_NO_FIELD;

	if (at == KTR_NO_FIELD) {
		/* whether there is one can still be asked */
		if (!out || !ktr_att_may_lack(ev->att, id))
			return -1;
		ktr_set_nil(out);
		return 0;
	}
	if (p->typed)
		return out ? raw_value(c, ev, KTR_RAW_ARGS + id, out) : 0;
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

/* ---- quick handlers ----------------------------------------------------------------------------------------- */

/* They stand aside: without values, and with those that a typed hook has taken. */
static void bail_plain(struct ktr_quick_point *q, const void *unused)
{
	deliver(container_of(q, struct tp_point, own), NULL, 0, (unsigned long)__builtin_frame_address(0));
}

/* The values as handlers with a context have them: see ktr_typed_array(). */
static void unpack(const struct tp_point *p, const s64 *values, s64 *to)
{
	u32 slot;

	for (slot = 0; slot < KTR_N_RAW; slot++) {
		const s64 *from = &values[ktr_typed_at(slot, true)];
		u8 kind = p->kinds[slot];

		if (kind == KTR_RAW_INT)
			to[slot] = *from;
		else if (kind != KTR_RAW_NONE)
			to[slot] = ktr_typed_is_text(p->type->fields[ktr_tp_field_at(p, slot)].size) ?
					   (s64)(unsigned long)from : *from;
	}
}

static void bail_typed(struct ktr_quick_point *q, const void *values)
{
	struct tp_point *p = container_of(q, struct tp_point, own);
	struct ktr_ictx *x = ktr_typed_enter(p);

	if (!x)
		return;
	unpack(p, values, ktr_event_of(x)->raw.value);
	ktr_typed_run(x, p, (unsigned long)__builtin_frame_address(0));
}

static int where(const void *point, u32 slot, u32 kind)
{
	const struct tp_point *p = point;

	return p->typed && p->kinds[slot] == kind ? ktr_typed_at(slot, true) * sizeof(s64) : -1;
}

static void prepare_quick(struct tp_point *p)
{
	struct ktr_att *a = p->batch->set->att;

	p->quick = NULL;
	if (!p->batch->recorder && ktr_quick_prepare(&p->own, a, p->typed ? bail_typed : bail_plain, where, p, p->name))
		p->quick = ktr_att_quick(a)->run;
}

static struct ktr_quick_point *tp_quick_point(struct ktr_event *ev)
{
	return &((struct tp_point *)ev->point)->own;
}

/* ---- attaching ---------------------------------------------------------------------------------------------- */

/* A hook on a tracepoint that needs no record of it, and its data. */
struct direct_hook {
	void *probe;
	void *data;
};

static struct direct_hook typed_hook(struct tp_point *p)
{
	if (!p->quick)
		return (struct direct_hook){ p->typed->probe, p };
	if ((void *)p->quick == (void *)ktg_hot_run)
		return (struct direct_hook){ p->typed->hot, &p->own };
	return (struct direct_hook){ p->typed->quick, p };
}

static struct direct_hook hook_of(struct tp_point *p)
{
	struct ktr_att *a = p->batch->set->att;

	if (p->typed)
		return typed_hook(p);
	if (a->run_leaf)
		return (struct direct_hook){ a->run_leaf, ktr_att_leaf(a) };
	if (p->quick)
		return (struct direct_hook){ p->quick, &p->own };
	return (struct direct_hook){ plain_hook, p };
}

static bool has_record(const struct tp_point *p)
{
	return !p->typed && p->batch->recorder;
}

static int add_hook(struct tp_point *p)
{
	struct direct_hook h;

	prepare_quick(p);
	if (has_record(p))
		return ktr_record_add(p->batch->recorder, p->call, &p->recorded);
	h = hook_of(p);
	return tracepoint_probe_register(p->call->tp, h.probe, h.data);
}

static void remove_hook(struct tp_point *p)
{
	struct direct_hook h = hook_of(p);

	if (has_record(p))
		ktr_record_remove(&p->recorded);
	else
		tracepoint_probe_unregister(p->call->tp, h.probe, h.data);
}

static const struct tp_hooks hooks = {
	.record = record_hook,
	.add = add_hook,
	.remove = remove_hook,
};

static int tp_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	const struct ktr_trace *t = a->reg->trace;
	bool records = (t->uses & (KTR_USES_ARGS | KTR_USES_ARGSTR)) || t->n_fields;
	struct tp_set *set;
	int err = ktr_tp_sets_init();
	u32 n;

	if (err)
		return ktr_attach_failed(c, a, "modules cannot be followed", err);
	set = ktr_tp_set_new(c, a, &hooks, records, &n);
	if (!set)
		return KTR_ERR;
	a->points = set;
	window_share = ktr_load_share(KTR_WINDOW_NS);
	if (!n)
		return 0;
	if (set->typed || !records)
		a->how = "direct";
	err = records && !set->typed ? ktr_record_init() : 0;
	if (err)
		return ktr_attach_failed(c, a, "no records of events", err);
	if (records && !set->typed && ktr_record_counts())
		a->how = "perf counters";
	if ((t->uses & KTR_USES_ARGSTR) && ktr_render_init())
		return ktr_fail(c, "cannot trace %s: no memory", a->probe->text);
	return n;
}

static int tp_attach(struct ktr_ctx *c, struct ktr_att *a)
{
	int err = ktr_tp_set_hook(a->points);

	return err ? ktr_attach_failed(c, a, "the kernel refuses", err) : 0;
}

static void tp_detach(struct ktr_att *a)
{
	ktr_tp_set_unhook(a->points);
}

static void tp_release(struct ktr_att *a)
{
	ktr_tp_set_free(a->points);
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
	.quick_point = tp_quick_point,
};
