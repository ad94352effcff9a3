/* SPDX-License-Identifier: GPL-2.0 */
/*
 * attach.h - events: what a script registers, the back ends that attach it, and the way of an event to its handler.
 *
 *   registration   one trace, tick or profile statement that was executed: a handler and its events
 *   attachment     one event of it, as written in the script, on one back end; has the counters
 *   point          a back end's own: one place in the kernel that was hooked for an attachment (a glob has many)
 */
#ifndef KTR_ATTACH_H
#define KTR_ATTACH_H

#include "home.h"

struct seq_file;
struct ktr_att;
struct ktr_event;

/* Why an event did not reach its handler. */
enum ktr_skip {
	KTR_SKIP_REENTRY,	/* a handler of the same level was running on this CPU */
	KTR_SKIP_NO_CONTEXT,	/* the CPU came online without memory for its contexts */
	KTR_SKIP_STACK,		/* the interrupted task has too little stack left */
	KTR_N_SKIPS
};

struct ktr_att_stats {
	s64 hits;		/* runs of the handler, before its filter */
	u64 skips[KTR_N_SKIPS];
};

/*
 * A back end. attach, detach and release are called in that order, each for all attachments before the next; between
 * detach and release there is one grace period, after which no handler runs any more.
 */
struct ktr_back_end {
	const char *name;
	/*
	 * Finds what the event means: the number of points, 0 when nothing matches, or KTR_ERR after ktr_fail().
	 * Context: process, main chunk.
	 */
	int (*resolve)(struct ktr_ctx *c, struct ktr_att *a);
	/* 0 or KTR_ERR after ktr_fail(). Handlers may run from then on. Context: process. */
	int (*attach)(struct ktr_ctx *c, struct ktr_att *a);
	void (*detach)(struct ktr_att *a);
	/* Frees the points; also for what was resolved but never attached. */
	void (*release)(struct ktr_att *a);
	/* The current event's parts. NULL: the kind has no such thing. */
	int (*arg)(struct ktr_ctx *c, struct ktr_event *ev, u32 n, struct ktr_val *out);
	/* Field ktg_script.fields[id]; out NULL: only asks. 0, or -1: no such field. Other failures after ktr_fail(). */
	int (*field)(struct ktr_ctx *c, struct ktr_event *ev, u32 id, struct ktr_val *out);
	u32 (*argstr)(struct ktr_ctx *c, struct ktr_event *ev, char *buf, u32 size);
	const char *(*probename)(struct ktr_ctx *c, struct ktr_event *ev);
};

struct ktr_reg {
	struct list_head node;
	const struct ktr_trace *trace;
	struct ktr_val func;		/* kept */
	void *owned;			/* memory of trace, when it was made at run time */
	u32 n_atts;
	struct ktr_att *atts;
};

struct ktr_att {
	/* what every event needs, together */
	struct ktr_leaf leaf;		/* for the trace's leaf, of back ends that run it */
	struct ktr_att_stats __percpu *stats;
	const struct ktr_trace *filter;	/* the trace, when it has a filter */
	const struct ktr_val *func;
	const struct ktr_probe *probe;
	struct ktr_reg *reg;
	const struct ktr_back_end *back_end;
	void *points;			/* the back end's */
	u32 n_points;
	bool attached;
};

/* The event that a handler sees; each context of an event level has one. */
struct ktr_event {
	struct ktr_att *att;
	/* for stacks; every hook sets all of them */
	struct pt_regs *regs;		/* all registers of the probed code, or NULL: then */
	unsigned long frame;		/* stack address below which everything is the tracer's */
	unsigned long ip;		/* the probed address: instead of that in regs, or before what is found there */
	unsigned long iterator;		/* function that calls a tracepoint's probes, 0: none */
	/* the back end's */
	const void *point;
	const void *data;
	unsigned long word[2];
};

/* A context of an event level, with what the home adds to it. */
#define KTR_NAME_BYTES 256
struct ktr_event_ctx {
	struct ktr_ictx x;		/* first */
	struct ktr_event ev;
	char name[KTR_NAME_BYTES];	/* for ktr_port_probename() */
};

static __always_inline struct ktr_event *ktr_event_of(struct ktr_ictx *x)
{
	return &container_of(x, struct ktr_event_ctx, x)->ev;
}

/* ---- registration ------------------------------------------------------------------------------------------- */

int ktr_attach_init(void);
void ktr_attach_exit(void);
/* ktr_register() of a description in kvmalloc() memory, `owned`, which it takes over also when it fails. */
int ktr_register_owned(struct ktr_ctx *c, const struct ktr_trace *t, const struct ktr_val *f, struct ktr_val *handle,
		       void *owned);
/* Fails unless the main chunk is running. */
int ktr_check_starting(struct ktr_ctx *c, const char *what);
u32 ktr_attach_count(void);			/* registrations */
int ktr_attach_all(struct ktr_ctx *c);		/* 0 or KTR_ERR, everything detached again */
void ktr_detach_all(void);			/* returns when no handler runs any more */
const struct ktr_val *ktr_end_handler(void);	/* NULL: the script has no trace_end */
void ktr_attach_show(struct seq_file *m);

/* The error of a back end that cannot attach an event; rc is the kernel's errno. Returns KTR_ERR. */
int ktr_attach_failed(struct ktr_ctx *c, const struct ktr_att *a, const char *what, int rc);

/* ---- the way of an event ------------------------------------------------------------------------------------ */

void ktr_event_skipped(struct ktr_att *a, unsigned int level);
bool ktr_gate_passes(void);

/* The guard is not zero: whether an event of the level passes all the same; if not, it is counted as it should. */
bool ktr_guard_passes(struct ktr_att *a, unsigned int level);

/*
 * Takes this CPU's context for an event at a level (that of the interrupted code); NULL: none, counted.
 * Preemption is off until ktr_event_leave(), with the same level.
 */
static __always_inline struct ktr_ictx *ktr_event_enter(struct ktr_att *a, unsigned int level)
{
	if (unlikely(this_cpu_read(ktr_guard.all)) && !ktr_guard_passes(a, level))
		return NULL;
	if (unlikely(!level && ktr_stack_short())) {
		ktr_event_skipped(a, level);
		return NULL;
	}
	this_cpu_write(ktr_guard.busy[level], 1);
	barrier();	/* events of the same level in here find it taken */
	return this_cpu_read(ktr_cpus.ctx[level]);
}

static __always_inline void ktr_event_leave(struct ktr_ictx *x, unsigned int level)
{
	barrier();
	this_cpu_write(ktr_guard.busy[level], 0);
}

/* Runs one attachment's filter and handler on the event of x, whose att is set here. */
static __always_inline void ktr_event_run(struct ktr_ictx *x, struct ktr_att *a)
{
	struct ktr_event *ev = ktr_event_of(x);
	int rc = 1;

	ev->att = a;
	this_cpu_inc(a->stats->hits);
	ktr_ctx_begin(x, ev);
	if (a->filter)
		rc = ktr_run_filter(x, a->filter, a->func);
	if (rc > 0)
		rc = ktr_run(x, a->func);
	ktr_life_outcome(x, rc);
	ktr_ctx_end(x);
}

/* The trace's handler as a leaf, NULL: it is none, or leaves are not to be had here. */
static inline void (*ktr_att_leaf(const struct ktr_att *a))(struct ktr_leaf *l)
{
	return IS_ENABLED(KTR_HAVE_LEAVES) ? a->reg->trace->leaf : NULL;
}

/* ---- the back ends ------------------------------------------------------------------------------------------ */

extern const struct ktr_back_end ktr_be_tracepoint;
extern const struct ktr_back_end ktr_be_syscall;
extern const struct ktr_back_end ktr_be_ftrace;
extern const struct ktr_back_end ktr_be_kprobe;
extern const struct ktr_back_end ktr_be_kretprobe;
extern const struct ktr_back_end ktr_be_uprobe;
extern const struct ktr_back_end ktr_be_sdt;
extern const struct ktr_back_end ktr_be_tick;
extern const struct ktr_back_end ktr_be_profile;

/* A tick's handler. Context: the script's thread. */
void ktr_life_run(struct ktr_att *a);

/* attach_tick.c: run by the script's thread. Times are of the monotonic clock. */
void ktr_ticks_start(void);
u64 ktr_ticks_run(void);	/* runs what is due; when the next one is, 0: there is none */

#endif
