/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KTRUN_OPTIONS_H
#define KTRUN_OPTIONS_H

#include <stdbool.h>

#include "output.h"

#ifdef __cplusplus
extern "C" {
#endif

#define KT_MAX_PARAMS 32

enum kt_children {
	KT_CHILDREN_DEFAULT,	/* those of a command, not those of -p */
	KT_CHILDREN_YES,
	KT_CHILDREN_NO,
};

struct kt_options {
	struct kt_style style;		/* -o, --rotate, -T, --json */
	int pid;			/* -p; 0: all */
	enum kt_children children;	/* --children, --no-children */
	bool self;			/* --self */
	int cpu;			/* -C; -1: all */
	const char *user;		/* --user: NAME|UID[:GROUP]; NULL: who called sudo */
	const char *group;		/* --group: those who read the output; NULL: ktrun does */
	const char *flamegraph;		/* --flamegraph: file for the picture; NULL: none */
	bool quiet;			/* -q */
	unsigned long long timeout_ns;	/* --timeout; 0: none */
	char *params[KT_MAX_PARAMS];	/* --param: NAME=VALUE */
	int n_params;
	const char *module;		/* the .ko file, or a bundle; then args begin with a script's name */
	char **args;			/* the script's arguments, NULL-terminated */
	char **command;			/* what stands after "--", NULL-terminated; NULL: nothing */
};

enum kt_parsed {
	KT_PARSED_RUN,		/* options are filled in */
	KT_PARSED_DONE,		/* --help or --version was asked for and answered */
	KT_PARSED_WRONG,	/* a message was printed */
};

/* Whether children of the traced process are traced. */
static inline bool kt_wants_children(const struct kt_options *o)
{
	return o->children == KT_CHILDREN_YES || (o->children == KT_CHILDREN_DEFAULT && o->command);
}

/* Parses the command line. argv is changed: "--" becomes the NULL at the end of args. May be called again. */
enum kt_parsed kt_parse_options(struct kt_options *o, int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
