// SPDX-License-Identifier: GPL-2.0
#include "picture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "flamegraph.h"
#include "ktrun.h"

int kt_picture_open(struct kt_picture *p, const char *path)
{
	memset(p, 0, sizeof(*p));
	p->path = path;
	if (!path)
		return 0;
	p->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (p->fd >= 0)
		return 0;
	kt_error("cannot write %s: %s", path, strerror(errno));
	return -1;
}

/* 0, or an errno. */
static int write_all(int fd, const char *data, size_t n)
{
	while (n) {
		ssize_t done = write(fd, data, n);

		if (done < 0 && errno != EINTR)
			return errno;
		if (done > 0) {
			data += done;
			n -= (size_t)done;
		}
	}
	return 0;
}

int kt_picture_close(struct kt_picture *p, const char *title)
{
	struct kt_text svg = { 0 };
	int error;

	if (!p->path)
		return 0;
	if (!p->stacks.n)
		kt_error("%s is empty: the script has written no stacks with print_folded()", p->path);
	if (p->stacks.odd)
		kt_error("%llu lines of print_folded() are missing in %s: they are damaged", p->stacks.odd, p->path);
	kt_flamegraph(&svg, &p->stacks, title);
	error = svg.failed || p->stacks.failed ? ENOMEM : write_all(p->fd, svg.p, svg.n);
	if (close(p->fd) && !error)
		error = errno;
	if (error)
		kt_error("cannot write %s: %s", p->path, strerror(error));
	kt_text_free(&svg);
	kt_folded_free(&p->stacks);
	return error ? -1 : 0;
}
