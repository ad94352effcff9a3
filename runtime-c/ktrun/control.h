/* SPDX-License-Identifier: GPL-2.0 */
/* The control file of a loaded module (see ktr_wire.h). */
#ifndef KTRUN_CONTROL_H
#define KTRUN_CONTROL_H

#ifdef __cplusplus
extern "C" {
#endif

enum kt_state {
	KT_STATE_HELD,
	KT_STATE_STARTING,
	KT_STATE_RUNNING,
	KT_STATE_ENDING,
	KT_STATE_ENDED,
	KT_STATE_GONE,		/* the module was unloaded by somebody else */
};

struct kt_control {
	int fd;
	int exit;	/* status of the script so far */
};

/* Opens it and becomes the owner. 0, or -1 after a message. */
int kt_control_open(struct kt_control *c, const char *dir);
void kt_control_close(struct kt_control *c);

/* The state now; updates exit. Polling the descriptor tells when it has changed. */
enum kt_state kt_control_state(struct kt_control *c);
/* "start" or "stop". 0, or -errno. */
int kt_control_write(struct kt_control *c, const char *command);

/* Parses "<state> <exit>"; KT_STATE_GONE when it is something else. */
enum kt_state kt_parse_state(const char *line, int *exit);

#ifdef __cplusplus
}
#endif

#endif
