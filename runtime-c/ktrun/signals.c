// SPDX-License-Identifier: GPL-2.0
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP };
#define N_STOP_SIGNALS (sizeof(stop_signals) / sizeof(stop_signals[0]))

static int pipe_fds[2] = { -1, -1 };
static volatile sig_atomic_t stops;
static struct sigaction old_actions[N_STOP_SIGNALS];

static void on_signal(int number)
{
	int saved = errno;
	ssize_t n;

	if (number != SIGCHLD)
		stops++;
	n = write(pipe_fds[1], "", 1);	/* a full pipe is readable enough */
	(void)n;
	errno = saved;
}

int kt_signals_init(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	if (pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK))
		return -1;
	/* no SA_RESTART: a write to a stuck terminal or pipe gives way to a request to stop */
	for (size_t i = 0; i < N_STOP_SIGNALS; i++) {
		sigaction(stop_signals[i], NULL, &old_actions[i]);
		if (stop_signals[i] != SIGHUP || old_actions[i].sa_handler != SIG_IGN)
			sigaction(stop_signals[i], &action, NULL);
	}
	action.sa_flags = SA_RESTART | SA_NOCLDSTOP;
	sigaction(SIGCHLD, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);	/* a limit of file size is an error of writing like a full disk */
	return 0;
}

void kt_signals_reset(void)
{
	for (size_t i = 0; i < N_STOP_SIGNALS; i++)
		sigaction(stop_signals[i], &old_actions[i], NULL);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
}

int kt_signals_fd(void)
{
	return pipe_fds[0];
}

void kt_signals_drain(void)
{
	char bytes[64];

	while (read(pipe_fds[0], bytes, sizeof(bytes)) > 0)
		;
}

unsigned int kt_signals_stops(void)
{
	return (unsigned int)stops;
}

static void set_mask(int how)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < N_STOP_SIGNALS; i++)
		sigaddset(&set, stop_signals[i]);
	sigaddset(&set, SIGCHLD);
	sigprocmask(how, &set, NULL);
}

void kt_signals_block(void)
{
	set_mask(SIG_BLOCK);
}

void kt_signals_unblock(void)
{
	set_mask(SIG_UNBLOCK);
}
