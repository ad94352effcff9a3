/* SPDX-License-Identifier: GPL-2.0 */
/* Signals as something to poll: requests to stop, and children that ended. */
#ifndef KTRUN_SIGNALS_H
#define KTRUN_SIGNALS_H

/* Catches SIGINT, SIGTERM, SIGHUP (unless it is ignored, as by nohup) and SIGCHLD; ignores SIGPIPE. 0 or -1. */
int kt_signals_init(void);
/* Back to how a new program expects them. For a child before exec. */
void kt_signals_reset(void);
/* Readable when a signal has come. */
int kt_signals_fd(void);
/* Makes the descriptor quiet again. */
void kt_signals_drain(void);
/* Requests to stop so far. */
unsigned int kt_signals_stops(void);

/* Holds signals back around a call that must not be interrupted. */
void kt_signals_block(void);
void kt_signals_unblock(void);

#endif
