/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trace_list.h - the kernel's list of trace events.
 */
#ifndef KTR_TRACE_LIST_H
#define KTR_TRACE_LIST_H

#include <linux/trace_events.h>

#include "home.h"

/*
 * Calls fn for each trace event, with the list locked: it may sleep, but not look at the list again. A negative
 * result of fn ends the walk and is returned. -ENOENT: this kernel does not let us see the list. Context: process.
 */
int ktr_trace_list_walk(int (*fn)(struct trace_event_call *call, void *data), void *data);

/*
 * Systems whose events the tracer's own work, the locking and tracing machinery, sets off: by name they can be had, a
 * pattern for the system does not mean them.
 */
#define KTR_N_MACHINERY 3
extern const char *const ktr_machinery[KTR_N_MACHINERY];

/*
 * Whether an event SYSTEM:EVENT fits a pattern of the same form. The two are matched as one text, as `*` may cross the
 * colon. *left_out: index of the system in ktr_machinery[] when the pattern does not mean it, else negative.
 */
bool ktr_trace_list_matches(const struct ktr_probe *p, const char *system, const char *name, int *left_out);

/* A tracepoint of the kernel itself; NULL: it has none of that name. Context: process. */
struct tracepoint *ktr_kernel_tracepoint(const char *name);

/* Whether a string is a pattern rather than a name. */
bool ktr_is_pattern(const char *s);

#endif
