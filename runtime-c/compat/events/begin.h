/* SPDX-License-Identifier: GPL-2.0 */
/*
 * begin.h - first part of a generated ktr_events.h: tools for reading the kernel's trace event headers again.
 *
 * A header describes each event by macros, TRACE_EVENT(name, prototype, arguments, fields, assignments, text). After its
 * normal inclusion it is included again and again, each time with other meanings of these macros. Only what is wanted
 * is expanded: a class `name` is handed to the macro that KTR_NOW_name names, all others vanish. So one event that this
 * module could not compile does not matter to the others.
 */
#ifndef KTR_EVENTS_BEGIN_H
#define KTR_EVENTS_BEGIN_H

#include "attach.h"

#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/tracepoint.h>

#include "typed.h"

#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
#pragma GCC diagnostic ignored "-Wtype-limits"

#define KTR_CAT_(a, b) a##b
#define KTR_CAT(a, b) KTR_CAT_(a, b)

/* KTR_PICK(KTR_NOW_x) is the second of what KTR_NOW_x holds, else KTR_NONE. */
#define KTR_PICK_(a, b, ...) b
#define KTR_PICK(...) KTR_PICK_(__VA_ARGS__, KTR_NONE, )
#define KTR_NONE(...)

/* Defined in the kernel's header only where the tracepoint itself is made. */
static __always_inline long __trace_sched_switch_state(bool preempt, unsigned int prev_state, struct task_struct *p)
{
	unsigned int index;

	if (preempt)
		return TASK_REPORT_MAX;
	index = __task_state_index(prev_state, p->exit_state);
	return index ? 1 << (index - 1) : 0;
}

#endif
