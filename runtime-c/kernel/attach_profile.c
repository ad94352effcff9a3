// SPDX-License-Identifier: GPL-2.0
/*
 * attach_profile.c - profile-N: a pinned timer on every CPU, its handler in hard-interrupt context.
 *
 * A hotplug instance for each statement starts the timer of a CPU when it comes online and stops it when it goes.
 */
#include "attach.h"

#include <linux/cpuhotplug.h>
#include <linux/hrtimer.h>

#include <asm/irq_regs.h>

#include "ktr_compat.h"
#include "ktr_units.def"
#include "scope.h"

struct profile_timer {
	struct hrtimer timer;
	struct profile *profile;
};

struct profile {
	struct hlist_node node;
	struct ktr_att *att;
	ktime_t interval;
	bool running;
	struct profile_timer __percpu *timers;
};

static int hotplug_state = -1;
static u32 n_users;

static void sample(struct profile *p)
{
	unsigned int level = interrupt_context_level();
	struct ktr_ictx *x;
	struct ktr_event *ev;

	/* what a sample tells about is the task that it interrupts */
	if (ktr_self_running())
		return;
	if (p->att->run_leaf) {
		p->att->run_leaf(ktr_att_leaf(p->att));
		return;
	}
	x = ktr_event_enter(p->att, level);
	if (!x)
		return;
	ev = ktr_event_of(x);
	ev->regs = get_irq_regs();
	ev->ip = 0;
	ktr_event_run(x, p->att);
	ktr_event_leave(x, level);
}

static enum hrtimer_restart profile_fn(struct hrtimer *timer)
{
	struct profile *p = container_of(timer, struct profile_timer, timer)->profile;

	sample(p);
	hrtimer_forward_now(timer, p->interval);
	return HRTIMER_RESTART;
}

/* On the CPU itself. */
static int cpu_online_fn(unsigned int cpu, struct hlist_node *node)
{
	struct profile *p = container_of(node, struct profile, node);
	struct profile_timer *t = this_cpu_ptr(p->timers);

	if (ktr_p_cpu < 0 || cpu == ktr_p_cpu)
		hrtimer_start(&t->timer, p->interval, HRTIMER_MODE_REL_PINNED_HARD);
	return 0;
}

static int cpu_offline_fn(unsigned int cpu, struct hlist_node *node)
{
	struct profile *p = container_of(node, struct profile, node);

	hrtimer_cancel(&per_cpu_ptr(p->timers, cpu)->timer);
	return 0;
}

static int profile_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	struct profile *p;
	unsigned int cpu;

	if (a->probe->interval_ns < KTR_MIN_PROFILE_NS)
		return ktr_fail(c, "%s: the interval is too short: the shortest is %d ns", a->probe->text,
				(s64)KTR_MIN_PROFILE_NS);
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return ktr_fail(c, "no memory");
	p->timers = alloc_percpu(struct profile_timer);
	if (!p->timers) {
		kfree(p);
		return ktr_fail(c, "no memory");
	}
	for_each_possible_cpu(cpu) {
		struct profile_timer *t = per_cpu_ptr(p->timers, cpu);

		t->profile = p;
		ktr_compat_hrtimer_setup(&t->timer, profile_fn, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	}
	p->att = a;
	p->interval = ns_to_ktime(a->probe->interval_ns);
	a->points = p;
	return 1;
}

static int profile_attach(struct ktr_ctx *c, struct ktr_att *a)
{
	struct profile *p = a->points;
	int rc;

	if (hotplug_state < 0) {
		rc = cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN, "kt2ko:profile", cpu_online_fn, cpu_offline_fn);
		if (rc < 0)
			return ktr_attach_failed(c, a, "no CPU hotplug slot", rc);
		hotplug_state = rc;
	}
	n_users++;
	rc = cpuhp_state_add_instance(hotplug_state, &p->node);
	if (rc)
		return ktr_attach_failed(c, a, "cannot start the timers", rc);
	p->running = true;
	return 0;
}

/* Returns when the handlers are through: hrtimer_cancel() waits. */
static void profile_detach(struct ktr_att *a)
{
	struct profile *p = a->points;

	if (p->running)
		cpuhp_state_remove_instance(hotplug_state, &p->node);
	p->running = false;
	if (n_users && !--n_users) {
		cpuhp_remove_multi_state(hotplug_state);
		hotplug_state = -1;
	}
}

static void profile_release(struct ktr_att *a)
{
	struct profile *p = a->points;

	free_percpu(p->timers);
	kfree(p);
}

const struct ktr_back_end ktr_be_profile = {
	.name = "hrtimer",
	.resolve = profile_resolve,
	.attach = profile_attach,
	.detach = profile_detach,
	.release = profile_release,
};
