// SPDX-License-Identifier: GPL-2.0
/*
 * proc_cpu.c - the files cpuN: the records of one CPU as they are.
 *
 * A read returns what is there, 0 when there is nothing (yet). poll() tells when there is.
 */
#include "proc.h"

struct cpu_reader {
	struct mutex lock;	/* threads that share the descriptor */
	unsigned int cpu;
};

static int cpu_open(struct inode *inode, struct file *file)
{
	unsigned int cpu = (unsigned long)pde_data(inode);
	struct cpu_reader *r;
	int err = ktr_proc_claim_cpu(cpu);

	if (err)
		return err;
	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r) {
		ktr_proc_unclaim_cpu(cpu);
		return -ENOMEM;
	}
	mutex_init(&r->lock);
	r->cpu = cpu;
	file->private_data = r;
	return stream_open(inode, file);
}

static int cpu_release(struct inode *inode, struct file *file)
{
	struct cpu_reader *r = file->private_data;

	ktr_proc_unclaim_cpu(r->cpu);
	kfree(r);
	return 0;
}

static ssize_t copy_stream(unsigned int cpu, char __user *to, size_t count)
{
	const void *data;
	size_t done = 0;
	u32 n;

	while (done < count && ktr_stream_peek(cpu, &data, &n)) {
		n = min_t(size_t, n, count - done);
		if (copy_to_user(to + done, data, n))
			return done ? done : -EFAULT;
		ktr_stream_consume(cpu, n);
		done += n;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return done;
}

static ssize_t cpu_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	struct cpu_reader *r = file->private_data;
	ssize_t n;

	if (mutex_lock_interruptible(&r->lock))
		return -ERESTARTSYS;
	n = copy_stream(r->cpu, to, count);
	mutex_unlock(&r->lock);
	return n;
}

static __poll_t cpu_poll(struct file *file, struct poll_table_struct *table)
{
	struct cpu_reader *r = file->private_data;

	poll_wait(file, &ktr_waits->output, table);
	if (ktr_stream_has_data(r->cpu))
		return EPOLLIN | EPOLLRDNORM;
	if (ktr_state() != KTR_STATE_ENDED)
		ktr_proc_pump();
	return 0;
}

const struct proc_ops ktr_proc_cpu_ops = {
	.proc_open = cpu_open,
	.proc_read = cpu_read,
	.proc_poll = cpu_poll,
	.proc_release = cpu_release,
};
