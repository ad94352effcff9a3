// SPDX-License-Identifier: GPL-2.0
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktrun.h"

#define BUFFER_SIZE (128u << 10)

int kt_output_open(struct kt_output *out, const char *path, bool times)
{
	memset(out, 0, sizeof(*out));
	out->fd = STDOUT_FILENO;
	out->name = path ? path : "stdout";
	out->times = times;
	out->buf = malloc(BUFFER_SIZE);
	if (!out->buf) {
		kt_error("out of memory");
		return -1;
	}
	if (!path)
		return 0;
	out->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (out->fd >= 0)
		return 0;
	kt_error("cannot write %s: %s", path, strerror(errno));
	free(out->buf);
	return -1;
}

void kt_output_close(struct kt_output *out)
{
	kt_output_flush(out);
	if (out->fd != STDOUT_FILENO && close(out->fd) && !out->error)
		out->error = errno;
	free(out->buf);
	out->buf = NULL;
}

static void write_all(struct kt_output *out, const char *data, size_t n)
{
	while (n && !out->error) {
		ssize_t done = write(out->fd, data, n);

		if (done >= 0) {
			data += done;
			n -= (size_t)done;
		} else if (errno == EAGAIN) {	/* shared with somebody who made it non-blocking */
			struct pollfd wait = { out->fd, POLLOUT, 0 };

			poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			out->error = errno;
		}
	}
}

void kt_output_flush(struct kt_output *out)
{
	write_all(out, out->buf, out->used);
	out->used = 0;
}

static void put(struct kt_output *out, const char *data, size_t n)
{
	if (n > BUFFER_SIZE - out->used)
		kt_output_flush(out);
	memcpy(out->buf + out->used, data, n);	/* records are smaller than the buffer */
	out->used += n;
}

static void put_time(struct kt_output *out, unsigned long long time)
{
	char text[48];
	int n = snprintf(text, sizeof(text), "%5llu.%06llu: ", time / KT_NS_PER_S, time % KT_NS_PER_S / 1000);

	put(out, text, (size_t)n);
}

/* Text for stderr takes its place in the stream: what was printed before must be out. */
static void put_error(struct kt_output *out, const char *text, size_t n)
{
	kt_output_flush(out);
	fwrite(text, 1, n, stderr);
	if (n && text[n - 1] != '\n')
		fputc('\n', stderr);
}

static void put_lost(struct kt_output *out, const struct ktr_rec *rec)
{
	struct ktr_rec_lost lost;

	if (rec->size < sizeof(lost))
		return;
	memcpy(&lost, rec + 1, sizeof(lost));
	kt_output_flush(out);
	kt_error("%llu line%s lost here: output came faster than it was read", lost.count,
		 lost.count == 1 ? "" : "s");
}

void kt_output_record(void *arg, const struct ktr_rec *rec, bool continues)
{
	struct kt_output *out = arg;
	const char *text = (const char *)(rec + 1);

	if (rec->kind == KTR_REC_LOST) {
		put_lost(out, rec);
	} else if (rec->kind == KTR_REC_TEXT && rec->flags & KTR_RF_ERROR) {
		put_error(out, text, rec->size);
	} else if (rec->kind == KTR_REC_TEXT) {
		if (out->times && rec->flags & KTR_RF_EVENT && !continues)
			put_time(out, rec->time);
		put(out, text, rec->size);
	}
}

void kt_output_report(const struct kt_output *out)
{
	if (out->error && out->error != EPIPE)
		kt_error("cannot write %s: %s", out->name, strerror(out->error));
}
