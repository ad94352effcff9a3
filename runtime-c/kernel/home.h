/* SPDX-License-Identifier: GPL-2.0 */
/*
 * home.h - what the files of the kernel home share: the pieces of one script module, file by file.
 *
 * One copy of all this is linked into every script module, so the state is plain static data of that module.
 * Kernel headers come first: ktr.h defines bool and the fixed-width types only where nobody has yet.
 */
#ifndef KTR_HOME_H
#define KTR_HOME_H

#include <linux/cpumask.h>
#include <linux/irq_work.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait.h>

/* ktr_port.h declares these as functions; the kernel may have wrapped them in macros (FORTIFY_SOURCE, KASAN). */
#pragma push_macro("memcpy")
#pragma push_macro("memmove")
#pragma push_macro("memset")
#pragma push_macro("memcmp")
#pragma push_macro("strlen")
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen
#include "ctx.h"
#pragma pop_macro("memcpy")
#pragma pop_macro("memmove")
#pragma pop_macro("memset")
#pragma pop_macro("memcmp")
#pragma pop_macro("strlen")
#include "ktr_wire.h"

#define KTR_N_EVENT_LEVELS KTR_LEVEL_THREAD	/* levels that events can have */

/* By the script's name, not KBUILD_MODNAME: the runtime may be built once and linked to many scripts. */
#define ktr_pr_err(fmt, ...) pr_err("%s: " fmt, ktg_script.name, ##__VA_ARGS__)
#define ktr_pr_warn(fmt, ...) pr_warn("%s: " fmt, ktg_script.name, ##__VA_ARGS__)

/* ---- params.c: module parameters, script arguments ---------------------------------------------------------- */

extern int ktr_p_pid;
extern bool ktr_p_children;
extern bool ktr_p_self;
extern int ktr_p_cpu;
#define KTR_HOLD_FOR_LOADER 2	/* a value of hold; others are true or false */
extern unsigned int ktr_p_hold;
extern unsigned int ktr_p_linger;
extern unsigned int ktr_p_gid;	/* of those who may read the output; KTR_NO_GID: root only */
#define KTR_NO_GID UINT_MAX
extern bool ktr_p_on_error;
extern bool ktr_p_perf_counters;

int ktr_params_init(void);
void ktr_params_exit(void);

/* ---- memory.c ----------------------------------------------------------------------------------------------- */

bool ktr_memory_is_there(u64 bytes);		/* the machine could give so much. Context: process */

/* ---- contexts.c: one context per CPU and level, and the guard that all events pass -------------------------- */

/* The guard of a CPU (union ktr_guard): who writes what is in a byte of its own, so that no two writers meet. */
struct ktr_cpu {
	struct ktr_ictx *ctx[KTR_N_EVENT_LEVELS];	/* NULL: no memory for the CPU */
};

DECLARE_PER_CPU(struct ktr_cpu, ktr_cpus);
#ifndef KTR_HAVE_LEAVES
DECLARE_PER_CPU(union ktr_guard, ktr_guard);
#endif

#define KTR_STACK_NEED (KTR_DEF_STACK_BUDGET + KTR_STACK_HEADROOM + KTR_STACK_SPARE)

/* Too little of the current task's stack is left for a handler. Other stacks (interrupts) are only begun. */
static __always_inline bool ktr_stack_short(void)
{
	unsigned long left = (unsigned long)__builtin_frame_address(0) - (unsigned long)task_stack_page(current);

	return left < KTR_STACK_NEED;
}

extern struct ktr_ictx *ktr_thread_ctx;		/* the script's own thread */

int ktr_contexts_init(void);
void ktr_contexts_exit(void);
/* Contexts of a CPU that is about to come online. 0 or -ENOMEM. Context: process. */
int ktr_contexts_add_cpu(unsigned int cpu);
u64 ktr_contexts_bytes(void);			/* memory taken, for the status file */

/* ---- stream.c: the relay channel ---------------------------------------------------------------------------- */

int ktr_stream_init(void);
void ktr_stream_exit(void);
int ktr_stream_add_cpu(unsigned int cpu);	/* as ktr_contexts_add_cpu() */
/* Data of a CPU's stream not yet consumed: whole records from *p on. False: none. Context: process, one reader. */
bool ktr_stream_peek(unsigned int cpu, const void **p, u32 *n);
void ktr_stream_consume(unsigned int cpu, u32 n);
bool ktr_stream_has_data(unsigned int cpu);
/* True while that CPU is between taking a record's time and publishing the record. */
bool ktr_stream_in_flight(unsigned int cpu);
u64 ktr_stream_bytes(void);

/* ---- doorbell.c: deferred work asked for from any context --------------------------------------------------- */

enum ktr_bell {
	KTR_BELL_THREAD = 1,	/* wake the script's thread */
	KTR_BELL_REFILL = 2,	/* ktr_mem_refill() in a work queue */
	KTR_BELL_READERS = 4,	/* wake whoever waits for output */
	KTR_BELL_NODES = 8,	/* ktr_rethook_grow() in a work queue */
};

void ktr_ring_bell(unsigned int bells);
void ktr_bell_init(void);
void ktr_bell_sync(void);			/* afterwards nothing that was asked for is running */

/* attach_rethook.c: more memory for returns, where some were missed. Context: process, may sleep. */
void ktr_rethook_grow(void);

/* ---- module_life.c: states, the script's thread ------------------------------------------------------------- */

enum ktr_state {
	KTR_STATE_HELD,
	KTR_STATE_STARTING,
	KTR_STATE_RUNNING,
	KTR_STATE_ENDING,
	KTR_STATE_ENDED,
};

/* Why the gate is not simply open; 0 is the fast case. */
enum ktr_gate_bits {
	KTR_GATE_CLOSED = 1,	/* no handler may start */
	KTR_GATE_FILTER = 2,	/* ktr_scope_passes() tells */
};

extern unsigned int ktr_gate;
void ktr_gate_set(unsigned int bits);		/* for all CPUs. Context: any */
extern struct task_struct *ktr_thread;


enum ktr_state ktr_state(void);
const char *ktr_state_name(enum ktr_state s);
int ktr_exit_status(void);
bool ktr_closing(void);				/* unloading: blocked readers must leave */
bool ktr_life_must_end(void);			/* the script is to end. Context: the script's thread */
bool ktr_life_asked(void);			/* the same, of what others asked for. Context: any */
void ktr_life_go(void);				/* "start" */
/* exit(), stop: the script ends in order. Context: any. */
void ktr_life_stop(void);
/* Whether somebody stands by whose death ends the trace; sees to it that it ends when the loader died too early to own it. */
bool ktr_life_has_owner(void);
const char *ktr_life_state_name(void);		/* for people and loaders: "ending" from when the end was asked for */
/* The same because its handlers take too much: the exit status tells. */
void ktr_life_overload(void);
/* A run-time error in x's run (between begin and end): reports it once and ends the script. Context: any. */
void ktr_life_error(struct ktr_ictx *x);
/* The outcome of one handler run. Context: any. */
static inline void ktr_life_outcome(struct ktr_ictx *x, int rc)
{
	if (likely(rc >= 0))
		return;
	if (rc == KTR_ERR)
		ktr_life_error(x);
	else if (x->end == KTR_END_EXIT)
		ktr_life_stop();
}

/* ---- proc_*.c: the files ------------------------------------------------------------------------------------ */

int ktr_own_task_init(void);			/* values of threads go with them. Context: process */
void ktr_own_task_exit(void);
int ktr_proc_init(void);
void ktr_proc_drain(void);			/* waits for attached readers, at most `linger` seconds */
void ktr_proc_exit(void);
int ktr_proc_add_cpu(unsigned int cpu);		/* file cpuN; no harm when it is there */
bool ktr_proc_has_owner(void);			/* a loader stands by: its death ends the trace. Context: any */
void ktr_proc_state_changed(void);		/* Context: process */
void ktr_proc_wake_readers(void);		/* Context: hard interrupt, or any with interrupts on */

#endif
