/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tracepoint_set.h - the tracepoints that one attachment means, also while modules come and go.
 *
 *   set     one attachment: a name or a pattern
 *   batch   its events in one module, or in the kernel itself
 *   point   one event
 *
 * A traced module is not pinned. When it goes, its batch is unhooked, and is gone before the module is; when one comes, the
 * sets that mean events of it get a batch more. Hooks may therefore use a point, its call and its name without a lock:
 * they stay until a grace period after the hook was removed.
 */
#ifndef KTR_TRACEPOINT_SET_H
#define KTR_TRACEPOINT_SET_H

#include <linux/list.h>
#include <linux/trace_events.h>

#include "attach.h"
#include "perf_record.h"
#include "records.h"
#include "trace_list.h"

#define KTR_NO_FIELD 0xff

struct tp_set;
struct tp_batch;
struct ktr_typed_event;

struct tp_point {
	struct ktr_att *att;
	struct tp_batch *batch;
	struct trace_event_call *call;
	const char *name;
	unsigned long iterator;		/* the tracepoint's function that calls all probes */
	bool hooked;
	void (*quick)(struct ktr_quick_point *q, const void *ev);	/* the handler as a quick one; NULL: it is none */
	struct ktr_quick_point own;	/* for quick */
	/* with records only */
	struct ktr_record_type *type;
	u8 *field_of;			/* index of field by id, see ktr_field_name() */
	const struct ktr_typed_event *typed;	/* NULL: the record comes from perf */
	u8 kinds[KTR_N_RAW];		/* for struct ktr_raw */
	struct ktr_recorded recorded;
};

/* Index of the field in a slot of struct ktr_raw; there may be none such. */
static inline u32 ktr_tp_field_at(const struct tp_point *p, u32 slot)
{
	if (slot < KTR_RAW_ARGS)
		return slot;
	slot -= KTR_RAW_ARGS;
	return slot < ktg_script.n_fields ? p->field_of[slot] : KTR_NO_FIELD;
}

struct tp_batch {
	struct list_head node;
	struct tp_set *set;
	struct module *module;		/* NULL: the kernel */
	struct ktr_recorder *recorder;	/* NULL: hooked directly */
	u32 first_id;			/* of the events; their ids lead to points by_id */
	u32 n_ids;
	u16 *by_id;			/* index + 1 */
	u32 n_points;
	u32 room;
	struct tp_point *points;
};

/* How the points of a set are hooked; called with the sets locked. Context: process. */
struct tp_hooks {
	ktr_record_fn *record;		/* for ktr_recorder_new(); its data is the batch */
	int (*add)(struct tp_point *p);
	void (*remove)(struct tp_point *p);
};

struct tp_set {
	struct list_head node;
	struct ktr_att *att;
	const struct tp_hooks *hooks;
	struct list_head batches;
	bool pattern;
	bool general;			/* its system is a pattern */
	bool records;
	bool typed;			/* its event's values are taken by the hook, see typed.h */
	bool hooked;			/* new modules' events are hooked at once */
	bool over;			/* nothing is added any more */
	u32 left_out[KTR_N_MACHINERY];	/* events that the pattern would mean, see trace_list.h */
	u32 n_failed;			/* events of the pattern that could not be hooked */
};

/* Begins to follow modules; to be called before the first set is made. 0 or an errno. Context: process. */
int ktr_tp_sets_init(void);
/* When all sets are freed. Context: process. */
void ktr_tp_sets_exit(void);

/* Finds the events of att; the set, or NULL after ktr_fail(). *n: how many there are. Context: process, main chunk. */
struct tp_set *ktr_tp_set_new(struct ktr_ctx *c, struct ktr_att *att, const struct tp_hooks *hooks, bool records,
			      u32 *n);
void ktr_tp_set_free(struct tp_set *set);
/* Hooks all points. 0, or an errno when the event, or every event of a pattern, was refused. Context: process. */
int ktr_tp_set_hook(struct tp_set *set);
void ktr_tp_set_unhook(struct tp_set *set);

#endif
