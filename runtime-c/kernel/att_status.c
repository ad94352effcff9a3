// SPDX-License-Identifier: GPL-2.0
/*
 * att_status.c - what an attachment has counted, summed over the CPUs, and its lines in the status file.
 */
#include <linux/math64.h>
#include <linux/seq_file.h>

#include "attach.h"

static void sum_stats(const struct ktr_att *a, struct ktr_att_stats *sum)
{
	unsigned int cpu, i;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct ktr_att_stats *s = per_cpu_ptr(a->stats, cpu);

		sum->leaf.hits += READ_ONCE(s->leaf.hits);
		for (i = 0; i < KTR_N_SKIPS; i++)
			sum->skips[i] += READ_ONCE(s->skips[i]);
		sum->time.all += READ_ONCE(s->time.all);
		sum->time.runs += READ_ONCE(s->time.runs);
		sum->time.counted += READ_ONCE(s->time.counted);
		sum->time.worst = max(sum->time.worst, READ_ONCE(s->time.worst));
	}
}

static void sum_time(const struct ktr_att_stats *s, struct ktr_att_sum *sum)
{
	u64 timed = s->time.runs + s->time.counted;

	sum->hits = s->leaf.hits;
	sum->all = ktr_clock_ns(s->time.all);
	sum->each = timed ? div64_u64(sum->all, timed) : 0;
	sum->worst = ktr_clock_ns(s->time.worst);
}

void ktr_att_sum(const struct ktr_att *a, struct ktr_att_sum *sum)
{
	struct ktr_att_stats stats;

	sum_stats(a, &stats);
	sum_time(&stats, sum);
}

static void show_time(struct seq_file *m, const struct ktr_att *a, const struct ktr_att_stats *stats)
{
	struct ktr_att_sum t;

	sum_time(stats, &t);
	if (t.all)
		seq_printf(m, "time %s: %llu ns, each %llu ns, at most %llu ns\n", a->probe->text, t.all, t.each, t.worst);
}

void ktr_att_show(struct seq_file *m, const struct ktr_att *a)
{
	struct ktr_att_stats sum;
	u32 n_points;

	sum_stats(a, &sum);
	seq_printf(m, KTR_STATUS_PROBE " %s: %lld hits", a->probe->text, sum.leaf.hits);
	if (sum.skips[KTR_SKIP_REENTRY])
		seq_printf(m, ", %llu skipped: handler running", sum.skips[KTR_SKIP_REENTRY]);
	if (sum.skips[KTR_SKIP_NO_CONTEXT])
		seq_printf(m, ", %llu skipped: no memory for the CPU", sum.skips[KTR_SKIP_NO_CONTEXT]);
	if (sum.skips[KTR_SKIP_STACK])
		seq_printf(m, ", %llu skipped: stack too deep", sum.skips[KTR_SKIP_STACK]);
	if (sum.skips[KTR_SKIP_NO_NODE])
		seq_printf(m, ", %llu missed: no free instance", sum.skips[KTR_SKIP_NO_NODE]);
	if (sum.skips[KTR_SKIP_NMI])
		seq_printf(m, ", %llu skipped: in NMI", sum.skips[KTR_SKIP_NMI]);
	n_points = READ_ONCE(a->n_points);
	if (sum.skips[KTR_SKIP_OVERLOAD])
		seq_printf(m, ", %llu skipped: overload", sum.skips[KTR_SKIP_OVERLOAD]);
	if (a->disarmed)
		seq_puts(m, ", disarmed");
	if (a->note[0])
		seq_printf(m, " (%u events, %s)", n_points, a->note);
	else if (n_points != 1)
		seq_printf(m, " (%u events)", n_points);
	if (a->how)
		seq_printf(m, " [%s, %s]\n", a->back_end->name, a->how);
	else
		seq_printf(m, " [%s]\n", a->back_end->name);
	show_time(m, a, &sum);
	if (a->back_end->show)
		a->back_end->show(m, a);
}
