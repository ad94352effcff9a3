/* SPDX-License-Identifier: GPL-2.0 */
/*
 * proc.h - what the files of /proc/kt2ko/<module>/ share among themselves.
 */
#ifndef KTR_PROC_H
#define KTR_PROC_H

#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>

#include "home.h"

/*
 * The wait queues. They are allocated on their own because a task may still be in poll() on one of them when the module
 * goes: procfs waits for running file operations, not for those who sleep between two of them.
 */
struct ktr_waits {
	wait_queue_head_t output;	/* records, or the end of them */
	wait_queue_head_t state;	/* the state changed */
	wait_queue_head_t resolve;	/* a question about user programs, or its answer */
};

extern struct ktr_waits *ktr_waits;

extern const struct proc_ops ktr_proc_cpu_ops;
extern const struct proc_ops ktr_proc_trace_ops;
extern const struct proc_ops ktr_proc_status_ops;
extern const struct proc_ops ktr_proc_control_ops;
extern const struct proc_ops ktr_proc_resolve_ops;
extern const struct proc_ops ktr_proc_formats_ops;
extern const struct proc_ops ktr_proc_code_ops;

/* Makes sure that output is looked for while somebody waits on ktr_waits->output. */
void ktr_proc_pump(void);

/* Readers of output: one for all by `trace`, or one for each CPU by `cpuN`. 0 or -EBUSY. */
int ktr_proc_claim_trace(void);
void ktr_proc_unclaim_trace(void);
int ktr_proc_claim_cpu(unsigned int cpu);
void ktr_proc_unclaim_cpu(unsigned int cpu);

bool ktr_proc_any_data(void);
/* Whether the reader of `trace` has been told the end. */
bool ktr_proc_trace_at_end(void);
/* Counts changes of the state. */
unsigned int ktr_proc_state_seq(void);

#endif
