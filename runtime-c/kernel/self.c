// SPDX-License-Identifier: GPL-2.0
/*
 * self.c - leaving out what the tracer itself causes: the loader that reads the output, and the script's own thread.
 */
#include "scope.h"

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched/task.h>
#include <linux/task_work.h>

#ifdef CONFIG_PREEMPT_NOTIFIERS

struct self {
	struct preempt_notifier notifier;
	struct task_struct *task;	/* NULL: not in use */
	struct callback_head leave;
	struct completion left;
	bool leaving;
	bool dying;			/* too late for work */
};

static struct self selves[KTR_N_SELVES];
static DEFINE_MUTEX(selves_lock);

/* The task is on this CPU. */
static void self_in(struct preempt_notifier *unused, int cpu)
{
	this_cpu_write(ktr_guard.self, 1);
}

static void self_out(struct preempt_notifier *unused, struct task_struct *next)
{
	this_cpu_write(ktr_guard.self, 0);
}

static struct preempt_ops self_ops = {
	.sched_in = self_in,
	.sched_out = self_out,
};

/* Every switch of tasks on the machine pays for notifiers, so they are only on while there is somebody to leave out. */
bool ktr_self_begin(enum ktr_self who)
{
	struct self *s = &selves[who];
	bool free;

	mutex_lock(&selves_lock);
	free = !s->task && !ktr_p_self;
	if (free)
		s->task = get_task_struct(current);
	mutex_unlock(&selves_lock);
	if (!free)
		return false;
	preempt_notifier_inc();
	preempt_notifier_init(&s->notifier, &self_ops);
	preempt_disable();
	preempt_notifier_register(&s->notifier);
	self_in(NULL, 0);
	preempt_enable();
	return true;
}

/* Only the task itself may change its list of notifiers. */
static void leave(struct self *s)
{
	preempt_disable();
	self_out(NULL, NULL);
	preempt_notifier_unregister(&s->notifier);
	preempt_enable();
}

static void leave_work(struct callback_head *work)
{
	struct self *s = container_of(work, struct self, leave);

	leave(s);
	complete(&s->left);
}

static void forget(struct self *s)
{
	struct task_struct *t = s->task;

	mutex_lock(&selves_lock);
	s->task = NULL;
	mutex_unlock(&selves_lock);
	preempt_notifier_dec();
	put_task_struct(t);
}

/*
 * Called for another task when procfs closes its file because the module goes. It must not wait for that task, which
 * may itself be waiting for the file to be closed: ktr_self_exit() does, later.
 */
void ktr_self_end(enum ktr_self who)
{
	struct self *s = &selves[who];

	if (!s->task || s->leaving)
		return;
	if (s->task == current) {
		leave(s);
		forget(s);
		return;
	}
	init_completion(&s->left);
	init_task_work(&s->leave, leave_work);
	s->leaving = true;
	s->dying = task_work_add(s->task, &s->leave, TWA_SIGNAL);
}

static bool is_on_cpu(struct task_struct *t)
{
#ifdef CONFIG_SMP
	return READ_ONCE(t->on_cpu);
#else
	return t == current;
#endif
}

/* A task that is ending takes no work any more. It is off its CPU for the last time soon. */
static void wait_dead(struct task_struct *t)
{
	while (READ_ONCE(t->__state) != TASK_DEAD || is_on_cpu(t))
		msleep(1);
}

static void sync_selves(void)
{
	struct self *s;

	for (s = selves; s < selves + KTR_N_SELVES; s++) {
		if (!s->task)
			continue;
		if (s->dying)
			wait_dead(s->task);
		else
			wait_for_completion(&s->left);
		synchronize_rcu_tasks();	/* it may still be in the last instructions of leave_work() */
		forget(s);
	}
}

void ktr_self_exit(void)
{
	sync_selves();
}

bool ktr_self_needs_gate(void)
{
	return false;
}

/* By the task: an interrupt can come between the switch to it and the call of self_in(). */
bool ktr_self_running(void)
{
	return current == READ_ONCE(selves[KTR_SELF_LOADER].task) || current == READ_ONCE(selves[KTR_SELF_THREAD].task);
}

#else

static struct task_struct *selves[KTR_N_SELVES];	/* each with a reference */

bool ktr_self_begin(enum ktr_self who)
{
	if (ktr_p_self || cmpxchg(&selves[who], NULL, current))
		return false;
	get_task_struct(current);
	return true;
}

void ktr_self_end(enum ktr_self who)
{
	struct task_struct *t = xchg(&selves[who], NULL);

	if (t)
		put_task_struct(t);
}

void ktr_self_exit(void)
{
}

bool ktr_self_needs_gate(void)
{
	return !ktr_p_self;
}

bool ktr_self_running(void)
{
	return current == READ_ONCE(selves[KTR_SELF_LOADER]) || current == READ_ONCE(selves[KTR_SELF_THREAD]);
}

#endif
