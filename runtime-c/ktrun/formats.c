// SPDX-License-Identifier: GPL-2.0
#include "formats.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "ktrun.h"
#include "percent.h"

static int add_line(struct kt_formats *f, char *line)
{
	struct kt_format *list = realloc(f->list, (f->n + 1) * sizeof(*list));
	char *end;
	long n;

	if (!list)
		return -ENOMEM;
	f->list = list;
	if (strtoul(line, &end, 10) != f->n || end == line || *end != ' ')
		return -1;
	n = kt_percent_bytes(end + 1);
	if (n < 0)
		return -1;
	list[f->n].text = malloc((size_t)n + 1);
	if (!list[f->n].text)
		return -ENOMEM;
	memcpy(list[f->n].text, end + 1, (size_t)n);
	list[f->n++].n = (size_t)n;
	return 0;
}

int kt_formats_parse(struct kt_formats *f, char *file)
{
	int err = 0;

	memset(f, 0, sizeof(*f));
	while (!err && *file) {
		char *end = strchr(file, '\n');

		if (!end)
			return -1;
		*end = '\0';
		err = add_line(f, file);
		file = end + 1;
	}
	return err;
}

int kt_formats_read(struct kt_formats *f, const char *dir)
{
	char path[512];
	char *text;
	int err;

	memset(f, 0, sizeof(*f));
	snprintf(path, sizeof(path), "%s/" KTR_FORMATS_FILE, dir);
	text = kt_read_file(path, NULL);
	if (!text) {
		kt_error("cannot read %s: %s", path, strerror(errno));
		return -1;
	}
	err = kt_formats_parse(f, text);
	free(text);
	if (err)
		kt_error("%s: %s", path, err == -ENOMEM ? "out of memory" : "it is damaged");
	return err ? -1 : 0;
}

void kt_formats_free(struct kt_formats *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->list[i].text);
	free(f->list);
	memset(f, 0, sizeof(*f));
}

int kt_formats_text(const struct kt_formats *f, const struct ktr_rec *rec, char *buf)
{
	struct ktr_rec_format head;

	if (rec->size < sizeof(head))
		return -1;
	memcpy(&head, rec + 1, sizeof(head));
	if (head.format >= f->n)
		return -1;
	return ktr_format_text(buf, f->list[head.format].text, (unsigned int)f->list[head.format].n, rec + 1, rec->size);
}
