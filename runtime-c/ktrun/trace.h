/* SPDX-License-Identifier: GPL-2.0 */
/* The running trace: from "start" until the script has ended and everything is printed. */
#ifndef KTRUN_TRACE_H
#define KTRUN_TRACE_H

#include "control.h"
#include "identity.h"
#include "module.h"
#include "options.h"
#include "output.h"
#include "resolver.h"
#include "streams.h"
#include "workload.h"

struct kt_trace {
	const struct kt_options *opt;
	const struct kt_module *module;
	const struct kt_identity *who;
	struct kt_workload *work;
	struct kt_output *out;
	struct kt_control ctl;
	struct kt_resolver resolver;
	struct kt_streams streams;
	unsigned long long deadline;	/* of --timeout; 0: none */
	unsigned long long next_look;	/* for new CPUs */
	bool announced;
	bool stopping;			/* "stop" was written */
	bool failed;			/* ktrun could not do its part: the exit status says so */
};

/*
 * Runs the loaded module's script to its end and prints its output. Returns the exit status; messages were printed.
 * The module's files are closed then.
 */
int kt_trace_run(struct kt_trace *t);

#endif
