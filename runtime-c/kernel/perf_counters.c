// SPDX-License-Identifier: GPL-2.0
/*
 * perf_counters.c - see perf_counters.h.
 *
 * A counter dies with its CPU and does not count any more when the CPU comes back; CPUs that come later have none at all.
 * So they are made anew, not by what the kernel calls when a CPU comes: there nobody may wait for the lock that making a
 * counter takes, because its owner may be waiting for the CPU.
 */
#include "perf_counters.h"

#include <linux/cpuhotplug.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

struct ktr_counters {
	struct list_head node;
	u64 event;
	perf_overflow_handler_t overflow;
	void *context;
	struct perf_event *of_cpu[];
};

static LIST_HEAD(all);
static DEFINE_MUTEX(all_lock);		/* the list and what is on it */
static int counters_state = -1;
static cpumask_t came;			/* CPUs whose counters have to be made anew */

void ktr_counter_attr(struct perf_event_attr *attr, u64 event)
{
	memset(attr, 0, sizeof(*attr));
	attr->type = PERF_TYPE_TRACEPOINT;
	attr->size = sizeof(*attr);
	attr->config = event;
	attr->sample_period = 1;
	/* RAW: the record. PERIOD: events that count by more than one still come once. */
	attr->sample_type = PERF_SAMPLE_RAW | PERF_SAMPLE_PERIOD;
}

/* Of a CPU that is not there now: 0 as well. */
static int make_counter(struct ktr_counters *k, unsigned int cpu)
{
	struct perf_event_attr attr;
	struct perf_event *event;

	ktr_counter_attr(&attr, k->event);
	event = perf_event_create_kernel_counter(&attr, cpu, NULL, k->overflow, k->context);
	if (event == ERR_PTR(-ENODEV))
		return 0;
	if (IS_ERR(event))
		return PTR_ERR(event);
	k->of_cpu[cpu] = event;
	return 0;
}

static void release_counter(struct ktr_counters *k, unsigned int cpu)
{
	if (k->of_cpu[cpu])
		perf_event_release_kernel(k->of_cpu[cpu]);
	k->of_cpu[cpu] = NULL;
}

/* ---- CPUs that come ----------------------------------------------------------------------------------------- */

static void renew(unsigned int cpu)
{
	struct ktr_counters *k;
	int err = 0;

	list_for_each_entry(k, &all, node) {
		release_counter(k, cpu);
		err = make_counter(k, cpu) ?: err;
		cond_resched();
	}
	if (err)
		ktr_pr_warn("events on CPU %u are not all counted (error %d)\n", cpu, err);
}

static void renew_fn(struct work_struct *work)
{
	unsigned int cpu;

	mutex_lock(&all_lock);
	for_each_possible_cpu(cpu)
		if (cpumask_test_and_clear_cpu(cpu, &came))
			renew(cpu);
	mutex_unlock(&all_lock);
}

static DECLARE_WORK(renew_work, renew_fn);

static int cpu_came(unsigned int cpu)
{
	cpumask_set_cpu(cpu, &came);
	queue_work(system_unbound_wq, &renew_work);
	return 0;
}

int ktr_counters_init(void)
{
	int rc = 0;

	if (counters_state < 0)
		rc = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "kt2ko:counters", cpu_came, NULL);
	if (rc > 0)
		counters_state = rc;
	return rc < 0 ? rc : 0;
}

void ktr_counters_exit(void)
{
	if (counters_state < 0)
		return;
	cpuhp_remove_state_nocalls(counters_state);
	counters_state = -1;
	cancel_work_sync(&renew_work);
}

/* ---- counters ----------------------------------------------------------------------------------------------- */

static void release_all(struct ktr_counters *k)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		release_counter(k, cpu);
	kvfree(k);
}

int ktr_counters_add(struct ktr_counters **to, u64 event, perf_overflow_handler_t overflow, void *context)
{
	struct ktr_counters *k = kvzalloc(struct_size(k, of_cpu, nr_cpu_ids), GFP_KERNEL);
	unsigned int cpu;
	int err = 0;

	if (!k)
		return -ENOMEM;
	k->event = event;
	k->overflow = overflow;
	k->context = context;
	/*
	 * A CPU that comes meanwhile gets its counters when the lock is free. CPUs may also go: keeping them would nest in
	 * the lock that enabling a tracepoint takes for that.
	 */
	mutex_lock(&all_lock);
	list_add(&k->node, &all);
	for_each_online_cpu(cpu) {
		err = make_counter(k, cpu);
		if (err)
			break;
	}
	if (err)
		list_del(&k->node);
	mutex_unlock(&all_lock);
	if (err)
		release_all(k);
	else
		*to = k;
	return err;
}

void ktr_counters_remove(struct ktr_counters **from)
{
	mutex_lock(&all_lock);
	list_del(&(*from)->node);
	mutex_unlock(&all_lock);
	release_all(*from);
	*from = NULL;
}
