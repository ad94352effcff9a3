// SPDX-License-Identifier: GPL-2.0
/*
 * quick.c - quick handlers (ktr_leaf.h): the cells that they add to, and what they need to know of an event.
 */
#include "attach.h"
#include "overload.h"

#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/timekeeping.h>

/* ---- cells -------------------------------------------------------------------------------------------------- */

unsigned long ktr_port_cells_new(u32 n)
{
	return (unsigned long)(__force void *)__alloc_percpu(n * sizeof(s64), sizeof(s64));
}

static s64 __percpu *cell_of(unsigned long cell)
{
	return (s64 __percpu *)cell;
}

void ktr_port_cells_free(unsigned long cells)
{
	free_percpu(cell_of(cells));
}

s64 ktr_port_cell_sum(unsigned long cell)
{
	unsigned int cpu;
	u64 sum = 0;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(cell_of(cell), cpu));
	return sum;
}

u64 ktr_port_cell_at(unsigned long cell, u32 cpu)
{
	return cpu_possible(cpu) ? READ_ONCE(*per_cpu_ptr(cell_of(cell), cpu)) : 0;
}

u32 ktr_port_n_cpus(void)
{
	return nr_cpu_ids;
}

void ktr_port_read_barrier(void)
{
	smp_rmb();
}

void ktr_port_cell_clear(unsigned long cell)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		WRITE_ONCE(*per_cpu_ptr(cell_of(cell), cpu), 0);
}

void ktr_port_sync(void)
{
	synchronize_rcu();
}

/* ---- calls ------------------------------------------------------------------------------------------------ */

void __weak ktg_hot_run(void *arg, const void *ev)
{
}

/* ---- points ------------------------------------------------------------------------------------------------- */

struct ktr_way **ktr_port_name_slot(struct ktr_ctx *c)
{
	struct ktr_event *ev = c->ev;
	const struct ktr_back_end *be = ev->att->back_end;

	return be->quick_point ? &be->quick_point(ev)->name : NULL;
}

const char *ktr_quick_comm(void)
{
	return current->comm;
}

s64 ktr_quick_pid(void)
{
	return current->tgid;
}

s64 ktr_quick_tid(void)
{
	return current->pid;
}

s64 ktr_quick_uid(void)
{
	return __kuid_val(current_uid());
}

s64 ktr_quick_cpu(void)
{
	return raw_smp_processor_id();
}

s64 ktr_quick_now(void)
{
	return ktime_get_real_fast_ns();
}

/* An event's name as an argument of a record, for handlers that print it. */
static bool make_label(struct ktr_quick_point *p, const char *name)
{
	u32 n = strlen(name), words = DIV_ROUND_UP(sizeof(n) + n, sizeof(u64));
	u64 *label = words > KTR_LABEL_WORDS ? NULL : kcalloc(words, sizeof(u64), GFP_KERNEL);

	if (!label)
		return false;
	memcpy(label, &n, sizeof(n));
	memcpy((char *)label + sizeof(n), name, n);
	p->label = label;
	p->label_words = words;
	return true;
}

void ktr_quick_release(struct ktr_quick_point *p)
{
	ktr_quick_forget(p);
	kfree(p->label);
	p->label = NULL;
}

static void stand_aside(struct ktr_quick_point *p, const void *ev)
{
	if (!ktr_load_run_quick(p, ev))
		p->deliver(p, ev);
}

bool ktr_quick_prepare(struct ktr_quick_point *p, struct ktr_att *a,
		       void (*deliver)(struct ktr_quick_point *p, const void *ev),
		       int (*where)(const void *point, u32 slot, u32 kind), const void *point, const char *name)
{
	const struct ktr_quick *q = ktr_att_quick(a);
	u32 i;

	*p = (struct ktr_quick_point){
		.leaf = ktr_att_leaf(a),
		.bail = stand_aside,
		.deliver = deliver,
		.name = &ktr_no_way,
	};
	if (!q)
		return false;
	for (i = 0; i < q->n_values; i++) {
		u32 kind = q->values[i].kind;
		int at = where(point, q->values[i].slot, kind ? kind : KTR_RAW_INT);

		if (at < 0 && !kind) {
			at = where(point, q->values[i].slot, KTR_RAW_COMM);
			p->texts |= BIT(i);
		}
		if (at < 0 || at > U16_MAX)
			return false;
		p->at[i] = at;
	}
	return !q->name || make_label(p, name);
}
