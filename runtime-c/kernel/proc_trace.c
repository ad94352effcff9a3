// SPDX-License-Identifier: GPL-2.0
/*
 * proc_trace.c - the file trace: all streams merged in time order, as text, for `cat`.
 *
 * A record is shown when no older one can still come. Each CPU's stream ascends, so only CPUs whose stream is empty
 * matter: a record is held back while such a CPU is in the middle of writing one, and until it is KTR_SETTLE_NS old,
 * which covers the moments in which that cannot be seen yet.
 */
#include "format.h"
#include "proc.h"

#include <linux/delay.h>

#define KTR_SETTLE_NS (100 * NSEC_PER_USEC)

struct merge {
	struct mutex lock;	/* threads that share the descriptor */
	int cpu;		/* of the record being shown, -1: none */
	u32 shown;		/* bytes of its text already given */
	int sticky;		/* CPU whose next record continues the last one, -1: none */
	char text[KTR_FORMAT_TEXT_MAX];	/* what is made of a record that is none */
};

/* There is one reader at most. */
static bool at_end;

bool ktr_proc_trace_at_end(void)
{
	return READ_ONCE(at_end);
}

static const struct ktr_rec *head_of_cpu(unsigned int cpu)
{
	const void *p;
	u32 n;

	return ktr_stream_peek(cpu, &p, &n) ? p : NULL;
}

/* The CPU with the oldest record that may be shown, -EAGAIN: one that has to settle, -ENODATA: none. */
static int pick(struct merge *m)
{
	bool ended = ktr_state() == KTR_STATE_ENDED;
	u64 horizon = ktime_get_mono_fast_ns() - KTR_SETTLE_NS;
	u64 best_time = U64_MAX;
	bool writing = false;
	int best = -ENODATA;
	unsigned int cpu;

	if (m->sticky >= 0 && head_of_cpu(m->sticky))
		return m->sticky;
	smp_mb();	/* the clock was read before the streams are looked at */
	for_each_possible_cpu(cpu) {
		bool busy = ktr_stream_in_flight(cpu);
		const struct ktr_rec *rec;

		smp_rmb();
		rec = head_of_cpu(cpu);
		if (!rec) {
			writing |= busy;
		} else if (rec->time < best_time) {
			best_time = rec->time;
			best = cpu;
		}
	}
	if (best >= 0 && !ended && (writing || best_time > horizon))
		return -EAGAIN;
	return best;
}

/* Of an output that was written as arguments; the length. */
static u32 make_text(struct merge *m, const struct ktr_rec *rec)
{
	const struct ktr_rec_format *head = (const void *)(rec + 1);
	const struct ktr_line_format *f = &ktg_script.formats[head->format];
	int n = -1;

	if (!WARN_ON_ONCE(head->format >= ktg_script.n_formats))
		n = ktr_format_text(m->text, f->text, f->len, head, rec->size);
	WARN_ON_ONCE(n < 0);
	return n < 0 ? 0 : n;
}

/* Text of a record, and its length. */
static const char *text_of(struct merge *m, const struct ktr_rec *rec, u32 *len)
{
	const struct ktr_rec_lost *lost = (const void *)(rec + 1);

	*len = rec->size;
	if (rec->kind == KTR_REC_TEXT)
		return (const char *)(rec + 1);
	*len = 0;
	if (rec->kind == KTR_REC_LOST)
		*len = scnprintf(m->text, sizeof(m->text), "[%llu records lost]\n", lost->count);
	else if (rec->kind == KTR_REC_FORMAT)
		*len = make_text(m, rec);
	return m->text;
}

/* Shows (the rest of) the record at the head of m->cpu; the bytes given or -EFAULT. */
static ssize_t show(struct merge *m, char __user *to, size_t room)
{
	const struct ktr_rec *rec = head_of_cpu(m->cpu);
	u32 len, n;
	const char *text = text_of(m, rec, &len);

	n = min_t(size_t, len - m->shown, room);
	if (copy_to_user(to, text + m->shown, n))
		return -EFAULT;
	m->shown += n;
	if (m->shown == len) {
		m->sticky = rec->flags & KTR_RF_MORE ? m->cpu : -1;
		ktr_stream_consume(m->cpu, sizeof(*rec) + ALIGN(rec->size, KTR_REC_ALIGN));
		m->cpu = -1;
		m->shown = 0;
	}
	return n;
}

/* Whatever can be shown now; 0: nothing. -EAGAIN: something soon. */
static ssize_t show_all(struct merge *m, char __user *to, size_t count)
{
	size_t done = 0;

	while (done < count) {
		ssize_t n;

		if (m->cpu < 0) {
			int cpu = pick(m);

			if (cpu < 0)
				return done || cpu == -ENODATA ? done : cpu;
			m->cpu = cpu;
		}
		n = show(m, to + done, count - done);
		if (n < 0)
			return done ? done : n;
		done += n;
		if (done && signal_pending(current))
			break;
		cond_resched();
	}
	return done;
}

static bool worth_looking(void)
{
	return ktr_proc_any_data() || ktr_state() == KTR_STATE_ENDED || ktr_closing();
}

/*
 * Whether a reader that stands in the queue may leave it. Else the pump is asked for, there and not before: a pump that was on
 * its way already may see to an empty queue and be gone by the time the reader sleeps.
 */
static bool need_not_wait(void)
{
	if (worth_looking())
		return true;
	ktr_proc_pump();
	return false;
}

/* 0: look again. */
static int wait_for_output(struct file *file)
{
	if (file->f_flags & O_NONBLOCK)
		return -EAGAIN;
	return wait_event_interruptible(ktr_waits->output, need_not_wait());
}

static ssize_t trace_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	struct merge *m = file->private_data;
	ssize_t n;

	if (!count)
		return 0;
	for (;;) {
		/* the state first: what was written before the end is seen below */
		bool last = ktr_state() == KTR_STATE_ENDED || ktr_closing();

		if (mutex_lock_interruptible(&m->lock))
			return -ERESTARTSYS;
		n = show_all(m, to, count);
		mutex_unlock(&m->lock);
		if (n == -EAGAIN) {
			if (signal_pending(current))
				return -ERESTARTSYS;
			if (ktr_closing())
				return 0;
			usleep_range(KTR_SETTLE_NS / NSEC_PER_USEC, 2 * KTR_SETTLE_NS / NSEC_PER_USEC);
			continue;
		}
		if (n)
			return n;
		if (last) {
			WRITE_ONCE(at_end, true);
			return 0;
		}
		n = wait_for_output(file);
		if (n)
			return n;
	}
}

static __poll_t trace_poll(struct file *file, struct poll_table_struct *table)
{
	poll_wait(file, &ktr_waits->output, table);
	return need_not_wait() ? EPOLLIN | EPOLLRDNORM : 0;
}

static int trace_open(struct inode *inode, struct file *file)
{
	struct merge *m;
	int err = ktr_proc_claim_trace();

	if (err)
		return err;
	m = kzalloc(sizeof(*m), GFP_KERNEL);
	if (!m) {
		ktr_proc_unclaim_trace();
		return -ENOMEM;
	}
	mutex_init(&m->lock);
	m->cpu = -1;
	m->sticky = -1;
	WRITE_ONCE(at_end, false);
	file->private_data = m;
	return stream_open(inode, file);
}

static int trace_release(struct inode *inode, struct file *file)
{
	ktr_proc_unclaim_trace();
	kfree(file->private_data);
	return 0;
}

const struct proc_ops ktr_proc_trace_ops = {
	.proc_open = trace_open,
	.proc_read = trace_read,
	.proc_poll = trace_poll,
	.proc_release = trace_release,
};
