/* SPDX-License-Identifier: GPL-2.0 */
/* The command after "--": a child that waits until tracing has begun, then becomes the command. It keeps its own privileges. */
#ifndef KTRUN_WORKLOAD_H
#define KTRUN_WORKLOAD_H

#include <stdbool.h>
#include <sys/types.h>

#include "identity.h"

struct kt_workload {
	pid_t pid;	/* 0: none, or reaped */
	int go;		/* a byte written here lets it go; closing it without makes it end */
	int result;	/* receives errno when the command cannot be run; -1: the answer has come */
	bool started;
};

/* command: NULL for none; it runs as `who`, which the child is from now on. 0, or -1 after a message. */
int kt_workload_fork(struct kt_workload *w, char **command, const struct kt_identity *who);
/* Runs the command. Once. */
void kt_workload_go(struct kt_workload *w);
/*
 * To be called when `result` is readable: 0 when the command was executed (or there is nothing to say yet), else its
 * errno.
 */
int kt_workload_result(struct kt_workload *w);
/* True when it has ended; it is reaped then. */
bool kt_workload_ended(struct kt_workload *w);
/* Ends it: asks, then forces. */
void kt_workload_end(struct kt_workload *w);

#endif
