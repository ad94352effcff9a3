/* SPDX-License-Identifier: GPL-2.0 */
/*
 * perf_counters.h - trace event records the official way: one perf counter for each event and CPU.
 *
 * They take longer to come and to go, and perf keeps a module loaded while its events are counted.
 */
#ifndef KTR_PERF_COUNTERS_H
#define KTR_PERF_COUNTERS_H

#include <linux/perf_event.h>

#include "home.h"

/* How a counter of a trace event is to be: one record for each event. */
void ktr_counter_attr(struct perf_event_attr *attr, u64 event);

/* To be called before the first is added; then CPUs that come are followed. 0 or an errno. Context: process. */
int ktr_counters_init(void);
/* When all are removed. Does nothing without ktr_counters_init(). Context: process. */
void ktr_counters_exit(void);

/* The counters of one event. */
struct ktr_counters;

/* 0 or an errno. Context: process. */
int ktr_counters_add(struct ktr_counters **to, u64 event, perf_overflow_handler_t overflow, void *context);
/* *from is NULL then. Context: process. */
void ktr_counters_remove(struct ktr_counters **from);

#endif
