/* SPDX-License-Identifier: GPL-2.0 */
/* Answers what the module asks about user programs: the file resolve of ktr_wire.h. */
#ifndef KTRUN_RESOLVER_H
#define KTRUN_RESOLVER_H

#include "ke_sites.h"

#ifdef __cplusplus
extern "C" {
#endif

struct kt_resolver {
	int fd;			/* -1: the module asks nothing */
};

/* 0, or -1 after a message. */
int kt_resolver_open(struct kt_resolver *r, const char *dir);
void kt_resolver_close(struct kt_resolver *r);
/* Answers the question that is there, if there is one. Failures are told to the module, or are its business. */
void kt_resolver_serve(struct kt_resolver *r);

/* A question; the strings lie in `line`, which was changed. */
struct kt_question {
	unsigned long seq;
	struct ke_query query;
	const char *written;	/* another path for the query's */
};

/* 0, or -1: it is not of the form of ktr_wire.h. */
int kt_parse_question(struct kt_question *q, char *line);
/* The line for a site, with its newline, allocated; NULL without memory. */
char *kt_site_line(unsigned long seq, const struct ktr_site *site);

#ifdef __cplusplus
}
#endif

#endif
