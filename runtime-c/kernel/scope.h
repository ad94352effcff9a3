/* SPDX-License-Identifier: GPL-2.0 */
/* scope.h - whose events are delivered (scope.c), and the tracer's own tasks (self.c). */
#ifndef KTR_SCOPE_H
#define KTR_SCOPE_H

#include "home.h"

/* Finds the process of parameter pid and begins to follow its children. Context: process. */
int ktr_scope_init(void);
/* Follows no longer; afterwards no hook of it runs. Context: process. */
void ktr_scope_close(void);
void ktr_scope_exit(void);
bool ktr_scope_target_gone(void);
bool ktr_scope_loader_gone(void);		/* the process that loaded the module; false without hold=2. Context: any */
/* Whether events have to be looked at; otherwise all of them pass. */
bool ktr_scope_selects(void);
/* Whether an event on this CPU in the current task is to be delivered. Context: any, preemption off. */
bool ktr_scope_passes(void);

/*
 * The tracer's own tasks: while one of them is on a CPU, that CPU's context of task level is taken, so what it causes
 * finds no handler, and nobody else's events pay for it. Interrupts that hit it are delivered.
 * Where the kernel does not tell about a task's coming and going, the gate looks at every event instead.
 */
enum ktr_self {
	KTR_SELF_LOADER,	/* who writes "own" */
	KTR_SELF_THREAD,	/* the script's own thread */
	KTR_N_SELVES
};

/* The current task is one of the tracer. False: there is one already. Context: process. */
bool ktr_self_begin(enum ktr_self who);
/* It is none any more; when called by another task, not at once. Context: process. */
void ktr_self_end(enum ktr_self who);
/* After everything else of it; returns when no task is the tracer's. Context: process. */
void ktr_self_exit(void);
bool ktr_self_needs_gate(void);
/* True when the current task is the tracer's. Context: any, preemption off. */
bool ktr_self_running(void);

#endif
