// SPDX-License-Identifier: GPL-2.0
/*
 * proc_control.c - the file control: the state to read and wait for, commands to write (see ktr_wire.h).
 */
#include "proc.h"

#include "scope.h"

#define KTR_CONTROL_MAX 32

struct controller {
	bool owner;		/* closing stops the trace */
	bool loader;		/* who became the owner is left out of the trace */
	bool has_read;
	unsigned int seen;	/* ktr_proc_state_seq() when it was read last */
	struct mutex lock;	/* what follows, for threads that share the descriptor */
	u32 len;
	u32 given;		/* of the line below, by reads that ask for less than all */
	char line[KTR_CONTROL_MAX];
};

static atomic_t n_owners = ATOMIC_INIT(0);

bool ktr_proc_has_owner(void)
{
	return atomic_read(&n_owners) > 0;
}

static int control_open(struct inode *inode, struct file *file)
{
	struct controller *ctl = kzalloc(sizeof(*ctl), GFP_KERNEL);

	if (!ctl)
		return -ENOMEM;
	mutex_init(&ctl->lock);
	file->private_data = ctl;
	return 0;
}

static int control_release(struct inode *inode, struct file *file)
{
	struct controller *ctl = file->private_data;

	if (ctl->loader)
		ktr_self_end(KTR_SELF_LOADER);
	if (ctl->owner) {
		ktr_life_stop();
		atomic_dec_return(&n_owners);	/* ordered: who sees no owner sees that the end was asked for */
	}
	kfree(ctl);
	return 0;
}

/* Something to read: the rest of a line, or a state that this descriptor has not read. */
static bool has_news(const struct controller *ctl)
{
	return !ctl->has_read || ctl->given < ctl->len || ctl->seen != ktr_proc_state_seq();
}

static void make_line(struct controller *ctl)
{
	ctl->seen = ktr_proc_state_seq();	/* first: a change from now on is news */
	ctl->has_read = true;
	ctl->len = scnprintf(ctl->line, sizeof(ctl->line), "%s %d\n", ktr_state_name(ktr_state()),
			     ktr_exit_status());
	ctl->given = 0;
}

/* The line; then end of file until the state changes, so that `cat` ends. At position 0 always a fresh line. */
static ssize_t control_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	struct controller *ctl = file->private_data;
	ssize_t n;

	mutex_lock(&ctl->lock);
	if (!*pos || (ctl->given == ctl->len && has_news(ctl)))
		make_line(ctl);
	n = min_t(size_t, ctl->len - ctl->given, count);
	if (!copy_to_user(to, ctl->line + ctl->given, n)) {
		ctl->given += n;
		*pos += n;
	} else {
		n = -EFAULT;
	}
	mutex_unlock(&ctl->lock);
	return n;
}

/* Threads that share the descriptor may come here at once. */
static void own(struct controller *ctl)
{
	mutex_lock(&ctl->lock);
	if (!ctl->owner) {
		atomic_inc(&n_owners);
		ctl->loader = ktr_self_begin(KTR_SELF_LOADER);
	}
	ctl->owner = true;
	mutex_unlock(&ctl->lock);
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
		own(ctl);
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
