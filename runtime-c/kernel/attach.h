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
#include "overload.h"

struct seq_file;
struct ktr_event;

/* Why an event did not reach its handler. */
enum ktr_skip {
	KTR_SKIP_REENTRY,	/* a handler of the same level was running on this CPU */
	KTR_SKIP_NO_CONTEXT,	/* the CPU came online without memory for its contexts */
	KTR_SKIP_STACK,		/* the interrupted task has too little stack left */
	KTR_SKIP_NO_NODE,	/* no memory was free to note that a function's return is wanted */
	KTR_SKIP_NMI,		/* returns cannot be hooked in an NMI */
	KTR_SKIP_OVERLOAD,	/* handlers would take too much of the CPU's time */
	KTR_N_SKIPS
};

struct ktr_att_stats {
	struct ktr_leaf leaf;	/* first; hits: runs of the handler, before its filter */
	u64 skips[KTR_N_SKIPS];
	struct ktr_att_time time;
};

/*
 * A back end. attach, detach and release are called in that order. Detaching may concern some attachments only, while
 * events of the others go on. Between detach and release there is one grace period, and ktr_kprobe_sync() and its like are called
 * before it; after both no handler of what was detached runs any more.
 */
struct ktr_back_end {
	const char *name;
	/*
	 * Finds what the event means: the number of points, 0 when nothing matches, KTR_ERR after ktr_fail(), or
	 * KTR_EXIT when the script is to end meanwhile.
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
	/* The name as a constant that lives as long as the script, or NULL; a back end may have no such constants. */
	const struct ktr_str *(*probename_const)(struct ktr_ctx *c, struct ktr_event *ev);
	/* What the event's point gives to quick handlers; NULL: the kind runs none. */
	struct ktr_quick_point *(*quick_point)(struct ktr_event *ev);
	/* More lines of the status file. Context: process. */
	void (*show)(struct seq_file *m, const struct ktr_att *a);
};

enum ktr_reg_flag {
	KTR_REG_REMOVED,		/* no handler starts any more; the thread takes it down */
};

struct ktr_reg {
	struct list_head node;
	unsigned long flags;
	u32 handle;			/* 0: it was never in the list, or is out of it */
	const struct ktr_trace *trace;
	struct ktr_val func;		/* kept */
	void *owned;			/* memory of trace, when it was made at run time */
	unsigned long *seen;		/* while a pattern is resolved: fields of trace that some event has */
	u32 n_atts;
	struct ktr_att *atts;
};

struct ktr_att {
	/* what every event needs, together */
	struct ktr_att_stats __percpu *stats;
	/* with ktr_att_leaf(), for back ends that run leaves; NULL: the handler is none, or they are not to be had here */
	void (*run_leaf)(struct ktr_leaf *l);
	const struct ktr_trace *filter;	/* the trace, when it has a filter; one that nothing passes when removed */
	const struct ktr_val *func;
	const struct ktr_probe *probe;
	struct ktr_reg *reg;
	const struct ktr_back_end *back_end;
	void *points;			/* the back end's */
	u32 n_points;
	bool attached;
	bool disarmed;			/* it took too much of a CPU */
	const char *how;		/* variant of the back end for status, or NULL */
	char note[80];			/* what a pattern leaves out, for status; empty: nothing */
};

#define KTR_EVENT_BYTES 256	/* of arrays, all together */

/* The event that a handler sees; each context of an event level has one. */
struct ktr_event {
	struct ktr_att *att;
	/* for stacks; every hook sets all of them */
	struct pt_regs *regs;		/* all registers of the probed code, or NULL: then */
	const struct pt_regs *entry;	/* those of a function's entry, of which sp and bp are there; NULL: not known */
	unsigned long frame;		/* stack address below which everything is the tracer's */
	unsigned long ip;		/* the probed address: instead of that in regs, or before what is found there */
	unsigned long iterator;		/* function that calls a tracepoint's probes, 0: none */
	/* the back end's */
	const void *point;
	const void *data;
	unsigned long word[3];
	/* where the hook itself takes the event's values, see typed.h */
	struct ktr_raw raw;
	u8 bytes[KTR_EVENT_BYTES] __aligned(8);
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
u32 ktr_attach_count(void);			/* registrations */
/* Takes down what was removed. Context: the script's thread, outside of handlers. */
void ktr_attach_reap(void);
bool ktr_attach_reap_wanted(void);
/* A name that stands for something in every event, unless the event has a field of its own of that name. */
bool ktr_is_generic_field(const char *name);
int ktr_attach_all(struct ktr_ctx *c);		/* 0 or KTR_ERR, everything detached again */
void ktr_detach_all(void);			/* returns when no handler runs any more */
const struct ktr_val *ktr_end_handler(void);	/* NULL: the script has no trace_end */
void ktr_attach_show(struct seq_file *m);
/* An attachment's lines in the status file. Context: process, while it cannot go. */
void ktr_att_show(struct seq_file *m, const struct ktr_att *a);

/* ---- too much of a CPU. Context: the script's thread --------------------------------------------------------- */

/* What handlers took on all CPUs, in nanoseconds. */
struct ktr_att_sum {
	u64 hits;
	u64 all;
	u64 each;		/* on average */
	u64 worst;
};
void ktr_att_sum(const struct ktr_att *a, struct ktr_att_sum *sum);
/* The attached event, ticks excepted, that has most weight on a CPU; NULL: none has any. */
struct ktr_att *ktr_attach_worst(u64 (*weight)(const struct ktr_att *a, unsigned int cpu), unsigned int cpu);
/* Detaches it; when this returns none of its handlers runs. */
void ktr_attach_disarm(struct ktr_att *a);
/* Whether there are attached events besides ticks. */
bool ktr_attach_armed(void);
/* Whether there are handlers that run without a context. */
bool ktr_attach_any_leaf(void);

/* The error of a back end that cannot attach an event; rc is the kernel's errno. Returns KTR_ERR. */
int ktr_attach_failed(struct ktr_ctx *c, const struct ktr_att *a, const char *what, int rc);

/*
 * For each event that an attachment means: whether it has the fields that the handler names. An event given by its name
 * must have them; of a pattern's events at least one. 0, or KTR_ERR after ktr_fail().
 */
int ktr_att_fields(struct ktr_ctx *c, struct ktr_att *a, const char *system, const char *name,
		   bool (*has)(const void *event, u32 id), const void *event);

/*
 * Whether the event may lack a field that its handler names, which is nil then: others of a pattern may have it. Not so the fields that
 * every event has, and where there are no others: a pattern that one event fits is as good as its name. Context: any.
 */
bool ktr_att_may_lack(const struct ktr_att *a, u32 field);

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

/*
 * Whether an event at a level would be taken now, for hooks that prepare one; if it is the guard that would not, that is
 * counted. Context: any, preemption off.
 */
static __always_inline bool ktr_event_wanted(struct ktr_att *a, unsigned int level)
{
	return likely(!this_cpu_read(ktr_guard.all)) || ktr_guard_passes(a, level);
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
	struct ktr_timing t;
	int rc = 1;

	ev->att = a;
	this_cpu_inc(a->stats->leaf.hits);
	ktr_load_begin(&t);
	ktr_ctx_begin(x, ev);
	if (a->filter)
		rc = ktr_run_filter(x, a->filter, a->func);
	if (rc > 0)
		rc = ktr_run(x, a->func);
	ktr_life_outcome(x, rc);
	ktr_ctx_end(x);
	ktr_load_end(a, t.start, t.spent);
}

/*
 * The same for leaves, which need no context, so its absence is no reason to skip: the guard is not zero. Leaves ask by
 * themselves, for the level of the context they are called in. Context: any, preemption off.
 */
bool ktr_leaf_passes(struct ktr_att *a, unsigned int level);

/* What its leaf is given. */
static __always_inline struct ktr_leaf *ktr_att_leaf(const struct ktr_att *a)
{
	return (struct ktr_leaf __force *)&a->stats->leaf;
}

/* Runs the attachment's leaf on an event of that level, whatever the hook's own context is. Preemption is off. */
static __always_inline void ktr_leaf_run_at(struct ktr_att *a, unsigned int level)
{
	if (likely(!this_cpu_read(ktr_guard.all)) || ktr_leaf_passes(a, level))
		a->run_leaf(ktr_att_leaf(a));
}

/*
 * One of the script's leaves or quick handlers by its name; of the runtime, and never called, where the script has none. An
 * indirect call takes several times as much as comparing the address and calling by name, where returns are guarded most of all.
 */
void ktg_hot_run(void *arg, const void *ev);

/* The trace's handler as a quick one, NULL: it is none, or they are not to be had here. */
static inline const struct ktr_quick *ktr_att_quick(const struct ktr_att *a)
{
	return IS_ENABLED(KTR_HAVE_LEAVES) ? a->reg->trace->quick : NULL;
}

/*
 * Makes what a point gives to the trace's quick handler. where() tells how many bytes into the event a value lies that
 * the handler uses, negative: it is not there, or of another kind (enum ktr_raw_kind). True: the handler can be run as a
 * quick one; deliver() delivers the event in the ordinary way. name: probename. Context: process.
 */
bool ktr_quick_prepare(struct ktr_quick_point *q, struct ktr_att *a,
		       void (*deliver)(struct ktr_quick_point *q, const void *ev),
		       int (*where)(const void *point, u32 slot, u32 kind), const void *point, const char *name);
/* Before the memory of a point goes, or it is prepared again. Context: process. */
void ktr_quick_release(struct ktr_quick_point *q);

/* ---- the back ends ------------------------------------------------------------------------------------------ */

extern const struct ktr_back_end ktr_be_tracepoint;
extern const struct ktr_back_end ktr_be_syscall;
extern const struct ktr_back_end ktr_be_ftrace;
extern const struct ktr_back_end ktr_be_kprobe;
extern const struct ktr_back_end ktr_be_rethook;
extern const struct ktr_back_end ktr_be_kretprobe;
extern const struct ktr_back_end ktr_be_uprobe;
extern const struct ktr_back_end ktr_be_sdt;
extern const struct ktr_back_end ktr_be_tick;
extern const struct ktr_back_end ktr_be_profile;

/*
 * After detaching: no handler of such a probe runs any more. The kernel waits for a grace period in each of its calls that take probes
 * away, so that many go at a time. Context: the script's thread.
 */
#define KTR_UNREGISTER_BATCH 64
void ktr_uprobe_sync(void);
void ktr_kprobe_sync(void);
void ktr_kretprobe_sync(void);
/* The event is at the entry of a user function: where it was called from. False: it is not, or that cannot be read. */
bool ktr_uprobe_caller(const struct ktr_event *ev, unsigned long *addr);

/* A tick's handler. Context: the script's thread. */
void ktr_life_run(struct ktr_att *a);

/* attach_tick.c: run by the script's thread. Times are of the monotonic clock. */
void ktr_ticks_start(void);
bool ktr_ticks_any(void);
u64 ktr_ticks_run(void);	/* runs what is due; when the next one is, 0: there is none */

#endif
