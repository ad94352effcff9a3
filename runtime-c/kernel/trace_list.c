// SPDX-License-Identifier: GPL-2.0
/*
 * trace_list.c - see trace_list.h. The list and its lock are not exported; both are found by name, or where names of data
 * are not to be had, by trace_list_hidden.c.
 */
#include "trace_list.h"

#include <linux/list.h>
#include <linux/rwsem.h>
#include <linux/tracepoint.h>

#include "symbols.h"

#define KTR_EVENT_NAME_MAX 192

#ifdef CONFIG_KALLSYMS_ALL
int ktr_trace_list_walk(int (*fn)(struct trace_event_call *call, void *data), void *data)
{
	struct list_head *events = (struct list_head *)ktr_symbol_address("ftrace_events");
	struct rw_semaphore *sem = (struct rw_semaphore *)ktr_symbol_address("trace_event_sem");
	struct trace_event_call *call;
	int rc = 0;

	if (!events || !sem)
		return -ENOENT;
	down_read(sem);
	list_for_each_entry(call, events, list) {
		if (!call->class || !call->class->system)
			continue;
		rc = fn(call, data);
		if (rc < 0)
			break;
	}
	up_read(sem);
	return rc;
}
#endif

struct search {
	const char *name;
	struct tracepoint *found;
};

static void compare(struct tracepoint *tp, void *data)
{
	struct search *s = data;

	if (!strcmp(tp->name, s->name))
		s->found = tp;
}

struct tracepoint *ktr_kernel_tracepoint(const char *name)
{
	struct search s = { .name = name };

	for_each_kernel_tracepoint(compare, &s);
	return s.found;
}

bool ktr_is_pattern(const char *s)
{
	return s && strpbrk(s, "*?[\\");
}

const char *const ktr_machinery[KTR_N_MACHINERY] = { "ftrace", "lock", "preemptirq" };

bool ktr_trace_list_matches(const struct ktr_probe *p, const char *system, const char *name, int *left_out)
{
	char pattern[KTR_EVENT_NAME_MAX], full[KTR_EVENT_NAME_MAX];
	int np, n;

	np = scnprintf(pattern, sizeof(pattern), "%s:%s", p->system, p->event);
	n = scnprintf(full, sizeof(full), "%s:%s", system, name);
	*left_out = ktr_is_pattern(p->system) ? match_string(ktr_machinery, KTR_N_MACHINERY, system) : -1;
	return ktr_glob_match(pattern, np, full, n);
}
