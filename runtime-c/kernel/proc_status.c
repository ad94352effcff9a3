// SPDX-License-Identifier: GPL-2.0
/*
 * proc_status.c - the file status: one "key value" a line, then one line per attached event.
 */
#include "proc.h"

#include <linux/seq_file.h>

#include "attach.h"
#include "fn_names.h"
#include "render.h"

static void show_memory(struct seq_file *m)
{
	struct ktr_mem_info info;

	ktr_mem_get_info(&info);
	seq_printf(m, "memory_limit %llu\n", info.limit);
	seq_printf(m, "memory_taken %llu\n", info.taken);
	seq_printf(m, "memory_used %llu\n", info.used);
	seq_printf(m, "memory_contexts %llu\n", ktr_contexts_bytes());
	seq_printf(m, "memory_text %llu\n", ktr_render_bytes());
	seq_printf(m, "memory_names %llu\n", ktr_fn_names_bytes());
	seq_printf(m, "memory_output %llu\n", ktr_stream_bytes());
}

static void show_counts(struct seq_file *m)
{
	int i;

	for (i = 0; i < KTR_N_STATS; i++)
		seq_printf(m, KTR_STATUS_LOST " %lu %s\n", ktr_stat_get(i), ktr_stat_texts[i]);
}

static int status_show(struct seq_file *m, void *v)
{
	seq_printf(m, KTR_STATUS_STATE " %s\n", ktr_state_name(ktr_state()));
	seq_printf(m, KTR_STATUS_EXIT " %d\n", ktr_exit_status());
	seq_printf(m, KTR_STATUS_OWNER " %d\n", ktr_proc_has_owner());
	seq_printf(m, "wire %d\n", KTR_WIRE_VERSION);
	seq_printf(m, "script %s\n", ktg_script.file);
	seq_printf(m, "cpus %u\n", num_online_cpus());
	show_memory(m);
	show_counts(m);
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
