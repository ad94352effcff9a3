// SPDX-License-Identifier: GPL-2.0
/*
 * doorbell.c - what handlers may not do themselves and ask for: waking tasks, getting memory.
 *
 * Wake-ups take locks that the probed code may hold, so they are done from one hard irq_work, which runs as soon as
 * interrupts are on (in its interrupt on PREEMPT_RT too, hence only raw locks: wake_up_process() and queue_work()).
 */
#include "home.h"

#include <linux/workqueue.h>

static atomic_t pending_bells = ATOMIC_INIT(0);

static void refill_fn(struct work_struct *work)
{
	ktr_mem_refill();
}

static DECLARE_WORK(refill_work, refill_fn);

/* Waking readers takes the wait queue's lock, which sleeps on PREEMPT_RT. */
static void readers_fn(struct work_struct *work)
{
	ktr_proc_wake_readers();
}

static DECLARE_WORK(readers_work, readers_fn);

static void nodes_fn(struct work_struct *work)
{
	ktr_rethook_grow();
}

static DECLARE_WORK(nodes_work, nodes_fn);

static void answer_bells(struct irq_work *work)
{
	unsigned int bells = atomic_xchg(&pending_bells, 0);

	if ((bells & KTR_BELL_THREAD) && ktr_thread)
		wake_up_process(ktr_thread);
	if (bells & KTR_BELL_REFILL)
		queue_work(system_unbound_wq, &refill_work);
	if (bells & KTR_BELL_READERS)
		queue_work(system_unbound_wq, &readers_work);
	if (bells & KTR_BELL_NODES)
		queue_work(system_unbound_wq, &nodes_work);
}

static struct irq_work bell_work;

/*
 * What is on its way already is not asked for again: events inside of the bell's own interrupt (when all functions are
 * traced) would ring it again and again, and the work would never get the CPU.
 */
void ktr_ring_bell(unsigned int bells)
{
	unsigned int before;

	if ((bells & KTR_BELL_REFILL) && work_pending(&refill_work))
		bells &= ~KTR_BELL_REFILL;
	if ((bells & KTR_BELL_READERS) && work_pending(&readers_work))
		bells &= ~KTR_BELL_READERS;
	if ((bells & KTR_BELL_NODES) && work_pending(&nodes_work))
		bells &= ~KTR_BELL_NODES;
	if (!bells)
		return;
	before = atomic_fetch_or(bells, &pending_bells);
	if ((before & bells) != bells)
		irq_work_queue(&bell_work);
}

void ktr_port_kick(void)
{
	ktr_ring_bell(KTR_BELL_REFILL);
}

void ktr_bell_init(void)
{
	bell_work = IRQ_WORK_INIT_HARD(answer_bells);
}

void ktr_bell_sync(void)
{
	irq_work_sync(&bell_work);
	cancel_work_sync(&refill_work);
	cancel_work_sync(&readers_work);
	cancel_work_sync(&nodes_work);
}
