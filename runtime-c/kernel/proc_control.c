// SPDX-License-Identifier: GPL-2.0
/*
 * proc_control.c - the file control: the state to read and wait for, commands to write (see ktr_wire.h).
 */
#include "proc.h"

#define KTR_CONTROL_MAX 32

struct controller {
	bool owner;		/* closing stops the trace */
	bool has_read;
	unsigned int seen;	/* ktr_proc_state_seq() when it was read last */
};

static atomic_t n_owners = ATOMIC_INIT(0);

bool ktr_proc_has_owner(void)
{
	return atomic_read(&n_owners) > 0;
}

static int control_open(struct inode *inode, struct file *file)
{
	file->private_data = kzalloc(sizeof(struct controller), GFP_KERNEL);
	return file->private_data ? 0 : -ENOMEM;
}

static int control_release(struct inode *inode, struct file *file)
{
	struct controller *ctl = file->private_data;

	if (ctl->owner) {
		atomic_dec(&n_owners);
		ktr_life_stop();
	}
	kfree(ctl);
	return 0;
}

static bool has_news(const struct controller *ctl)
{
	return !ctl->has_read || ctl->seen != ktr_proc_state_seq();
}

/* A whole line a read; end of file when nothing has changed since, so that `cat` ends. */
static ssize_t control_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	struct controller *ctl = file->private_data;
	unsigned int seq = ktr_proc_state_seq();
	char line[KTR_CONTROL_MAX];
	size_t n;

	if (*pos && !has_news(ctl))
		return 0;
	n = scnprintf(line, sizeof(line), "%s %d\n", ktr_state_name(ktr_state()), ktr_exit_status());
	n = min(n, count);
	if (copy_to_user(to, line, n))
		return -EFAULT;
	ctl->has_read = true;
	ctl->seen = seq;
	*pos += n;
	return n;
}

static ssize_t control_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	struct controller *ctl = file->private_data;
	char text[KTR_CONTROL_MAX];
	char *word;

	if (count >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, count))
		return -EFAULT;
	text[count] = '\0';
	word = strim(text);
	if (!strcmp(word, "own")) {
		if (!ctl->owner)
			atomic_inc(&n_owners);
		ctl->owner = true;
	} else if (!strcmp(word, "start")) {
		ktr_life_go();
	} else if (!strcmp(word, "stop")) {
		ktr_life_stop();
	} else {
		return -EINVAL;
	}
	return count;
}

static __poll_t control_poll(struct file *file, struct poll_table_struct *table)
{
	struct controller *ctl = file->private_data;

	poll_wait(file, &ktr_waits->state, table);
	return EPOLLOUT | EPOLLWRNORM | (has_news(ctl) ? EPOLLIN | EPOLLRDNORM : 0);
}

const struct proc_ops ktr_proc_control_ops = {
	.proc_open = control_open,
	.proc_read = control_read,
	.proc_write = control_write,
	.proc_poll = control_poll,
	.proc_lseek = default_llseek,
	.proc_release = control_release,
};
