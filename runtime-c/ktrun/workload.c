// SPDX-License-Identifier: GPL-2.0
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "identity.h"
#include "ktrun.h"
#include "signals.h"

#define GRACE_NS KT_NS_PER_S
#define STEP_US 10000

/* The child until exec. Never returns. */
static void child(char **command, int go, int result)
{
	char byte;
	int error;
	ssize_t n;

	kt_signals_reset();
	do
		n = read(go, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)	/* the script ended before it ran, or ktrun is gone */
		_exit(0);
	if (!kt_become_caller())
		execvp(command[0], command);
	error = errno;
	n = write(result, &error, sizeof(error));
	_exit(127);
}

int kt_workload_fork(struct kt_workload *w, char **command)
{
	int go[2], result[2];

	memset(w, 0, sizeof(*w));
	w->go = w->result = -1;
	if (!command)
		return 0;
	if (pipe2(go, O_CLOEXEC))
		goto failed;
	if (pipe2(result, O_CLOEXEC)) {
		close(go[0]);
		close(go[1]);
		goto failed;
	}
	fflush(NULL);
	w->pid = fork();
	if (!w->pid) {
		close(go[1]);
		close(result[0]);
		child(command, go[0], result[1]);
	}
	close(go[0]);
	close(result[1]);
	w->go = go[1];
	w->result = result[0];
	if (w->pid > 0)
		return 0;
	close(w->go);
	close(w->result);
failed:
	kt_error("cannot start %s: %s", command[0], strerror(errno));
	w->pid = 0;
	return -1;
}

void kt_workload_go(struct kt_workload *w)
{
	if (!w->pid || w->started)
		return;
	w->started = true;
	if (write(w->go, "g", 1) != 1)
		kt_error("cannot start the command: %s", strerror(errno));
}

int kt_workload_result(struct kt_workload *w)
{
	int error = 0;
	ssize_t n = read(w->result, &error, sizeof(error));

	if (n < 0 && errno == EINTR)
		return 0;
	close(w->result);	/* closed by exec: it runs */
	w->result = -1;
	return n == sizeof(error) ? error : 0;
}

bool kt_workload_ended(struct kt_workload *w)
{
	if (w->pid && waitpid(w->pid, NULL, WNOHANG) == w->pid)
		w->pid = 0;
	return !w->pid;
}

void kt_workload_end(struct kt_workload *w)
{
	unsigned long long until = kt_now_ns() + GRACE_NS;

	if (w->go >= 0)
		close(w->go);
	w->go = -1;
	if (w->pid && w->started)
		kill(w->pid, SIGTERM);
	while (!kt_workload_ended(w)) {
		if (kt_now_ns() >= until)
			kill(w->pid, SIGKILL);
		usleep(STEP_US);
	}
	if (w->result >= 0)
		close(w->result);
	w->result = -1;
}
