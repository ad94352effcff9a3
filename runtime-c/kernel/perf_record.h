/* SPDX-License-Identifier: GPL-2.0 */
/*
 * perf_record.h - trace event records, built by the kernel's own code for perf.
 */
#ifndef KTR_PERF_RECORD_H
#define KTR_PERF_RECORD_H

#include <linux/perf_event.h>
#include <linux/trace_events.h>

#include "home.h"

/*
 * Receives the record of an event: rec begins with struct trace_entry, whose type tells the event. Interrupts may be
 * on; perf keeps events of the same level out meanwhile. regs: the caller of the event's code, for its stack only.
 */
typedef void ktr_record_fn(void *data, const void *rec, u32 size, struct pt_regs *regs);

/* Finds out how records are had, once, before the first ktr_record_add(). 0 or an errno. Context: process. */
int ktr_record_init(void);

/* After that: are they had through perf counters? */
bool ktr_record_counts(void);

/* A receiver for any number of events. */
struct ktr_recorder;

/* NULL: no memory. Context: process. */
struct ktr_recorder *ktr_recorder_new(ktr_record_fn *fn, void *data);
void ktr_recorder_free(struct ktr_recorder *r);

/* One event on a recorder. The memory must stay until a grace period after the removal. */
struct ktr_recorded {
	struct trace_event_call copy;
	struct ktr_counters *counters;	/* the other way */
};

/* 0 or a negative errno. Context: process. */
int ktr_record_add(struct ktr_recorder *r, struct trace_event_call *call, struct ktr_recorded *rd);
void ktr_record_remove(struct ktr_recorded *rd);

/* To be called once all records are removed. Context: process. */
void ktr_record_exit(void);

#endif
