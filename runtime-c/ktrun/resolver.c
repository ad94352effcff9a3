// SPDX-License-Identifier: GPL-2.0
#include "resolver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktr_wire.h"
#include "ktrun.h"
#include "percent.h"
#include "privileges.h"

int kt_resolver_open(struct kt_resolver *r, const char *dir)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/" KTR_RESOLVE_FILE, dir);
	r->fd = open(path, O_RDWR | O_CLOEXEC);
	if (r->fd >= 0)
		return 0;
	kt_error("cannot open %s: %s", path, strerror(errno));
	return -1;
}

void kt_resolver_close(struct kt_resolver *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

/* ---- questions ------------------------------------------------------------------------------------------------- */

static char *next_word(char **line)
{
	char *word = strsep(line, " \n");

	return word && *word ? word : NULL;
}

static const char *next_name(char **line)
{
	char *word = next_word(line);

	return word && !kt_percent_decode(word) ? word : NULL;
}

static int parse_offset(char **line, unsigned long long *offset)
{
	char *word = next_word(line), *end;

	if (!word || strncmp(word, "0x", 2))
		return -1;
	*offset = strtoull(word, &end, 16);
	return *end ? -1 : 0;
}

int kt_parse_question(struct kt_question *q, char *line)
{
	char *seq = next_word(&line), *kind = next_word(&line), *end;

	memset(q, 0, sizeof(*q));
	if (!seq || !kind)
		return -1;
	q->seq = strtoul(seq, &end, 10);
	q->query.path = next_name(&line);
	q->written = next_name(&line);
	if (*end || !q->query.path || !q->written)
		return -1;
	if (!strcmp(kind, "offset")) {
		q->query.kind = KE_OFFSET;
		return parse_offset(&line, &q->query.offset);
	}
	if (!strcmp(kind, "marker")) {
		q->query.kind = KE_MARKERS;
		q->query.provider = next_name(&line);
		if (!q->query.provider)
			return -1;
	} else if (!strcmp(kind, "return")) {
		q->query.kind = KE_RETURNS;
	} else if (strcmp(kind, "function")) {
		return -1;
	}
	q->query.name = next_name(&line);
	if (!q->query.name)
		return -1;
	return q->query.kind == KE_FUNCTIONS ? parse_offset(&line, &q->query.offset) : 0;
}

/* ---- answers --------------------------------------------------------------------------------------------------- */

char *kt_site_line(unsigned long seq, const struct ktr_site *site)
{
	char *const names[] = { (char *)site->name, NULL };
	char *name = kt_percent_args(names), *line = NULL;
	size_t size;
	FILE *f = name ? open_memstream(&line, &size) : NULL;

	if (f) {
		fprintf(f, "site %lu 0x%llx 0x%llx %s", seq, site->offset, site->counter, name);
		for (unsigned int i = 0; i < site->n_args; i++) {
			const struct ktr_marker_arg *a = &site->args[i];

			fprintf(f, " %u,%d,%u,%u,%u,%u,%u,%lld", a->op, a->size, a->base, a->index, a->scale, a->shift,
				a->relative, a->value);
		}
		fputc('\n', f);
	}
	free(name);
	if (f && !fclose(f))
		return line;
	free(line);
	return NULL;
}

static int send_line(const struct kt_resolver *r, const char *line)
{
	ssize_t n;

	do
		n = write(r->fd, line, strlen(line));
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

static void send_none(const struct kt_resolver *r, unsigned long seq, const char *error, const char *hint)
{
	char line[1100];

	snprintf(line, sizeof(line), "none %lu %s%s%s\n", seq, error, *hint ? "; " : "", hint);
	send_line(r, line);
}

/* 0 or -errno. */
static int send_sites(const struct kt_resolver *r, unsigned long seq, const struct ke_result *found)
{
	char line[64];
	int err;

	snprintf(line, sizeof(line), "file %lu %d\n", seq, found->fd);
	err = send_line(r, line);
	for (unsigned int i = 0; !err && i < found->sites.n_sites; i++) {
		char *text = kt_site_line(seq, &found->sites.sites[i]);

		err = text ? send_line(r, text) : -ENOMEM;
		free(text);
	}
	snprintf(line, sizeof(line), "done %lu\n", seq);
	return err ? err : send_line(r, line);
}

static enum ke_status find(const struct kt_question *q, struct ke_result *found)
{
	struct ke_query again = q->query;
	enum ke_status status;

	kt_privileges_begin_reading();
	status = ke_resolve(&q->query, found);
	if (status == KE_NO_FILE && strcmp(q->query.path, q->written)) {
		ke_free(found);
		again.path = q->written;
		status = ke_resolve(&again, found);
	}
	kt_privileges_end_reading();
	return status;
}

static void answer(const struct kt_resolver *r, const struct kt_question *q)
{
	char text[128];
	struct ke_result found;
	int err;

	if (find(q, &found) != KE_FOUND) {
		send_none(r, q->seq, found.error, found.hint);
	} else {
		err = send_sites(r, q->seq, &found);
		if (err && err != -ESTALE) {	/* nobody waits any more: the script was ended */
			snprintf(text, sizeof(text), "the module does not take the answer: %s", strerror(-err));
			send_none(r, q->seq, text, "");
		}
	}
	ke_free(&found);
}

void kt_resolver_serve(struct kt_resolver *r)
{
	char line[KTR_RESOLVE_LINE_MAX];
	struct kt_question q;
	ssize_t n;

	do
		n = read(r->fd, line, sizeof(line) - 1);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return;
	line[n] = '\0';
	if (kt_parse_question(&q, line))
		send_none(r, q.seq, "is a question that this ktrun does not understand", "");
	else
		answer(r, &q);
}
