// SPDX-License-Identifier: GPL-2.0
/*
 * scope.c - whose events are delivered: those of one process, with or without its children, of one CPU; and not those
 * that the tracer itself causes.
 *
 * A process is known by its signal structure: all its threads share it, exec keeps it, and it is not used again before
 * the last of them is gone. Children are followed from fork on, before they run, so neither re-parenting nor the death
 * of a parent matters; a process leaves the set when its leader's memory is about to go.
 */
#include "scope.h"

#include <linux/hash.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/tracepoint.h>

#include "trace_list.h"

/* ---- the set of processes ----------------------------------------------------------------------------------- */

/*
 * Open addressing; a slot holds nothing, a process, or GONE. Writers take the lock. Readers take nothing, in any context:
 * a process never moves, and no slot before it becomes empty while it is there.
 */
#define KTR_FOLLOWED_BITS 15
#define KTR_FOLLOWED_SLOTS (1u << KTR_FOLLOWED_BITS)
#define KTR_FOLLOWED_MAX (KTR_FOLLOWED_SLOTS / 2)
#define GONE ((const void *)1)

static const void **followed;
static u32 n_used;		/* slots that are not empty */
static DEFINE_RAW_SPINLOCK(followed_lock);

static u32 first_slot(const void *process)
{
	return hash_ptr(process, KTR_FOLLOWED_BITS);
}

static u32 next_slot(u32 at)
{
	return (at + 1) & (KTR_FOLLOWED_SLOTS - 1);
}

static bool is_followed(const void *process)
{
	u32 at;

	for (at = first_slot(process);; at = next_slot(at)) {
		const void *there = READ_ONCE(followed[at]);

		if (there == process)
			return true;
		if (!there)
			return false;
	}
}

/* False: the set is full. */
static bool follow_locked(const void *process)
{
	u32 at = first_slot(process);

	while (followed[at] && followed[at] != GONE)
		at = next_slot(at);
	if (!followed[at] && n_used == KTR_FOLLOWED_MAX)
		return false;
	n_used += !followed[at];
	WRITE_ONCE(followed[at], process);
	return true;
}

static void follow(const void *process)
{
	unsigned long flags;
	bool done = true;

	raw_spin_lock_irqsave(&followed_lock, flags);
	if (!is_followed(process))
		done = follow_locked(process);
	raw_spin_unlock_irqrestore(&followed_lock, flags);
	if (!done)
		ktr_count(KTR_STAT_NOT_FOLLOWED);
}

/* Slots whose processes are gone become empty again where no other one is reached through them. */
static void unfollow_locked(const void *process)
{
	u32 at = first_slot(process);

	while (followed[at] && followed[at] != process)
		at = next_slot(at);
	if (!followed[at])
		return;
	WRITE_ONCE(followed[at], GONE);
	if (followed[next_slot(at)])
		return;
	while (followed[at] == GONE) {
		WRITE_ONCE(followed[at], NULL);
		n_used--;
		at = (at - 1) & (KTR_FOLLOWED_SLOTS - 1);
	}
}

static void fork_hook(void *data, struct task_struct *parent, struct task_struct *child)
{
	if (parent->signal != child->signal && is_followed(parent->signal))
		follow(child->signal);
}

/* exec by a thread that is not the leader makes it the leader: the old one is no leader any more then. */
static void free_hook(void *data, struct task_struct *task)
{
	unsigned long flags;

	if (task->group_leader != task || !is_followed(task->signal))
		return;
	raw_spin_lock_irqsave(&followed_lock, flags);
	unfollow_locked(task->signal);
	raw_spin_unlock_irqrestore(&followed_lock, flags);
}

/* ---- following children ------------------------------------------------------------------------------------- */

static struct hook {
	const char *name;
	void *fn;
	struct tracepoint *tp;
	bool on;
} task_hooks[] = {
	{ "sched_process_fork", fork_hook },
	{ "sched_process_free", free_hook },
};

static bool has_followed_parent(struct task_struct *p)
{
	struct task_struct *parent = rcu_dereference(p->real_parent);

	return parent && parent != p && is_followed(parent->signal);
}

/* The children that are there already, and theirs. One that is born meanwhile has a parent in the set, or is found. */
static void follow_present(void)
{
	struct task_struct *p;
	bool more = true;

	while (more) {
		more = false;
		rcu_read_lock();
		for_each_process(p) {
			if (is_followed(p->signal) || !has_followed_parent(p))
				continue;
			follow(p->signal);
			more = is_followed(p->signal);
		}
		rcu_read_unlock();
		cond_resched();
	}
}

static int follow_children(const void *process)
{
	unsigned int i;

	followed = kvcalloc(KTR_FOLLOWED_SLOTS, sizeof(*followed), GFP_KERNEL);
	if (!followed)
		return -ENOMEM;
	follow(process);
	for (i = 0; i < ARRAY_SIZE(task_hooks); i++) {
		int err = -ENOENT;

		task_hooks[i].tp = ktr_kernel_tracepoint(task_hooks[i].name);
		if (task_hooks[i].tp)
			err = tracepoint_probe_register(task_hooks[i].tp, task_hooks[i].fn, NULL);
		if (err)
			return err;
		task_hooks[i].on = true;
	}
	follow_present();
	return 0;
}

void ktr_scope_close(void)
{
	unsigned int i;
	bool any = false;

	for (i = 0; i < ARRAY_SIZE(task_hooks); i++) {
		if (task_hooks[i].on)
			tracepoint_probe_unregister(task_hooks[i].tp, task_hooks[i].fn, NULL);
		any |= task_hooks[i].on;
		task_hooks[i].on = false;
	}
	if (any)
		tracepoint_synchronize_unregister();
}

/* ---- the target --------------------------------------------------------------------------------------------- */

static struct pid *loader;		/* who loads the module, with hold=2 */
static struct pid *target;
static struct task_struct *target_task;		/* keeps its signal structure */

static bool is_gone(struct pid *process)
{
	struct task_struct *t;
	bool gone;

	rcu_read_lock();
	t = pid_task(process, PIDTYPE_TGID);
	/* a dead leader lives on as a zombie while other threads run */
	gone = !t || (READ_ONCE(t->exit_state) && thread_group_empty(t));
	rcu_read_unlock();
	return gone;
}

bool ktr_scope_target_gone(void)
{
	return is_gone(target);
}

bool ktr_scope_loader_gone(void)
{
	return loader && is_gone(loader);
}

int ktr_scope_init(void)
{
	if (ktr_p_hold == KTR_HOLD_FOR_LOADER)
		loader = get_pid(task_tgid(current));
	if (!ktr_p_pid)
		return 0;
	target = find_get_pid(ktr_p_pid);	/* in the loader's namespace */
	target_task = target ? get_pid_task(target, PIDTYPE_TGID) : NULL;
	if (!target_task || ktr_scope_target_gone()) {
		ktr_pr_err("cannot find pid %d\n", ktr_p_pid);
		return -ESRCH;
	}
	return ktr_p_children ? follow_children(target_task->signal) : 0;
}

void ktr_scope_exit(void)
{
	ktr_self_exit();
	ktr_scope_close();
	kvfree(followed);
	if (target_task)
		put_task_struct(target_task);
	put_pid(target);
	put_pid(loader);
}

bool ktr_scope_selects(void)
{
	return ktr_p_pid || ktr_p_cpu >= 0 || ktr_self_needs_gate();
}

bool ktr_scope_passes(void)
{
	if (ktr_p_cpu >= 0 && raw_smp_processor_id() != ktr_p_cpu)
		return false;
	if (ktr_self_needs_gate() && ktr_self_running())
		return false;
	if (!ktr_p_pid)
		return true;
	return followed ? is_followed(current->signal) : current->signal == target_task->signal;
}
