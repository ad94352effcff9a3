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
 * Whether an event SYSTEM:EVENT is meant by a pattern of the same form. The two are matched as one text, as `*` may
 * cross the colon. A pattern whose system is a pattern itself leaves out events that handlers cause all the time.
 */
bool ktr_trace_list_matches(const struct ktr_probe *p, const char *system, const char *name);

/* Whether a string is a pattern rather than a name. */
bool ktr_is_pattern(const char *s);

#endif
