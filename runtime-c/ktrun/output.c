// SPDX-License-Identifier: GPL-2.0
#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "ktrun.h"
#include "status.h"

int kt_output_open(struct kt_output *out, const struct kt_style *style)
{
	memset(out, 0, sizeof(*out));
	out->style = *style;
	return kt_file_open(&out->file, style->path, style->rotate_bytes, style->rotate_keep);
}

/* ---- pieces -------------------------------------------------------------------------------------------------- */

/* Errors and losses are told on stderr, unless stdout has just told them. */
static bool stderr_tells(const struct kt_output *out)
{
	return !out->style.json || out->style.path;
}

/* Writes the finished line of JSON. */
static void put_line(struct kt_output *out)
{
	if (out->line.failed) {
		kt_file_fail(&out->file, ENOMEM);
	} else {
		kt_file_begin(&out->file, out->line.n);
		kt_file_put(&out->file, out->line.p, out->line.n);
	}
	kt_text_clear(&out->line);
}

static void put_text(struct kt_output *out, const struct ktr_rec *head, const char *text, size_t n)
{
	char time[48] = "";
	int time_len = 0;

	if (out->style.times && head->flags & KTR_RF_EVENT)
		time_len = snprintf(time, sizeof(time), "%5llu.%06llu: ", head->time / KT_NS_PER_S,
				    head->time % KT_NS_PER_S / 1000);
	kt_file_begin(&out->file, (size_t)time_len + n);
	kt_file_put(&out->file, time, (size_t)time_len);
	kt_file_put(&out->file, text, n);
}

/* Text for stderr takes its place in the stream: what was printed before must be out. */
static void put_error(struct kt_output *out, const char *text, size_t n)
{
	kt_file_flush(&out->file);
	fwrite(text, 1, n, stderr);
	if (n && text[n - 1] != '\n')
		fputc('\n', stderr);
}

/* One output of the script, complete. */
static void put_output(struct kt_output *out, unsigned int cpu, const struct ktr_rec *head, const char *text, size_t n)
{
	bool is_error = head->flags & KTR_RF_ERROR;

	text = kt_code_names(&out->code, text, &n, head->flags & KTR_RF_FOLDED);
	if (out->stacks && head->flags & KTR_RF_FOLDED) {
		kt_folded_add(out->stacks, text, n);
		return;
	}
	if (out->style.json) {
		kt_json_output(&out->line, head, cpu, text, n);
		put_line(out);
	} else if (!is_error) {
		put_text(out, head, text, n);
	}
	if (is_error && stderr_tells(out))
		put_error(out, text, n);
}

/* ---- losses -------------------------------------------------------------------------------------------------- */

/* Do both end up in one place, so that one of them is enough? */
static bool is_stderr(int fd)
{
	struct stat a, b;

	return !fstat(fd, &a) && !fstat(STDERR_FILENO, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* A file that is read later has to tell by itself where something is missing; stdout may be a program's input. */
static void note_loss(struct kt_output *out, unsigned long long count)
{
	char note[64];
	int n;

	if (!out->style.path || is_stderr(out->file.fd))
		return;
	n = snprintf(note, sizeof(note), "%s[%llu records lost]\n", out->file.last == '\n' ? "" : "\n", count);
	kt_file_begin(&out->file, (size_t)n);
	kt_file_put(&out->file, note, (size_t)n);
}

static void tell_loss(unsigned long long n, const char *why)
{
	if (n)
		kt_error("%llu line%s lost here: %s", n, n == 1 ? "" : "s", why);
}

static void put_lost(struct kt_output *out, unsigned int cpu, const struct ktr_rec *rec)
{
	struct ktr_rec_lost lost;

	if (rec->size < sizeof(lost))
		return;
	memcpy(&lost, rec + 1, sizeof(lost));
	if (out->style.json) {
		kt_json_lost(&out->line, rec, cpu, &lost);
		put_line(out);
	} else {
		note_loss(out, lost.count);
	}
	if (!stderr_tells(out))
		return;
	kt_file_flush(&out->file);
	tell_loss(lost.count - lost.over_rate, "output came faster than it was read");
	tell_loss(lost.over_rate, "there was more output than the limit (output_kb)");
}

void kt_output_summary(struct kt_output *out, int status, const char *status_text)
{
	unsigned long long n;
	const char *what;
	int len;

	if (out->style.json) {
		kt_json_summary(&out->line, kt_now_ns(), status, status_text);
		put_line(out);
	}
	kt_output_flush(out);
	if (!status_text || !stderr_tells(out))
		return;
	while (kt_status_next_lost(&status_text, &n, &what, &len))
		if (n)
			kt_error("%llu %.*s", n, len, what);
}

/* ---- records ------------------------------------------------------------------------------------------------- */

/* Writes the output that was waiting for continuations, as far as it came. */
static void finish(struct kt_output *out)
{
	if (!out->open)
		return;
	out->open = false;
	if (out->pending.failed)
		kt_file_fail(&out->file, ENOMEM);
	else
		put_output(out, out->cpu, &out->head, out->pending.p, out->pending.n);
	kt_text_clear(&out->pending);
}

static void take_text(struct kt_output *out, unsigned int cpu, const struct ktr_rec *rec, bool continues)
{
	const char *text = (const char *)(rec + 1);
	bool more = rec->flags & KTR_RF_MORE;

	if (!continues || !out->open) {
		finish(out);
		if (!more) {
			put_output(out, cpu, rec, text, rec->size);
			return;
		}
		out->open = true;
		out->head = *rec;
		out->cpu = cpu;
	}
	kt_text_put(&out->pending, text, rec->size);
	if (!more)
		finish(out);
}

/* Output that came as arguments. */
static void take_format(struct kt_output *out, unsigned int cpu, const struct ktr_rec *rec)
{
	char text[KTR_FORMAT_TEXT_MAX];
	int n = kt_formats_text(&out->formats, rec, text);

	finish(out);
	if (n > 0)	/* an empty text is no output */
		put_output(out, cpu, rec, text, (size_t)n);
	else if (n < 0)
		kt_error("a line cannot be shown: it does not fit its format");
}

void kt_output_record(void *arg, unsigned int cpu, const struct ktr_rec *rec, bool continues)
{
	struct kt_output *out = arg;

	if (rec->kind == KTR_REC_TEXT) {
		take_text(out, cpu, rec, continues);
	} else if (rec->kind == KTR_REC_FORMAT) {
		take_format(out, cpu, rec);
	} else if (rec->kind == KTR_REC_LOST) {
		finish(out);
		put_lost(out, cpu, rec);
	}
}

/* ---- the end ------------------------------------------------------------------------------------------------- */

void kt_output_flush(struct kt_output *out)
{
	finish(out);
	kt_file_flush(&out->file);
}

void kt_output_close(struct kt_output *out)
{
	finish(out);
	kt_file_close(&out->file);
	kt_text_free(&out->pending);
	kt_text_free(&out->line);
	kt_formats_free(&out->formats);
	kt_code_free(&out->code);
}

void kt_output_report(struct kt_output *out)
{
	if (out->file.error && out->file.error != EPIPE)
		kt_error("cannot write %s: %s", out->file.name, strerror(out->file.error));
	kt_file_free(&out->file);
}
