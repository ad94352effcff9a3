// SPDX-License-Identifier: GPL-2.0
/*
 * trace_list_hidden.c - the list of trace events where kallsyms has no data, so that neither the list nor its lock can be
 * found by name (CONFIG_KALLSYMS_ALL off, as on Debian's arm64 kernels of 6.1).
 *
 * The lock is what registering a type of trace output takes: a kprobe sees it pass. The events are those of the kernel's own
 * trace buffer, which has a file for each; one that every kernel has leads to the others. Files, like the events they
 * stand for, are removed under that lock; new ones are put before all others, where who walks on does not meet them.
 */
#include "trace_list.h"

#ifndef CONFIG_KALLSYMS_ALL

#include <linux/err.h>
#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>

/* More than a trace buffer's description takes, where the head of its list lies. Files are allocated, and so elsewhere. */
#define KTR_BUFFER_BYTES 16384

static DEFINE_MUTEX(search_lock);
static struct task_struct *searcher;
static struct rw_semaphore *events_lock;

static int note_lock(struct kprobe *kp, struct pt_regs *regs)
{
	if (current == READ_ONCE(searcher) && !events_lock)
		events_lock = (struct rw_semaphore *)regs_get_kernel_argument(regs, 0);
	return 0;
}

static void search_events_lock(void)
{
	static struct trace_event_functions functions;
	static struct trace_event type = { .funcs = &functions };
	struct kprobe kp = { .symbol_name = "down_write", .pre_handler = note_lock };

	if (register_kprobe(&kp))
		return;
	WRITE_ONCE(searcher, current);
	if (register_trace_event(&type))
		unregister_trace_event(&type);
	WRITE_ONCE(searcher, NULL);
	unregister_kprobe(&kp);
}

static struct rw_semaphore *find_events_lock(void)
{
	mutex_lock(&search_lock);
	if (!events_lock)
		search_events_lock();
	mutex_unlock(&search_lock);
	return events_lock;
}

static struct list_head *head_of(struct trace_event_file *file)
{
	struct list_head *at = &file->list;

	while ((unsigned long)at - (unsigned long)file->tr >= KTR_BUFFER_BYTES)
		at = at->next;
	return at;
}

static int walk_files(struct list_head *head, int (*fn)(struct trace_event_call *call, void *data), void *data)
{
	struct trace_event_file *file;
	int rc = 0;

	list_for_each_entry(file, head, list) {
		if (!file->event_call->class || !file->event_call->class->system)
			continue;
		rc = fn(file->event_call, data);
		if (rc < 0)
			break;
	}
	return rc;
}

int ktr_trace_list_walk(int (*fn)(struct trace_event_call *call, void *data), void *data)
{
	struct rw_semaphore *lock = find_events_lock();
	struct trace_event_file *one;
	int rc;

	if (!lock)
		return -ENOENT;
	one = trace_get_event_file(NULL, "sched", "sched_switch");
	if (IS_ERR(one))
		return -ENOENT;
	down_read(lock);
	rc = walk_files(head_of(one), fn, data);
	up_read(lock);
	trace_put_event_file(one);
	return rc;
}

#endif
