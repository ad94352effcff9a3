// SPDX-License-Identifier: GPL-2.0
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktrun.h"

static const char *const state_names[] = { "held", "starting", "running", "ending", "ended" };

enum kt_state kt_parse_state(const char *line, int *exit)
{
	for (size_t i = 0; i < sizeof(state_names) / sizeof(state_names[0]); i++) {
		size_t len = strlen(state_names[i]);

		if (strncmp(line, state_names[i], len) || line[len] != ' ')
			continue;
		*exit = atoi(line + len + 1);
		return (enum kt_state)i;
	}
	return KT_STATE_GONE;
}

int kt_control_open(struct kt_control *c, const char *dir)
{
	char path[256];
	int err;

	c->exit = 0;
	snprintf(path, sizeof(path), "%s/control", dir);
	c->fd = open(path, O_RDWR | O_CLOEXEC);
	if (c->fd < 0) {
		kt_error("cannot open %s: %s", path, strerror(errno));
		return -1;
	}
	err = kt_control_write(c, "own");
	if (!err)
		return 0;
	kt_error("cannot write %s: %s", path, strerror(-err));
	kt_control_close(c);
	return -1;
}

void kt_control_close(struct kt_control *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

enum kt_state kt_control_state(struct kt_control *c)
{
	char line[64];
	ssize_t n;

	do
		n = pread(c->fd, line, sizeof(line) - 1, 0);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return KT_STATE_GONE;
	line[n] = '\0';
	return kt_parse_state(line, &c->exit);
}

int kt_control_write(struct kt_control *c, const char *command)
{
	ssize_t n;

	do
		n = write(c->fd, command, strlen(command));
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}
