// SPDX-License-Identifier: GPL-2.0
/*
 * proc_formats.c - the file formats: what readers need to make the text of KTR_REC_FORMAT records.
 */
#include "proc.h"

#include <linux/seq_file.h>

static void show_text(struct seq_file *m, const struct ktr_line_format *f)
{
	u32 i;

	for (i = 0; i < f->len; i++) {
		unsigned char ch = f->text[i];

		if (ch > ' ' && ch < 0x7f && ch != '%')
			seq_putc(m, ch);
		else
			seq_printf(m, "%%%02X", ch);
	}
}

static int formats_show(struct seq_file *m, void *unused)
{
	u32 i;

	for (i = 0; i < ktg_script.n_formats; i++) {
		seq_printf(m, "%u ", i);
		show_text(m, &ktg_script.formats[i]);
		seq_putc(m, '\n');
	}
	return 0;
}

static int formats_open(struct inode *inode, struct file *file)
{
	return single_open(file, formats_show, NULL);
}

const struct proc_ops ktr_proc_formats_ops = {
	.proc_open = formats_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};
