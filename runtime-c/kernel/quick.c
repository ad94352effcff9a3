// SPDX-License-Identifier: GPL-2.0
/*
 * quick.c - quick handlers (ktr_leaf.h): the cells that they add to, and what their leaves need to know of an event.
 */
#include "attach.h"

#include <linux/percpu.h>
#include <linux/rcupdate.h>

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

/* ---- leaves ------------------------------------------------------------------------------------------------- */

struct ktr_way **ktr_port_name_slot(struct ktr_ctx *c)
{
	struct ktr_event *ev = c->ev;
	const struct ktr_back_end *be = ev->att->back_end;

	return be->leaf ? &be->leaf(ev)->name : NULL;
}

const char *ktr_leaf_comm(void)
{
	return current->comm;
}

s64 ktr_leaf_cpu(void)
{
	return raw_smp_processor_id();
}

bool ktr_quick_prepare(struct ktr_leaf *l, struct ktr_att *a, void (*bail)(struct ktr_leaf *l, const void *ev),
		       int (*where)(const void *point, u32 slot, u32 kind), const void *point)
{
	const struct ktr_quick *q = ktr_att_quick(a);
	u32 i;

	*l = a->leaf;
	l->bail = bail;
	if (!q)
		return false;
	for (i = 0; i < q->n_values; i++) {
		u32 kind = q->values[i].kind;
		int at = where(point, q->values[i].slot, kind ? kind : KTR_RAW_INT);

		if (at < 0 && !kind) {
			at = where(point, q->values[i].slot, KTR_RAW_COMM);
			l->texts |= BIT(i);
		}
		if (at < 0 || at > U16_MAX)
			return false;
		l->at[i] = at;
	}
	return true;
}
