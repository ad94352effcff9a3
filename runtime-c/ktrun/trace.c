// SPDX-License-Identifier: GPL-2.0
#include "trace.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktrun.h"
#include "privileges.h"
#include "signals.h"

/*
 * A record's time is taken a moment before the record can be read. Records younger than this wait for the next round,
 * so that a CPU that was slow to publish still finds its place.
 */
#define SLACK_NS KT_NS_PER_MS
#define ROUND_MS 20		/* between rounds while there is output: batches reads, unless there is much */
#define IDLE_MS 500		/* looking for new CPUs */
#define MUCH_BYTES (128 << 10)	/* read in one round: a buffer may be filling up, so no pause */

static void stop(struct kt_trace *t)
{
	if (!t->stopping)
		kt_control_write(&t->ctl, "stop");
	t->stopping = true;
}

static void fail(struct kt_trace *t)
{
	t->failed = true;
	stop(t);
}

/* ---- what goes on beside the output -------------------------------------------------------------------------- */

static void announce(struct kt_trace *t)
{
	if (t->announced)
		return;
	t->announced = true;
	if (!t->opt->quiet) {
		kt_output_flush(t->out);
		fputs("Tracing... Hit Ctrl-C to end.\n", stderr);
	}
	kt_workload_go(t->work);
}

static void check_workload(struct kt_trace *t, bool answered)
{
	int error = answered ? kt_workload_result(t->work) : 0;

	if (error) {
		kt_error("cannot run %s: %s", t->opt->command[0], strerror(error));
		fail(t);
	}
	if (t->opt->command && kt_workload_ended(t->work))
		stop(t);
}

/* With --group the output is there for others to read. */
static int open_streams(struct kt_trace *t)
{
	return t->opt->group ? 0 : kt_streams_open(&t->streams, t->module->dir);
}

static void check_new_cpus(struct kt_trace *t)
{
	if (kt_now_ns() < t->next_look)
		return;
	t->next_look = kt_now_ns() + IDLE_MS * KT_NS_PER_MS;
	if (open_streams(t))
		fail(t);
}

static void check_stops(struct kt_trace *t)
{
	if (kt_signals_stops() || (t->deadline && kt_now_ns() >= t->deadline))
		stop(t);
	if (t->out->file.error && !t->failed)
		fail(t);
}

/* ---- output -------------------------------------------------------------------------------------------------- */

/* Reads and prints what is there; the bytes read. */
static long move_output(struct kt_trace *t, bool all)
{
	struct kt_sink sink = { kt_output_record, t->out };
	unsigned long long until = all ? KT_MERGE_ALL : kt_now_ns() - SLACK_NS;
	long n = kt_streams_fill(&t->streams, until);

	if (n < 0)
		fail(t);
	kt_merge(t->streams.list, t->streams.n, until, &sink);
	kt_output_flush(t->out);
	return n;
}

static bool anything_held(const struct kt_trace *t)
{
	for (size_t i = 0; i < t->streams.n; i++)
		if (kt_stream_peek(&t->streams.list[i]))
			return true;
	return false;
}

/* ---- waiting ------------------------------------------------------------------------------------------------- */

/* Milliseconds until something has to be done that no descriptor tells. */
static int wait_ms(const struct kt_trace *t, long moved)
{
	unsigned long long now = kt_now_ns();
	int ms = IDLE_MS;

	if (moved >= MUCH_BYTES)
		ms = 0;
	else if (moved || anything_held(t))
		ms = ROUND_MS;
	if (t->deadline && !t->stopping) {
		unsigned long long left = t->deadline > now ? (t->deadline - now) / KT_NS_PER_MS + 1 : 0;

		if (left < (unsigned long long)ms)
			ms = (int)left;
	}
	return ms;
}

enum { POLL_SIGNALS, POLL_CONTROL, POLL_RESULT, POLL_RESOLVER, POLL_FIXED };

/* Sleeps until there is something to do. Streams are not asked right after there was output: that is what ROUND_MS is for. */
static void wait_for_news(struct kt_trace *t, long moved)
{
	int ms = wait_ms(t, moved);
	size_t n_streams = ms == IDLE_MS ? t->streams.n : 0;
	struct pollfd *fds = calloc(POLL_FIXED + n_streams, sizeof(*fds));
	bool answered;

	if (!fds) {
		kt_error("out of memory");
		fail(t);
		return;
	}
	fds[POLL_SIGNALS] = (struct pollfd){ kt_signals_fd(), POLLIN, 0 };
	fds[POLL_CONTROL] = (struct pollfd){ t->ctl.fd, POLLIN, 0 };
	fds[POLL_RESULT] = (struct pollfd){ t->work->started ? t->work->result : -1, POLLIN, 0 };
	fds[POLL_RESOLVER] = (struct pollfd){ t->resolver.fd, POLLIN, 0 };
	for (size_t i = 0; i < n_streams; i++)
		fds[POLL_FIXED + i] = (struct pollfd){ t->streams.list[i].fd, POLLIN, 0 };
	if (poll(fds, POLL_FIXED + n_streams, ms) > 0 && fds[POLL_SIGNALS].revents)
		kt_signals_drain();
	answered = fds[POLL_RESULT].revents;
	if (fds[POLL_RESOLVER].revents & POLLIN)
		kt_resolver_serve(&t->resolver);
	free(fds);
	check_workload(t, answered);
}

/* ---- the whole ----------------------------------------------------------------------------------------------- */

static int exit_status(const struct kt_trace *t)
{
	return t->failed ? KT_EXIT_REFUSED : t->ctl.exit;
}

static void print_summary(const struct kt_trace *t)
{
	char path[sizeof(t->module->dir) + 16];
	char *text;

	snprintf(path, sizeof(path), "%s/status", t->module->dir);
	text = kt_read_file(path, NULL);
	kt_output_summary(t->out, exit_status(t), text);
	free(text);
}

/*
 * Rounds until the script has ended. The state is read before the streams: what was written before it changed is then
 * found in them.
 */
static void follow(struct kt_trace *t)
{
	enum kt_state state;

	do {
		long moved;

		state = kt_control_state(&t->ctl);
		if (state == KT_STATE_RUNNING)
			announce(t);
		check_new_cpus(t);
		moved = move_output(t, state >= KT_STATE_ENDED);
		check_stops(t);
		if (kt_signals_stops() > 1 && state < KT_STATE_ENDED) {
			kt_error("not waiting for trace_end");
			move_output(t, true);
			return;
		}
		if (state < KT_STATE_ENDED)
			wait_for_news(t, moved);
	} while (state < KT_STATE_ENDED);
}

static bool open_files(struct kt_trace *t)
{
	const char *dir = t->module->dir;

	return !kt_formats_read(&t->out->formats, dir) && !kt_code_open(&t->out->code, dir) &&
	       !kt_resolver_open(&t->resolver, dir) && !open_streams(t);
}

int kt_trace_run(struct kt_trace *t)
{
	int err;

	if (kt_control_open(&t->ctl, t->module->dir))
		return KT_EXIT_REFUSED;
	t->failed = !open_files(t) || kt_privileges_drop(t->who, t->opt->style.rotate_bytes > 0);
	if (t->opt->timeout_ns)
		t->deadline = kt_now_ns() + t->opt->timeout_ns;
	err = t->failed ? 0 : kt_control_write(&t->ctl, "start");
	if (err) {
		kt_error("cannot start the script: %s", strerror(-err));
		t->failed = true;
	}
	if (!t->failed) {
		follow(t);
		print_summary(t);
	}
	kt_streams_close(&t->streams);
	kt_resolver_close(&t->resolver);
	kt_control_close(&t->ctl);
	return exit_status(t);
}
