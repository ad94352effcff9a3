// SPDX-License-Identifier: GPL-2.0
/*
 * perf_record.c - see perf_record.h.
 *
 * For every tracepoint the kernel has a compiled function that builds the event's record for perf. Its argument is the
 * event's description, which holds the list of perf events of each CPU. Here it is registered with a copy of the
 * description whose list holds one perf event that is only memory, not known to perf, with our overflow handler. So a
 * record costs what building it costs, and attaching hundreds of events needs no file, no counter and no grace period
 * for each.
 *
 * That relies on what perf does with the members of struct perf_event. The first use therefore checks it: the event
 * sched:sched_switch is recorded while this task sleeps. If nothing or something strange arrives, or when the user says
 * so, real perf counters are used, see perf_counters.h.
 */
#include "perf_record.h"

#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/tracepoint.h>

#include "perf_counters.h"
#include "trace_list.h"

struct ktr_recorder {
	ktr_record_fn *fn;
	void *data;
	struct perf_event __percpu *events;
	struct hlist_head __percpu *heads;
};

static DEFINE_MUTEX(record_lock);
static bool checked;
static bool use_counters;		/* the direct way does not work on this kernel, or is not wanted */
static struct perf_event *keeper;	/* while it exists perf has its per-CPU buffers for records */

static void overflow(struct perf_event *event, struct perf_sample_data *data, struct pt_regs *regs)
{
	const struct ktr_recorder *r = event->overflow_handler_context;

	if ((data->sample_flags & PERF_SAMPLE_RAW) && data->raw)
		r->fn(r->data, data->raw->frag.data, data->raw->frag.size, regs);
}

static void fill_event(struct perf_event *event, struct ktr_recorder *r)
{
	ktr_counter_attr(&event->attr, 0);
	event->hw.sample_period = 1;
	event->hw.last_period = 1;
	event->state = PERF_EVENT_STATE_ACTIVE;
	event->overflow_handler = overflow;
	event->overflow_handler_context = r;
}

struct ktr_recorder *ktr_recorder_new(ktr_record_fn *fn, void *data)
{
	struct ktr_recorder *r = kzalloc(sizeof(*r), GFP_KERNEL);
	unsigned int cpu;

	if (!r)
		return NULL;
	r->fn = fn;
	r->data = data;
	r->events = alloc_percpu(struct perf_event);
	r->heads = alloc_percpu(struct hlist_head);
	if (!r->events || !r->heads) {
		ktr_recorder_free(r);
		return NULL;
	}
	for_each_possible_cpu(cpu) {
		struct perf_event *event = per_cpu_ptr(r->events, cpu);

		fill_event(event, r);
		hlist_add_head(&event->hlist_entry, per_cpu_ptr(r->heads, cpu));
	}
	return r;
}

void ktr_recorder_free(struct ktr_recorder *r)
{
	if (!r)
		return;
	free_percpu(r->heads);
	free_percpu(r->events);
	kfree(r);
}

/* ---- the direct way ----------------------------------------------------------------------------------------- */

static int add_direct(struct ktr_recorder *r, struct trace_event_call *call, struct ktr_recorded *rd)
{
	rd->copy = *call;
	rd->copy.prog_array = NULL;
	rd->copy.perf_events = r->heads;
	return tracepoint_probe_register(call->tp, call->class->perf_probe, &rd->copy);
}

static void remove_direct(struct ktr_recorded *rd)
{
	tracepoint_probe_unregister(rd->copy.tp, rd->copy.class->perf_probe, &rd->copy);
}

/* ---- which ------------------------------------------------------------------------------------------------- */

struct check {
	struct trace_event_call *call;
	unsigned long good;
	unsigned long bad;
};

static int find_switch(struct trace_event_call *call, void *data)
{
	struct check *ck = data;

	if ((call->flags & TRACE_EVENT_FL_TRACEPOINT) && !strcmp(call->class->system, "sched") &&
	    !strcmp(trace_event_name(call), "sched_switch"))
		ck->call = call;
	return 0;
}

static void check_record(void *data, const void *rec, u32 size, struct pt_regs *regs)
{
	struct check *ck = data;
	const struct trace_entry *entry = rec;

	if (size >= sizeof(*entry) && entry->type == ck->call->event.type && regs)
		WRITE_ONCE(ck->good, ck->good + 1);
	else
		WRITE_ONCE(ck->bad, ck->bad + 1);
}

/* On a machine that stands still for a moment (a busy host of virtual ones) the time is over before the task sleeps. */
static void sleep_until_recorded(const struct check *ck)
{
	unsigned int i;

	for (i = 0; i < 20 && !READ_ONCE(ck->good) && !READ_ONCE(ck->bad); i++)
		usleep_range(1000 * (i + 1), 2000 * (i + 1));
}

static bool direct_works(struct trace_event_call *call)
{
	struct check ck = { .call = call };
	struct ktr_recorded rd = { };
	struct ktr_recorder *r = ktr_recorder_new(check_record, &ck);

	if (!r)
		return false;
	if (!add_direct(r, call, &rd)) {
		sleep_until_recorded(&ck);
		remove_direct(&rd);
		tracepoint_synchronize_unregister();
	}
	ktr_recorder_free(r);
	return ck.good && !ck.bad;
}

/* A counter that never counts: the buffers into which records are built exist as long as there is one. */
static int make_keeper(struct trace_event_call *call)
{
	struct perf_event_attr attr;
	struct perf_event *event;

	ktr_counter_attr(&attr, call->event.type);
	attr.disabled = 1;
	event = perf_event_create_kernel_counter(&attr, cpumask_first(cpu_online_mask), NULL, overflow, NULL);
	if (IS_ERR(event))
		return PTR_ERR(event);
	keeper = event;
	return 0;
}

/* Which way records are had here. Context: process, record_lock held. */
static int check_once(void)
{
	struct check ck = { };
	int err;

	if (checked)
		return 0;
	err = ktr_trace_list_walk(find_switch, &ck);
	if (err)
		return err;
	if (!ck.call)
		return -ENOENT;
	err = keeper ? 0 : make_keeper(ck.call);
	if (err)
		return err;
	use_counters = ktr_p_perf_counters;
	if (!use_counters && !direct_works(ck.call)) {
		use_counters = true;
		ktr_pr_warn("records of events are not to be had directly here, using perf counters\n");
	}
	err = use_counters ? ktr_counters_init() : 0;
	checked = !err;
	return err;
}

int ktr_record_init(void)
{
	int err;

	mutex_lock(&record_lock);
	err = check_once();
	mutex_unlock(&record_lock);
	return err;
}

int ktr_record_add(struct ktr_recorder *r, struct trace_event_call *call, struct ktr_recorded *rd)
{
	if (use_counters)
		return ktr_counters_add(&rd->counters, call->event.type, overflow, r);
	return add_direct(r, call, rd);
}

void ktr_record_remove(struct ktr_recorded *rd)
{
	if (rd->counters)
		ktr_counters_remove(&rd->counters);
	else
		remove_direct(rd);
}

bool ktr_record_counts(void)
{
	return use_counters;
}

void ktr_record_exit(void)
{
	ktr_counters_exit();
	if (keeper)
		perf_event_release_kernel(keeper);
	keeper = NULL;
	checked = false;
}
