// SPDX-License-Identifier: GPL-2.0
/*
 * clock NAME: lets the script of module NAME, loaded with hold=1, start and stop. Prints the nanoseconds from "start"
 * until it runs, and from "stop" until it has ended. Loading the module is no part of that.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 600000

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* Gives the command and waits for the state; the nanoseconds, or -1: it came to another end. */
static long long time_to(int fd, const char *command, const char *state)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	long long begin = now_ns();
	char line[64] = "";

	if (write(fd, command, strlen(command)) < 0)
		return -1;
	while (poll(&p, 1, PATIENCE_MS) > 0) {
		ssize_t n = pread(fd, line, sizeof(line) - 1, 0);

		if (n < 0)
			return -1;
		line[n] = '\0';
		if (!strncmp(line, state, strlen(state)))
			return now_ns() - begin;
		if (!strncmp(line, "ended", 5))
			return -1;
	}
	return -1;
}

int main(int argc, char **argv)
{
	long long attach, detach;
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/proc/kt2ko/%s/control", argv[argc - 1]);
	fd = open(path, O_RDWR);
	if (fd < 0)
		return 1;
	attach = time_to(fd, "start", "running");
	if (attach < 0)
		return 1;
	sleep(1);	/* events come meanwhile */
	detach = time_to(fd, "stop", "ended");
	printf("%lld %lld\n", attach, detach);
	return detach < 0;
}
