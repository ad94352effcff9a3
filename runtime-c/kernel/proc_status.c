// SPDX-License-Identifier: GPL-2.0
/*
 * proc_status.c - the file status: one "key value" a line, then one line per attached event.
 */
#include "proc.h"

#include <linux/seq_file.h>

#include "attach.h"
#include "fn_names.h"
#include "render.h"
#include "user_code.h"

static void show_memory(struct seq_file *m)
{
	u64 cells_now, cells_most, counters, fixed;
	struct ktr_cells_info cells;
	struct ktr_mem_info info;

	ktr_mem_get_info(&info);
	ktr_cells_get_info(&cells);
	cells_now = cells.all + cells.cpu * num_possible_cpus();
	cells_most = cells.all_most + cells.cpu_most * num_possible_cpus();
	counters = IS_ENABLED(KTR_HAVE_LEAVES) ? (u64)ktg_script.n_counters * sizeof(s64) * num_possible_cpus() : 0;
	fixed = counters + ktr_contexts_bytes() + ktr_render_bytes() + ktr_fn_names_bytes() + ktr_stream_bytes() +
		ktr_user_code_bytes();
	seq_printf(m, "memory_limit %llu\n", info.limit);
	seq_printf(m, "memory_reserve %llu\n", info.reserve);
	seq_printf(m, "memory_taken %llu\n", info.taken);
	seq_printf(m, "memory_used %llu\n", info.used);
	seq_printf(m, "memory_cells %llu\n", cells_now);
	seq_printf(m, "memory_counters %llu\n", counters);
	seq_printf(m, "memory_contexts %llu\n", ktr_contexts_bytes());
	seq_printf(m, "memory_text %llu\n", ktr_render_bytes());
	seq_printf(m, "memory_names %llu\n", ktr_fn_names_bytes());
	seq_printf(m, "memory_user_files %llu\n", ktr_user_code_bytes());
	seq_printf(m, "memory_output %llu\n", ktr_stream_bytes());
	seq_printf(m, "memory_total %llu\n", fixed + cells_now + info.taken);
	seq_printf(m, "memory_ceiling %llu\n", fixed + cells_most + info.limit);
}

static void show_tables(struct seq_file *m)
{
	struct ktr_table_info t;
	u32 at = 0;

	while (ktr_table_next(&at, &t)) {
		seq_printf(m, "table %s: %u elements, at most %u", t.name, t.n, t.max);
		if (t.n_full)
			seq_printf(m, ", %u stores dropped: at its limit", t.n_full);
		if (t.n_missed)
			seq_printf(m, ", %u stores dropped: no memory", t.n_missed);
		seq_putc(m, '\n');
	}
}

/* Which tables were full. */
static void show_full_tables(struct seq_file *m)
{
	const char *before = " (";
	struct ktr_table_info t;
	u32 at = 0;

	while (ktr_table_next(&at, &t)) {
		if (!t.n_full)
			continue;
		seq_printf(m, "%s%s", before, t.name);
		before = ", ";
	}
	if (before[0] == ',')
		seq_putc(m, ')');
}

static void show_counts(struct seq_file *m)
{
	int i;

	for (i = 0; i < KTR_N_STATS; i++) {
		seq_printf(m, KTR_STATUS_LOST " %lu %s", ktr_stat_get(i), ktr_stat_texts[i]);
		if (i == KTR_STAT_TABLE_FULL)
			show_full_tables(m);
		seq_putc(m, '\n');
	}
}

static int status_show(struct seq_file *m, void *v)
{
	bool owner = ktr_life_has_owner();	/* first: the state tells what became of a trace without one */

	smp_rmb();
	seq_printf(m, KTR_STATUS_STATE " %s\n", ktr_life_state_name());
	seq_printf(m, KTR_STATUS_EXIT " %d\n", ktr_exit_status());
	seq_printf(m, KTR_STATUS_OWNER " %d\n", owner);
	seq_printf(m, "wire %d\n", KTR_WIRE_VERSION);
	seq_printf(m, "script %s\n", ktg_script.file);
	seq_printf(m, "cpus %u\n", num_online_cpus());
	show_memory(m);
	show_counts(m);
	show_tables(m);
	ktr_attach_show(m);
	return 0;
}

static int status_open(struct inode *inode, struct file *file)
{
	return single_open(file, status_show, NULL);
}

const struct proc_ops ktr_proc_status_ops = {
	.proc_open = status_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};
