// SPDX-License-Identifier: GPL-2.0
#include "code.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ke_names.h"
#include "ktr_wire.h"
#include "ktrun.h"
#include "percent.h"
#include "privileges.h"

#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-#"

struct kt_code_file {
	char *name;		/* as frames have it */
	char *path;
	struct ke_file_known known;
	struct ke_names *names;
	bool tried;		/* names has been looked for */
};

int kt_code_open(struct kt_code *c, const char *dir)
{
	memset(c, 0, sizeof(*c));
	if (asprintf(&c->path, "%s/" KTR_CODE_FILE, dir) < 0) {
		c->path = NULL;
		kt_error("out of memory");
		return -1;
	}
	if (access(c->path, F_OK)) {
		free(c->path);
		c->path = NULL;
	}
	return 0;
}

void kt_code_free(struct kt_code *c)
{
	for (size_t i = 0; i < c->n; i++) {
		ke_names_close(c->list[i].names);
		free(c->list[i].name);
		free(c->list[i].path);
	}
	free(c->list);
	free(c->path);
	kt_text_free(&c->text);
	memset(c, 0, sizeof(*c));
}

/* ---- the module's files -------------------------------------------------------------------------------------- */

static int parse_id(const char *digits, struct ke_file_known *known)
{
	size_t len = strlen(digits);

	if (!strcmp(digits, "-"))
		return 0;
	if (!len || len % 2 || len / 2 > sizeof(known->id) || strspn(digits, "0123456789abcdef") != len)
		return -1;
	for (size_t i = 0; i < len / 2; i++) {
		unsigned int byte;

		sscanf(digits + 2 * i, "%2x", &byte);
		known->id[i] = (unsigned char)byte;
	}
	known->n_id = (unsigned int)(len / 2);
	return 0;
}

/* One line of the file; see ktr_wire.h. */
static int parse_line(char *line, struct kt_code_file *f)
{
	char *name = strsep(&line, " "), *device = strsep(&line, " "), *inode = strsep(&line, " ");
	char *id = strsep(&line, " "), *end;

	memset(f, 0, sizeof(*f));
	if (!line || !*name || sscanf(device, "%u:%u", &f->known.major, &f->known.minor) != 2 ||
	    parse_id(id, &f->known) || kt_percent_decode(line))
		return -1;
	f->known.inode = strtoull(inode, &end, 10);
	if (*end)
		return -1;
	f->name = strdup(name);
	f->path = strdup(line);
	if (f->name && f->path)
		return 0;
	free(f->name);
	free(f->path);
	return -1;
}

/* Takes the lines behind those that are known: files only come. */
static void read_files(struct kt_code *c)
{
	char *text, *line, *rest;
	size_t n = 0;

	kt_privileges_begin_reading();
	text = kt_read_file(c->path, NULL);
	kt_privileges_end_reading();
	rest = text;
	while ((line = strsep(&rest, "\n")) && *line) {
		struct kt_code_file *bigger, f;

		if (n++ < c->n)
			continue;
		bigger = realloc(c->list, n * sizeof(*bigger));
		if (!bigger)
			break;
		c->list = bigger;
		if (parse_line(line, &f))
			break;
		c->list[c->n++] = f;
	}
	free(text);
}

static struct kt_code_file *known_file(struct kt_code *c, const char *name, size_t n)
{
	for (size_t i = 0; i < c->n; i++)
		if (strlen(c->list[i].name) == n && !memcmp(c->list[i].name, name, n))
			return &c->list[i];
	return NULL;
}

static struct kt_code_file *file_of(struct kt_code *c, const char *name, size_t n)
{
	struct kt_code_file *f = known_file(c, name, n);

	if (f)
		return f;
	read_files(c);
	return known_file(c, name, n);
}

static const char *function_at(struct kt_code_file *f, unsigned long long offset, unsigned long long *within)
{
	if (!f->tried) {
		f->tried = true;
		kt_privileges_begin_reading();
		f->names = ke_names_open(f->path, &f->known);
		kt_privileges_end_reading();
	}
	return f->names ? ke_name_at(f->names, offset, within) : NULL;
}

/* ---- texts --------------------------------------------------------------------------------------------------- */

/* A frame in a text. */
struct frame {
	const char *begin, *plus, *end;
	unsigned long long offset;
};

/* The next "NAME+0xHEX" that is not followed by a size, as the kernel's own symbols are. */
static bool next_frame(const char *text, const char *from, const char *end, struct frame *f)
{
	for (; from < end && (f->plus = memmem(from, (size_t)(end - from), "+0x", 3)); from = f->end) {
		f->begin = f->plus;
		while (f->begin > text && strchr(NAME_CHARS, f->begin[-1]) && f->begin[-1])
			f->begin--;
		f->offset = 0;
		for (f->end = f->plus + 3; f->end < end && f->end < f->plus + 19 && isxdigit((unsigned char)*f->end); f->end++)
			f->offset = f->offset << 4 | (unsigned int)(*f->end <= '9' ? *f->end - '0' : (*f->end | 32) - 'a' + 10);
		if (f->begin < f->plus && f->end > f->plus + 3 && (f->end == end || *f->end != '/'))
			return true;
	}
	return false;
}

static void put_name(struct kt_code *c, const struct frame *f, struct kt_code_file *file, bool folded)
{
	unsigned long long within;
	const char *name = function_at(file, f->offset, &within);

	if (name) {
		kt_text_puts(&c->text, name);
		if (!folded)
			kt_text_printf(&c->text, "+0x%llx [%s]", within, file->name);
	} else if (folded) {
		kt_text_printf(&c->text, "[%s]", file->name);
	} else {
		kt_text_put(&c->text, f->begin, (size_t)(f->end - f->begin));
	}
}

const char *kt_code_names(struct kt_code *c, const char *text, size_t *n, bool folded)
{
	const char *at = text, *end = text + *n;
	struct frame f = { .end = text };
	bool any = false;

	if (!c->path)
		return text;
	kt_text_clear(&c->text);
	while (next_frame(text, f.end, end, &f)) {
		struct kt_code_file *file = file_of(c, f.begin, (size_t)(f.plus - f.begin));

		if (!file)
			continue;
		any = true;
		kt_text_put(&c->text, at, (size_t)(f.begin - at));
		put_name(c, &f, file, folded);
		at = f.end;
	}
	if (!any)
		return text;
	kt_text_put(&c->text, at, (size_t)(end - at));
	if (c->text.failed)
		return text;
	*n = c->text.n;
	return c->text.p;
}
