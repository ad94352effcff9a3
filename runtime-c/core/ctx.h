/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ctx.h - the core as its homes (runtime-c/kernel, runtime-c/user) see it; not for emitted code.
 *
 * Life of a script, as a home drives it (all process context unless said otherwise):
 *
 *   ktr_core_init()                      memory reserve, counters
 *   ktr_ctx_init() per context           one per CPU and level that events can reach, one for the script's own thread
 *   begin, ktr_run_main(), end           on the thread's context
 *   begin, ktr_run(), end                per event, any context; per tick, on the thread's context
 *   ktr_mem_refill()                     whenever ktr_port_kick() was called
 *   begin, ktr_run() of trace_end, end
 *   ktr_core_exit()                      when nothing can run any more: frees everything
 *
 * Around one handler run:
 *
 *   ktr_ctx_begin(x, ev);
 *   rc = ktr_run_filter(x, trace, &func);            only when ktr_has_filter(trace): 1 run it, 0 do not, negative
 *   if (rc > 0)
 *           rc = ktr_run(x, &func);
 *   if (rc == KTR_ERR)                               ktr_error_text() while still between begin and end
 *           ...
 *   ktr_ctx_end(x);
 *
 * Context: any, unless a function says otherwise.
 */
#ifndef KTR_CTX_H
#define KTR_CTX_H

#include "ktr_limits.h"
#include "ktr_port.h"

/* ---- limits (limits.c) -------------------------------------------------------------------------------------- */

#define KTR_LIMIT_NOT_SET (-0x7fffffffffffffffll - 1)

struct ktr_limit_row {
	const char *name;
	s64 def, least, most;
};
extern const struct ktr_limit_row ktr_limit_rows[KTR_N_LIMITS];

/* By enum ktr_limit_id. A home sets those that it was given, before anything else. */
extern s64 ktr_limits[KTR_N_LIMITS];
/* The others get the script's own defaults, or ours. Context: process, before anything else. */
void ktr_limits_settle(void);
/* The first whose value is not allowed; negative: none. */
int ktr_limits_wrong(void);

/* ---- what could not be done, by cause ----------------------------------------------------------------------- */

/* X(name, key in the status file, text of the summary) */
#define KTR_STAT_LIST(X) \
	X(REENTRY, "reentered", "events skipped: a handler of the same level was running on the CPU") \
	X(NMI_LOCK, "nmi_lock", "operations skipped in NMI: lock taken") \
	X(RING_FULL, "ring_full", "records dropped: output buffer full") \
	X(TABLE_FULL, "table_full", "table stores dropped: table at its limit of elements") \
	X(NO_MEMORY, "no_memory", "stores dropped: the script's memory is used up (memory_kb)") \
	X(LATE_MEMORY, "late_memory", "stores dropped: memory did not come in time (reserve_kb)") \
	X(FAULT, "faults", "faulting reads") \
	X(STR_TRUNC, "strings_cut", "strings cut at the limit of their length") \
	X(OUT_TRUNC, "outputs_cut", "outputs cut: longer than the output buffer") \
	X(MISSED_TICK, "missed_ticks", "timer ticks missed") \
	X(RETPROBE_MISSED, "retprobe_missed", "returns missed: no free instance") \
	X(OUT_RATE, "output_rate", "records dropped: more output than the limit (output_kb)") \
	X(STACK, "stack", "events skipped: the stack of the interrupted task is nearly used up") \
	X(NO_CONTEXT, "no_context", "events skipped: no memory for the CPU") \
	X(OVERLOAD, "overload", "events skipped: overload") \
	X(DISARMED, "disarmed", "probes disarmed: their handlers took too much of a CPU (overload)") \
	X(NOT_FOLLOWED, "not_followed", "processes not followed: too many children of the target at once") \
	X(HANDLER_ERROR, "handler_errors", "handlers ended by a run-time error")

enum ktr_stat {
#define KTR__STAT_ENUM(name, key, text) KTR_STAT_##name,
	KTR_STAT_LIST(KTR__STAT_ENUM)
#undef KTR__STAT_ENUM
	KTR_N_STATS
};

extern unsigned long ktr_stats[KTR_N_STATS];
extern const char *const ktr_stat_keys[KTR_N_STATS];
extern const char *const ktr_stat_texts[KTR_N_STATS];

static inline void ktr_count_n(enum ktr_stat s, unsigned long n)
{
	__atomic_fetch_add(&ktr_stats[s], n, __ATOMIC_RELAXED);
}

static inline void ktr_count(enum ktr_stat s)
{
	ktr_count_n(s, 1);
}

static inline unsigned long ktr_stat_get(enum ktr_stat s)
{
	return __atomic_load_n(&ktr_stats[s], __ATOMIC_RELAXED);
}

/* ---- the context -------------------------------------------------------------------------------------------- */

/* Sizes of a context. Zero members get the defaults below (those of an event handler). */
struct ktr_ctx_cfg {
	u16 level;		/* enum ktr_level */
	u16 cpu;
	u32 n_slots;		/* slot stack, values; default KTR_DEF_SLOTS */
	u32 scratch_bytes;	/* one half of the scratch memory; default KTR_DEF_SCRATCH */
	u32 out_bytes;		/* longest output of one print or printf; default KTR_DEF_OUT */
	u32 stack_budget;	/* bytes of C stack that script functions may use below ktr_ctx_begin(); what the runtime
				 * needs below them (KTR_STACK_HEADROOM) has to be there in addition */
	s64 *shard;		/* ktr_ctx.shard */
};

#define KTR_DEF_SCRATCH 16384u
#define KTR_CUT_ROOM 16u	/* behind the output, for the mark of a cut */
#define KTR_AUTO_SPARE 16u
/* Bytes of a context's memory; scratch is at least 32 bytes a slot. */
#define KTR_CTX_BYTES(slots, scratch, out) \
	((slots) * sizeof(struct ktr_val) + 2ul * (scratch) + ((slots) + KTR_AUTO_SPARE) * sizeof(void *) + \
	 KTR_OUT_HEADROOM + (out) + KTR_CUT_ROOM)
#define KTR_STACK_HEADROOM 2048u
#define KTR_ERR_MAX 320u	/* longest run-time error message */
#define KTR_SLICE 4096		/* iterations and calls between two looks at the limits */

/* Why a run that returned KTR_EXIT ended. */
enum ktr_end {
	KTR_END_NONE,
	KTR_END_EXIT,		/* exit(), or the script is being ended */
	KTR_END_SKIP		/* just this handler: a lock was not to be had in NMI */
};

struct ktr_obj;

/* Everything below pub is the core's; homes use the functions. */
struct ktr_ictx {
	struct ktr_ctx pub;	/* must be first */

	/* reset by ktr_ctx_begin() */
	char *scratch;		/* next free byte of the current half */
	u32 end;		/* enum ktr_end */
	u16 loops_sliced;	/* the first slice is used up, the members of `loops` are in use */
	u16 calls_sliced;

	/* the later slices of a run's budgets */
	struct ktr_slices {
		s64 done;	/* finished slices, in iterations */
		s64 cur;	/* length of the running one */
	} loops, calls;
	u32 n_auto;		/* objects in autos[]; 0 between runs */

	/* constant after ktr_ctx_init() */
	s64 loop_slice;
	s64 call_slice;
	unsigned long stack_budget;
	struct ktr_val *slots;	/* base of the slot stack */
	char *half;		/* base of the current half of the scratch memory */
	char *scratch_end;	/* its end */
	char *other;		/* base of the other half */
	u32 scratch_bytes;	/* of one half */
	u32 max_auto;
	struct ktr_obj **autos;	/* references held for the slots, see core/README.md */
	char *out;		/* KTR_OUT_HEADROOM bytes, then the payload */
	u32 out_max;

	/* output */
	u32 out_len;
	u32 out_cut;		/* the record under construction lost bytes */

	/* a noted tail call: function and arguments lie at the high end of the slot stack */
	u32 n_tail;

	char err[KTR_ERR_MAX];	/* message of the error, NUL-terminated */
};

static inline struct ktr_ictx *ktr__ictx(struct ktr_ctx *c)
{
	return (struct ktr_ictx *)c;
}

/* Bytes of memory (8-aligned, need not be zeroed) that ktr_ctx_init() wants for this configuration. */
unsigned long ktr_ctx_bytes(const struct ktr_ctx_cfg *cfg);
/* memory stays the caller's and must live as long as the context. Context: process. */
void ktr_ctx_init(struct ktr_ictx *x, void *memory, const struct ktr_ctx_cfg *cfg);
/* Takes over changed loop limits (ktr_port_loop_limit()); the context must not be running. */
void ktr_ctx_set_limits(struct ktr_ictx *x);

void ktr__auto_release(struct ktr_ictx *x);

/* Process context has something to do. Told to the home only where core holds no lock: telling runs foreign code. */
extern u32 ktr__kick_wanted;
void ktr__kick(void);

/* Opens a run: empty slots and scratch memory, fresh budgets, no error. ev: the event, or NULL. */
static inline void ktr_ctx_begin(struct ktr_ictx *x, struct ktr_event *ev)
{
	x->pub.loops = x->loop_slice;
	x->pub.calls = x->call_slice;
	x->pub.top = x->slots;
	x->pub.stack_limit = (unsigned long)__builtin_frame_address(0) - x->stack_budget;
	x->pub.pos = 0;
	x->pub.rc = 0;
	x->pub.ev = ev;
	x->scratch = x->half;
	x->end = KTR_END_NONE;
	x->loops_sliced = 0;
	x->calls_sliced = 0;
}

/* Closes a run: drops the references that its slots held. */
static inline void ktr_ctx_end(struct ktr_ictx *x)
{
	x->pub.ev = (struct ktr_event *)0;
	if (x->n_auto)
		ktr__auto_release(x);
	if (ktr_unlikely(__atomic_load_n(&ktr__kick_wanted, __ATOMIC_RELAXED)))
		ktr__kick();
}

/* ---- running script code ------------------------------------------------------------------------------------ */

/*
 * Runs a function value without arguments, results dropped. KTR_OK (also when the handler was skipped, which is counted),
 * KTR_ERR (message recorded) or KTR_EXIT (the script is to be ended, trace_end runs).
 */
int ktr_run(struct ktr_ictx *x, const struct ktr_val *f);
/* The main chunk. Context: process. */
int ktr_run_main(struct ktr_ictx *x);
/* The filter of a trace: 1 pass, 0 no (also when skipped), KTR_ERR or KTR_EXIT. */
static inline bool ktr_has_filter(const struct ktr_trace *t)
{
	return t->filter || t->made;
}
int ktr_run_filter(struct ktr_ictx *x, const struct ktr_trace *t, const struct ktr_val *f);

/* ---- errors ------------------------------------------------------------------------------------------------- */

/*
 * Records a run-time error and returns KTR_ERR. fmt knows %s %d (s64!) %u (u32) %c %%. The first error of a run wins.
 * The text has neither prefix nor newline.
 */
int ktr_fail(struct ktr_ctx *c, const char *fmt, ...);
/* Ends just the running handler, counted under s; returns the code to unwind with. */
int ktr_skip(struct ktr_ctx *c, enum ktr_stat s);
/* Ends the script in order, as exit() does; returns KTR_EXIT. */
int ktr_exit(struct ktr_ctx *c);
/* "FILE:LINE: error: MESSAGE\n" of the recorded error; its length, at most size - 1; NUL-terminated. */
u32 ktr_error_text(struct ktr_ictx *x, char *buf, u32 size);
/* The tiny formatter behind ktr_fail(); returns the length (cut at size - 1), NUL-terminated. */
u32 ktr_format(char *buf, u32 size, const char *fmt, ...);

/* ---- making values (out is a slot or any value that is used before the next collection) ----------------------- */

/* A string with a copy of the bytes; cut at the string limit (counted). May collect; s must not be scratch memory. */
int ktr_str_new(struct ktr_ctx *c, struct ktr_val *out, const char *s, u32 len);
/* A string of len bytes to be filled in by the caller at once; NULL: error recorded. May collect. */
char *ktr_str_alloc(struct ktr_ctx *c, struct ktr_val *out, u32 len);
/* Cuts the string just made by ktr_str_alloc() to len bytes. */
void ktr_str_cut(struct ktr_val *out, u32 len);
/*
 * A tuple of n integers, which lie at p with `size` bytes each (1, 2, 4, 8), in this machine's order and in any
 * alignment. Those that do not fit into the string limit are cut off, counted. May collect; p must not be scratch memory.
 */
int ktr_tuple_of_ints(struct ktr_ctx *c, struct ktr_val *out, const void *p, u32 n, u32 size, bool is_signed);
/* A constant: s lives as long as the script. Its hash should be computed (ktr_hash_bytes()). */
static inline void ktr_set_const(struct ktr_val *out, const struct ktr_str *s)
{
	out->type = KTR_STR;
	out->flags = KTR_VF_CONST;
	out->s = s;
}

static inline void ktr_set_kip(struct ktr_val *out, u64 addr)
{
	out->type = KTR_KIP;
	out->flags = 0;
	out->i = (s64)addr;
}

/* Longest string, bytes. Set before scripts run; default 4096. */
extern unsigned int ktr_str_max;

/*
 * An owned copy of a value (string bytes copied, objects counted), for what homes keep, such as handlers. 0, or
 * KTR_ERR without memory. ktr_val_drop() gives it back; c may be NULL there.
 */
int ktr_val_keep(struct ktr_ctx *c, struct ktr_val *dst, const struct ktr_val *src);
void ktr_val_drop(struct ktr_ctx *c, struct ktr_val *v);

/* Glob over whole strings: * ? [abc] [a-z] [!abc] \x. A malformed pattern matches nothing. */
bool ktr_glob_match(const char *pattern, u32 np, const char *s, u32 ns);

/* Hands `want` results to the caller of a ktr_lib_code (registration functions of the homes need it). */
int ktr_lib_return(struct ktr_ctx *c, const struct ktr_val *vals, u32 n, struct ktr_val *ret, int want);
/* Argument n (from 1) or an error: missing "bad argument #N: (no value)", wrong type "wrong type of argument N". */
int ktr_lib_int(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, u32 n, s64 *out);
int ktr_lib_str(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, u32 n, const struct ktr_str **out);
int ktr_lib_func(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, u32 n);	/* FUNC or LIB */

/* ---- events given as text at run time ------------------------------------------------------------------------ */

/* "2s", "10 ms", "99hz" in nanoseconds, at least min; fails with "cannot parse timer interval: TEXT" and the like. */
int ktr_parse_interval(struct ktr_ctx *c, const struct ktr_str *text, s64 min, s64 *ns);
/*
 * A trace as a statement has it, from the text of its events, with fetch arguments and filter; NULL: error recorded.
 * prefix stands in front of the text: "", "probe:". It is one piece of memory, for ktr_port_free(). Context: process, main chunk.
 */
struct ktr_trace *ktr_trace_from_text(struct ktr_ctx *c, const char *prefix, const struct ktr_str *text);
/* The same of one event that is a plain name: a tracepoint of any system, a function, the text of a timer. */
struct ktr_trace *ktr_trace_of_name(struct ktr_ctx *c, u16 kind, const struct ktr_str *name);
/* The probes of a trace that was made at run time. */
static inline struct ktr_probe *ktr_made_probe(struct ktr_trace *t)
{
	return (struct ktr_probe *)t->probes;
}

/* What a home has for them, besides ktr_register() and its like. */

/* ktr_register() of a trace that was made here, `owned`, which it takes over also when it fails. */
int ktr_register_owned(struct ktr_ctx *c, const struct ktr_trace *t, const struct ktr_val *f, struct ktr_val *handle,
		       void *owned);
/* Fails unless the main chunk is running. */
int ktr_check_starting(struct ktr_ctx *c, const char *what);

/* Names of event fields by number, those of texts made at run time included. */
u32 ktr_n_fields(void);
const char *ktr_field_name(u32 id);
/* The number of a name, which is added when it is new; negative: error recorded. Context: process, main chunk. */
int ktr_field_id(struct ktr_ctx *c, const char *name, u32 len);

/* ---- quick handlers ------------------------------------------------------------------------------------------ */

/* Before the memory of a point goes; no handler uses it any more. Context: process. */
void ktr_quick_forget(struct ktr_quick_point *q);

/* ---- memory that outlives a run ----------------------------------------------------------------------------- */

struct ktr_mem_cfg {
	/* 0: the defaults of ktr_limits.h */
	u64 limit;		/* bytes taken from the home at most */
	u64 reserve;		/* bytes kept ready for handlers */
	u32 table_max;		/* entries of a table without a limit of its own */
};

struct ktr_mem_info {
	u64 limit;
	u64 reserve;		/* taken at load, and kept ready */
	u64 taken;		/* from the home */
	u64 used;		/* by tables, strings, closures */
	u64 dead;		/* objects waiting to be freed in pieces */
};

/* 0, or KTR_ERR: no memory for the reserve. Context: process. */
int ktr_core_init(const struct ktr_mem_cfg *cfg);
/* Name of the first backtick symbol that has no address, or NULL; loading is to be refused. After ktr_core_init(). */
const char *ktr_missing_symbol(void);
/* Forgets what cells hold, then frees all memory. No context may be running. Context: process. */
void ktr_core_exit(void);
/* A thread (ktr_port_task()) is about to be freed: it stores no more, and its number may be used again. Context: any but NMI. */
void ktr_own_task_gone(u64 task);

/*
 * Memory of cells that handlers add to without a lock, those of histograms among them: for each CPU, and what all have
 * together; now and at most.
 */
struct ktr_cells_info {
	u64 cpu, cpu_most;
	u64 all, all_most;
};
void ktr_cells_get_info(struct ktr_cells_info *info);

/* A table in a variable that functions share. */
struct ktr_table_info {
	const char *name;	/* of the variable */
	u32 n;			/* elements */
	u32 max;
	u32 n_full;		/* stores dropped because of that */
	u32 n_missed;		/* stores dropped because there was no memory */
};
/* The next such table from *at on (at first 0); false: there is none. Context: process. */
bool ktr_table_next(u32 *at, struct ktr_table_info *info);

/* Fills the reserve and frees dead objects. Context: process, may sleep. */
void ktr_mem_refill(void);
void ktr_mem_get_info(struct ktr_mem_info *info);

/* A block of at most KTR_MEM_MAX bytes, 16-aligned, not zeroed; NULL: counted. Sleeps only where the context may. */
#define KTR_MEM_MAX 8192u
void *ktr_mem_alloc(struct ktr_ctx *c, u32 bytes);
void ktr_mem_free(struct ktr_ctx *c, void *p, u32 bytes);

#endif
