// SPDX-License-Identifier: GPL-2.0
#include "stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_SIZE (256u << 10)
#define MIN_READ (64u << 10)

void kt_stream_init(struct kt_stream *s, int fd, unsigned int cpu)
{
	memset(s, 0, sizeof(*s));
	s->fd = fd;
	s->cpu = cpu;
}

void kt_stream_free(struct kt_stream *s)
{
	if (s->fd >= 0)
		close(s->fd);
	free(s->buf);
	kt_stream_init(s, -1, s->cpu);
}

static size_t record_bytes(const struct ktr_rec *rec)
{
	return sizeof(*rec) + (((size_t)rec->size + KTR_REC_ALIGN - 1) & ~(size_t)(KTR_REC_ALIGN - 1));
}

static const struct ktr_rec *record_at(const struct kt_stream *s, size_t at)
{
	/* records begin at multiples of 8 from the start of the allocated buffer: see make_room() */
	return (const struct ktr_rec *)(const void *)(s->buf + at);
}

/* Room for a big read behind tail. What is left moves to the front; records stay aligned since head is. */
static int make_room(struct kt_stream *s)
{
	size_t used = s->tail - s->head;
	char *bigger;

	if (s->size - s->tail >= MIN_READ)
		return 0;
	if (s->head) {
		memmove(s->buf, s->buf + s->head, used);
		s->scanned -= s->head;
		s->tail = used;
		s->head = 0;
	}
	if (s->size - s->tail >= MIN_READ)
		return 0;
	bigger = realloc(s->buf, s->size ? s->size * 2 : FIRST_SIZE);
	if (!bigger)
		return -ENOMEM;
	s->size = s->size ? s->size * 2 : FIRST_SIZE;
	s->buf = bigger;
	return 0;
}

/* Finds the whole records among the new bytes. */
static int scan(struct kt_stream *s)
{
	while (s->tail - s->scanned >= sizeof(struct ktr_rec)) {
		const struct ktr_rec *rec = record_at(s, s->scanned);

		if (rec->size > KTR_REC_MAX_PAYLOAD) {
			s->broken = true;
			return -EBADMSG;
		}
		if (s->tail - s->scanned < record_bytes(rec))
			break;
		s->last_time = rec->time;
		s->scanned += record_bytes(rec);
	}
	return 0;
}

long kt_stream_fill(struct kt_stream *s, unsigned long long until)
{
	long total = 0;

	while (!s->broken && (s->scanned == s->head || s->last_time <= until)) {
		int err = make_room(s);
		ssize_t n;

		if (err)
			return err;
		n = read(s->fd, s->buf + s->tail, s->size - s->tail);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			return -errno;
		if (n <= 0)
			return total;
		s->tail += (size_t)n;
		total += n;
		err = scan(s);
		if (err)
			return err;
	}
	return s->broken ? -EBADMSG : total;
}

const struct ktr_rec *kt_stream_peek(const struct kt_stream *s)
{
	return s->head < s->scanned ? record_at(s, s->head) : NULL;
}

void kt_stream_pop(struct kt_stream *s)
{
	s->head += record_bytes(record_at(s, s->head));
	if (s->head == s->tail)
		s->head = s->scanned = s->tail = 0;
}

bool kt_stream_whole(const struct kt_stream *s)
{
	size_t at = s->head;

	while (at < s->scanned) {
		const struct ktr_rec *rec = record_at(s, at);

		/* where records were lost, nothing continues */
		if (rec->kind == KTR_REC_LOST || !(rec->flags & KTR_RF_MORE))
			return true;
		at += record_bytes(rec);
	}
	return false;
}
