/* SPDX-License-Identifier: GPL-2.0 */
/*
 * home.h - what the files of the user-space home share.
 *
 * A script linked with this library is a program that plays a list of events into its handlers, with a fake clock, fake
 * CPUs, tasks, symbols and memory, so that a run depends on nothing but its inputs. README.md describes the event list.
 */
#ifndef KTR_USER_HOME_H
#define KTR_USER_HOME_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ctx.h"

#define MAX_CPUS 64u
#define N_EVENT_LEVELS ((u32)KTR_LEVEL_THREAD)	/* levels that events can have */

/* ---- options (options.c) ------------------------------------------------------------------------------------ */

struct options {
	const char *events;	/* file of the event list, NULL: none */
	u32 cpus;
	u32 threads;		/* > 0: CPUs are threads, the list is played by all of them at once */
	u32 repeat;		/* times that each thread plays the list */
	s64 pid, cpu;		/* filters; 0 and -1: none */
	bool continue_on_error;
	bool show_stats;	/* what could not be done goes to stderr at the end */
	u64 mem_limit, mem_reserve;
	u32 table_max;
	u32 n_args;
	char **args;
};

extern struct options opt;

void parse_options(int argc, char **argv);

void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
void *need(void *p);			/* p, or the end of the program: out of memory */
char *copy_text(const char *s, size_t n);

/* ---- the event list (event_list.c) -------------------------------------------------------------------------- */

struct task {
	s64 pid, tid, uid;
	char comm[16];
	bool iowait;
};

struct field {
	char *name;
	struct ktr_str *text;	/* NULL: a number, or */
	s64 *list;		/* an array: n_list numbers; NULL: a number */
	u32 n_list;
	s64 num;
};

enum line_kind { LINE_EVENT, LINE_TICK, LINE_EXIT };

/* One line of the list. */
struct line {
	enum line_kind kind;
	u32 number;		/* in the file */
	s64 tick_ms;

	char *system;		/* "sched", "probe", "sdt" */
	char *name;		/* what follows the first colon */
	char *full;		/* both */
	char *probename;
	struct task task;
	u32 cpu;
	u16 level;
	bool nested;		/* happens while the handlers of the event before it run */
	u32 n_fields;
	struct field *fields;
	char *argstr;		/* NULL: made from the fields */
	u32 n_stack, n_ustack;
	u64 *stack, *ustack;
};

struct line_list {
	u32 n, cap;
	struct line *lines;
};

extern struct line_list events;

void read_events(const char *file);
void free_events(void);
/* The number of a text: decimal, 0x..., or the name of a symbol. */
bool parse_number(const char *s, s64 *out);
/* "text" with the usual escapes; *end is what follows. NULL: not closed. */
char *parse_quoted(const char *s, const char **end);

/* The event that a handler sees: c->ev. */
struct ktr_event {
	const struct line *line;
	const struct ktr_probe *probe;	/* the definition that matched: it may name fetch arguments */
};

/* ---- registrations (attach.c) ------------------------------------------------------------------------------- */

struct reg {
	const struct ktr_trace *trace;
	struct ktr_val func;	/* owned */
	void *owned;		/* memory of trace, when it was made at run time */
	bool removed;
	s64 next_ns;		/* timers: when it fires next */
};

extern u32 n_regs;
extern struct reg *regs;
extern struct ktr_val end_handler;	/* nil: none */
extern bool starting;			/* the main chunk runs: events can be added */

/* A pattern that this event fits, and another one too. */
bool means_others_too(const struct ktr_probe *p, const struct line *l);
/* The definition of r that the event matches, or NULL. */
const struct ktr_probe *reg_matches(const struct reg *r, const struct line *l);
/* The interval of a timer, 0: r is none. */
s64 reg_interval(const struct reg *r, bool *profile);
/* Gives back what removed registrations hold. No handler may be running. */
void reap_removed(void);
bool nothing_registered(void);
void free_registrations(void);
bool is_generic_field(const char *name);	/* port.c: comm and the like, which every event has */
bool is_well_known(const struct ktr_probe *p);	/* well_known.c */
bool matches_name(const struct ktr_probe *p, const char *system, const char *name);

/* ---- playing (play.c, threads.c) ---------------------------------------------------------------------------- */

/* A context and what its home knows about it. */
struct home_ctx {
	struct ktr_ictx x;	/* must be first */
	const struct task *task;
	bool busy;
};

extern bool ended;		/* exit() or an error: no handler starts any more */
extern bool failed;		/* a run-time error ended the script */
extern struct task own_task;

void make_contexts(void);
void free_contexts(void);
struct home_ctx *thread_ctx(void);
/* Runs f; reports errors. True when the script has to end. */
bool run_handler(struct home_ctx *h, const struct task *task, struct ktr_event *ev, const struct ktr_trace *t,
		 const struct ktr_val *f, bool is_main);
void play_all(void);
/* Delivers one event on a CPU (its own, or the thread's in threaded mode). */
void deliver(const struct line *l, u32 cpu);
/* The events that are nested in the one being delivered happen now. Called by output. */
void play_nested(void);
void play_in_threads(void);

/* ---- clock, memory, symbols (port.c, world.c) ---------------------------------------------------------------- */

extern u64 mono_ns;
extern FILE *script_out;		/* where output goes; NULL: stdout */
extern bool refill_wanted;

void refill_if_wanted(void);
void world_init(void);
void world_free(void);
u64 world_symbol(const char *name);	/* 0: unknown */
void world_add_symbol(const char *name, u64 addr, u64 size);
void world_add_memory(u64 addr, const void *bytes, size_t n);
bool world_has_symbol_like(const char *glob);

#endif
