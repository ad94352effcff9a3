/* SPDX-License-Identifier: GPL-2.0 */
/* Reads the text of a module's status file (see ktr_wire.h). */
#ifndef KTRUN_STATUS_H
#define KTRUN_STATUS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kt_status {
	char state[16];	/* "" when the line is missing */
	int exit;	/* -1 likewise */
	int owner;	/* 0, 1; -1 likewise */
};

void kt_status_parse(struct kt_status *st, const char *text);

/*
 * Steps through the causes of loss: *at begins at the status text and is moved on; *what is a text of *len bytes. False
 * when there is no further one.
 */
bool kt_status_next_lost(const char **at, unsigned long long *n, const char **what, int *len);

#ifdef __cplusplus
}
#endif

#endif
