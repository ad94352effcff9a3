// SPDX-License-Identifier: GPL-2.0
#include "merge.h"

/* The stream with the oldest record; *second: the time of the oldest record of all others. */
static struct kt_stream *find_oldest(struct kt_stream *streams, size_t n, unsigned long long *second)
{
	struct kt_stream *oldest = NULL;
	unsigned long long first = 0;

	*second = KT_MERGE_ALL;
	for (size_t i = 0; i < n; i++) {
		const struct ktr_rec *rec = kt_stream_peek(&streams[i]);

		if (!rec)
			continue;
		if (!oldest || rec->time < first) {
			if (oldest)
				*second = first;
			oldest = &streams[i];
			first = rec->time;
		} else if (rec->time < *second) {
			*second = rec->time;
		}
	}
	return oldest;
}

/* One output: a record with those that continue it. */
static size_t emit_output(struct kt_stream *s, const struct kt_sink *sink)
{
	const struct ktr_rec *rec;
	bool more = false;
	size_t n = 0;

	while ((rec = kt_stream_peek(s))) {
		if (more && rec->kind == KTR_REC_LOST)
			break;
		sink->record(sink->arg, s->cpu, rec, more);
		more = rec->kind == KTR_REC_TEXT && rec->flags & KTR_RF_MORE;
		kt_stream_pop(s);
		n++;
		if (!more)
			break;
	}
	return n;
}

/* May the oldest output of s go out? Unfinished ones hold everything younger back, but not for long. */
static bool is_due(const struct kt_stream *s, unsigned long long until)
{
	const struct ktr_rec *rec = kt_stream_peek(s);

	if (until == KT_MERGE_ALL)
		return true;
	return rec->time <= until && (kt_stream_whole(s) || until - rec->time > KT_MORE_WAIT_NS);
}

size_t kt_merge(struct kt_stream *streams, size_t n, unsigned long long until, const struct kt_sink *sink)
{
	unsigned long long second;
	struct kt_stream *s;
	size_t done = 0;

	while ((s = find_oldest(streams, n, &second))) {
		const struct ktr_rec *rec;

		/* as long as it stays the oldest, no need to look at the others */
		while ((rec = kt_stream_peek(s)) && rec->time <= second) {
			if (!is_due(s, until))
				return done;
			done += emit_output(s, sink);
		}
	}
	return done;
}
