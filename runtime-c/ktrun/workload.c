// SPDX-License-Identifier: GPL-2.0
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ktrun.h"
#include "signals.h"

#define GRACE_NS KT_NS_PER_S
#define STEP_US 10000

static void tell(int result, int error)
{
	ssize_t n = write(result, &error, sizeof(error));

	(void)n;	/* ktrun is gone: so are we, soon */
}

/* The child until exec. Never returns. */
static void child(char **command, const struct kt_identity *who, int go, int result)
{
	char byte;
	ssize_t n;

	kt_signals_reset();
	if (kt_identity_become(who)) {
		tell(result, errno);
		_exit(127);
	}
	kt_identity_environment(who);
	tell(result, 0);
	do
		n = read(go, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)	/* the script ended before it ran, or ktrun is gone */
		_exit(0);
	execvp(command[0], command);
	tell(result, errno);
	_exit(127);
}

/* Waits for the child to be who it is to be. 0 or an errno. */
static int wait_until_ready(const struct kt_workload *w)
{
	int error = 0;
	ssize_t n;

	do
		n = read(w->result, &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	return n == sizeof(error) ? error : ECHILD;
}

static int confirm(struct kt_workload *w, char **command, const struct kt_identity *who)
{
	int error = wait_until_ready(w);

	if (!error)
		return 0;
	if (who->other)
		kt_error("cannot run %s as user %u, group %u: %s", command[0], who->uid, who->gid, strerror(error));
	else
		kt_error("cannot start %s: %s", command[0], strerror(error));
	kt_workload_end(w);
	return -1;
}

int kt_workload_fork(struct kt_workload *w, char **command, const struct kt_identity *who)
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
		child(command, who, go[0], result[1]);
	}
	close(go[0]);
	close(result[1]);
	w->go = go[1];
	w->result = result[0];
	if (w->pid > 0)
		return confirm(w, command, who);
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
