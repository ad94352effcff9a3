// SPDX-License-Identifier: GPL-2.0
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktrun.h"

#define BUFFER_SIZE (128u << 10)

/* PATH.NUMBER, or PATH; allocated, NULL: no memory. */
static char *name_of(const struct kt_file *f, unsigned long long number)
{
	char *name;

	if (!f->path)
		return strdup("stdout");
	if (!f->limit)
		return strdup(f->path);
	return asprintf(&name, "%s.%llu", f->path, number) < 0 ? NULL : name;
}

/* Opens the file of this number. 0, or an errno. */
static int open_numbered(struct kt_file *f, unsigned long long number)
{
	char *name = name_of(f, number);

	if (!name)
		return ENOMEM;
	free(f->name);
	f->name = name;
	f->number = number;
	f->bytes = 0;
	f->fd = f->path ? open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : STDOUT_FILENO;
	return f->fd < 0 ? errno : 0;
}

/* ---- files of an earlier run --------------------------------------------------------------------------------- */

/* Is it BASE.NUMBER as we write numbers? */
static bool is_numbered(const char *name, const char *base, size_t n)
{
	if (strncmp(name, base, n) || name[n] != '.' || name[n + 1] < '1' || name[n + 1] > '9')
		return false;
	return !name[n + 1 + strspn(name + n + 1, "0123456789")];
}

/*
 * A file that is written anew keeps nothing of what it was; neither do several. Otherwise the newest of an earlier run
 * would look like the newest of this one.
 */
static int remove_earlier(const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	DIR *d = folder ? opendir(folder) : NULL;
	struct dirent *entry;
	int error = d ? 0 : folder ? errno : ENOMEM;

	free(folder);
	while (d && (entry = readdir(d)))
		if (is_numbered(entry->d_name, base, strlen(base)) && unlinkat(dirfd(d), entry->d_name, 0) &&
		    errno != ENOENT)
			error = errno;
	if (d)
		closedir(d);
	return error;
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

void kt_file_fail(struct kt_file *f, int error)
{
	if (!f->error)
		f->error = error;
}

static void write_all(struct kt_file *f, const char *data, size_t n)
{
	while (n && !f->error) {
		ssize_t done = write(f->fd, data, n);

		if (done >= 0) {
			data += done;
			n -= (size_t)done;
		} else if (errno == EAGAIN) {	/* shared with somebody who made it non-blocking */
			struct pollfd wait = { f->fd, POLLOUT, 0 };

			poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			kt_file_fail(f, errno);
		}
	}
}

void kt_file_flush(struct kt_file *f)
{
	write_all(f, f->buf, f->used);
	f->used = 0;
}

/* Some errors of writing are told only now. */
static void close_current(struct kt_file *f)
{
	kt_file_flush(f);
	if (f->path && f->fd >= 0 && close(f->fd))
		kt_file_fail(f, errno);
	f->fd = -1;
}

/* The file that is one too many. */
static void remove_oldest(struct kt_file *f)
{
	char *name;

	if (!f->keep || f->number <= f->keep)
		return;
	name = name_of(f, f->number - f->keep);
	if (!name)
		kt_file_fail(f, ENOMEM);
	else if (unlink(name) && errno != ENOENT)	/* somebody may have taken it away */
		kt_file_fail(f, errno);
	free(name);
}

void kt_file_begin(struct kt_file *f, size_t n)
{
	int error;

	if (!f->limit || !f->bytes || f->bytes + n <= f->limit || f->error)
		return;
	close_current(f);
	if (f->error)
		return;
	error = open_numbered(f, f->number + 1);
	if (error)
		kt_file_fail(f, error);
	else
		remove_oldest(f);
}

void kt_file_put(struct kt_file *f, const char *data, size_t n)
{
	if (!n)
		return;
	f->bytes += n;
	f->last = data[n - 1];
	if (n > BUFFER_SIZE - f->used)
		kt_file_flush(f);
	if (n > BUFFER_SIZE) {
		write_all(f, data, n);
		return;
	}
	memcpy(f->buf + f->used, data, n);
	f->used += n;
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

int kt_file_open(struct kt_file *f, const char *path, unsigned long long limit, unsigned int keep)
{
	int error;

	memset(f, 0, sizeof(*f));
	f->fd = -1;
	f->path = path;
	f->limit = path ? limit : 0;
	f->keep = keep;
	f->last = '\n';
	f->buf = malloc(BUFFER_SIZE);
	error = f->buf ? 0 : ENOMEM;
	if (!error && f->limit)
		error = remove_earlier(path);
	if (!error)
		error = open_numbered(f, 1);
	if (!error)
		return 0;
	kt_error("cannot write %s: %s", f->name ? f->name : path, strerror(error));
	kt_file_free(f);
	return -1;
}

void kt_file_close(struct kt_file *f)
{
	close_current(f);
}

void kt_file_free(struct kt_file *f)
{
	free(f->buf);
	free(f->name);
	f->buf = f->name = NULL;
}
