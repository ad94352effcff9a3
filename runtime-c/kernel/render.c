// SPDX-License-Identifier: GPL-2.0
/*
 * render.c - see render.h.
 *
 * The formatter wants a trace_iterator, which is big. There is one for each CPU and level, made when the first handler
 * that uses the text is registered.
 */
#include "render.h"

#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/trace_seq.h>

static struct trace_iterator **iterators;	/* by CPU and level */
static u64 bytes_taken;
static bool wanted;
static DEFINE_MUTEX(render_lock);

/* On some kernels a formatter that verifies formats wants a buffer; with no size it leaves it alone. */
static char no_format[1];

static struct trace_iterator **place_of(unsigned int cpu, unsigned int level)
{
	return &iterators[cpu * KTR_N_EVENT_LEVELS + level];
}

static int add_iterators(unsigned int cpu)
{
	unsigned int level;

	for (level = 0; level < KTR_N_EVENT_LEVELS; level++) {
		struct trace_iterator **place = place_of(cpu, level);
		struct trace_iterator *it;

		if (*place)
			continue;
		it = kvzalloc_node(sizeof(*it), GFP_KERNEL, cpu_to_node(cpu));
		if (!it)
			return -ENOMEM;
		bytes_taken += sizeof(*it);
		it->cpu = cpu;
		it->fmt = no_format;
		*place = it;
	}
	return 0;
}

int ktr_render_add_cpu(unsigned int cpu)
{
	int err = 0;

	mutex_lock(&render_lock);
	if (wanted)
		err = add_iterators(cpu);
	mutex_unlock(&render_lock);
	return err;
}

u64 ktr_render_bytes(void)
{
	return READ_ONCE(bytes_taken);
}

int ktr_render_init(void)
{
	unsigned int cpu;
	int err = 0;

	cpus_read_lock();
	mutex_lock(&render_lock);
	if (!iterators)
		iterators = kvcalloc(nr_cpu_ids * KTR_N_EVENT_LEVELS, sizeof(*iterators), GFP_KERNEL);
	if (!iterators)
		err = -ENOMEM;
	wanted = !err;
	for_each_online_cpu(cpu)
		if (!err)
			err = add_iterators(cpu);
	mutex_unlock(&render_lock);
	cpus_read_unlock();
	return err;
}

void ktr_render_exit(void)
{
	unsigned int i;

	wanted = false;
	if (!iterators)
		return;
	for (i = 0; i < nr_cpu_ids * KTR_N_EVENT_LEVELS; i++)
		kvfree(iterators[i]);
	kvfree(iterators);
	iterators = NULL;
}

u32 ktr_render(struct ktr_ctx *c, struct trace_event_call *call, const void *rec, u32 rec_size, char *buf, u32 size)
{
	struct trace_iterator *it = iterators ? *place_of(c->cpu, c->level) : NULL;
	u32 n;

	if (!size)
		return 0;
	buf[0] = '\0';
	if (!it || !call->event.funcs || !call->event.funcs->trace)
		return 0;
	it->ent = (struct trace_entry *)rec;
	it->ent_size = rec_size;
	trace_seq_init(&it->seq);
	trace_seq_init(&it->tmp_seq);
	call->event.funcs->trace(it, 0, &call->event);
	n = min_t(u32, trace_seq_used(&it->seq), size - 1);
	memcpy(buf, it->seq.buffer, n);
	buf[n] = '\0';
	return n;
}
