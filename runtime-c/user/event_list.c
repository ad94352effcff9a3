// SPDX-License-Identifier: GPL-2.0
/* Reads the event list; see README.md for its format. */
#include "home.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct line_list events;

static const char *file_name;
static u32 line_number;

static void __attribute__((noreturn)) bad_line(const char *what, const char *text)
{
	die("%s:%u: %s: %s", file_name, line_number, what, text);
}

/* ---- words -------------------------------------------------------------------------------------------------- */

static char *skip_blanks(char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

static u32 hex_digit(char ch)
{
	return isdigit((unsigned char)ch) ? (u32)(ch - '0') : (u32)(tolower((unsigned char)ch) - 'a') + 10;
}

/* The byte of the escape that begins at s (behind the backslash). */
static char unescape(const char **s)
{
	char ch = *(*s)++;

	switch (ch) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'r':
		return '\r';
	case '0':
		return 0;
	case 'x':
		if (!isxdigit((unsigned char)(*s)[0]) || !isxdigit((unsigned char)(*s)[1]))
			return 'x';
		ch = (char)(hex_digit((*s)[0]) * 16 + hex_digit((*s)[1]));
		*s += 2;
		return ch;
	default:
		return ch;
	}
}

/* Length of a quoted text's bytes, which may contain NUL; set by parse_quoted(). */
static _Thread_local size_t quoted_len;

char *parse_quoted(const char *s, const char **end)
{
	char *buf = need(malloc(strlen(s) + 1));
	size_t n = 0;

	for (s++; *s && *s != '"';) {
		if (*s == '\\' && s[1]) {
			s++;
			buf[n++] = unescape(&s);
		} else {
			buf[n++] = *s++;
		}
	}
	if (!*s) {
		free(buf);
		return NULL;
	}
	buf[n] = 0;
	quoted_len = n;
	*end = s + 1;
	return buf;
}

bool parse_number(const char *s, s64 *out)
{
	char *end;
	u64 addr;

	errno = 0;
	*out = *s == '-' ? strtoll(s, &end, 0) : (s64)strtoull(s, &end, 0);
	if (end != s && !*end && !errno)
		return true;
	addr = world_symbol(s);
	*out = (s64)addr;
	return addr != 0;
}

/* NAME=VALUE or NAME="TEXT"; the value of a text is in *text, of another word in *word. Returns what follows. */
static char *parse_pair(char *s, char **name, char **word, char **text)
{
	char *eq = strchr(s, '='), *end;
	const char *after;

	if (!eq || eq == s)
		bad_line("NAME=VALUE expected", s);
	*eq = 0;
	*name = s;
	*word = NULL;
	*text = NULL;
	if (eq[1] == '"') {
		*text = parse_quoted(eq + 1, &after);
		if (!*text)
			bad_line("text is not closed", eq + 1);
		return skip_blanks((char *)after);
	}
	*word = eq + 1;
	end = eq + 1 + strcspn(eq + 1, " \t");
	s = skip_blanks(end);
	*end = 0;
	return s;
}

static s64 need_number(const char *name, const char *word)
{
	s64 n;

	if (!word || !parse_number(word, &n))
		bad_line("number expected", name);
	return n;
}

/* ---- attributes --------------------------------------------------------------------------------------------- */

static u16 parse_level(const char *s)
{
	static const char *const names[] = { "task", "softirq", "hardirq", "nmi" };
	u16 i;

	for (i = 0; s && i < 4; i++) {
		if (!strcmp(s, names[i]))
			return i;
	}
	bad_line("level is none of task, softirq, hardirq, nmi", s ? s : "");
}

/* Addresses and symbols, separated by commas. */
static u64 *parse_stack(char *s, u32 *n)
{
	u64 *list = need(calloc(strlen(s) + 1, sizeof(*list)));
	char *p, *rest;
	s64 addr;

	*n = 0;
	for (p = strtok_r(s, ",", &rest); p; p = strtok_r(NULL, ",", &rest)) {
		char *plus = strchr(p, '+');

		if (plus)
			*plus = 0;
		if (!parse_number(p, &addr))
			bad_line("unknown symbol", p);
		list[(*n)++] = (u64)addr + (plus ? strtoull(plus + 1, NULL, 0) : 0);
	}
	return list;
}

static void set_attribute(struct line *l, const char *name, char *word, char *text)
{
	const char *value = text ? text : word;

	if (!strcmp(name, "cpu"))
		l->cpu = (u32)need_number(name, word);
	else if (!strcmp(name, "level"))
		l->level = parse_level(word);
	else if (!strcmp(name, "pid"))
		l->task.pid = need_number(name, word);
	else if (!strcmp(name, "tid"))
		l->task.tid = need_number(name, word);
	else if (!strcmp(name, "uid"))
		l->task.uid = need_number(name, word);
	else if (!strcmp(name, "iowait"))
		l->task.iowait = need_number(name, word) != 0;
	else if (!strcmp(name, "nest"))
		l->nested = need_number(name, word) != 0;
	else if (!strcmp(name, "comm"))
		strncpy(l->task.comm, value, sizeof(l->task.comm) - 1);
	else if (!strcmp(name, "argstr"))
		l->argstr = copy_text(value, strlen(value));
	else if (!strcmp(name, "stack") && word)
		l->stack = parse_stack(word, &l->n_stack);
	else if (!strcmp(name, "ustack") && word)
		l->ustack = parse_stack(word, &l->n_ustack);
	else
		bad_line("unknown attribute", name);
}

/* The attributes up to the colon that stands alone; returns the fields. */
static char *parse_attributes(struct line *l, char *s)
{
	char *name, *word, *text;
	bool has_tid = false;

	while (*s && !(s[0] == ':' && (!s[1] || s[1] == ' ' || s[1] == '\t'))) {
		s = parse_pair(s, &name, &word, &text);
		has_tid |= !strcmp(name, "tid");
		set_attribute(l, name, word, text);
		free(text);
	}
	if (!has_tid)
		l->task.tid = l->task.pid;
	return *s ? skip_blanks(s + 1) : s;
}

/* ---- fields ------------------------------------------------------------------------------------------------- */

static struct ktr_str *make_str(const char *s, size_t n)
{
	struct ktr_str *str = need(malloc(sizeof(*str) + n + 1));

	str->len = (u32)n;
	str->hash = ktr_hash_bytes(s, (u32)n);
	memcpy(str->s, s, n);
	str->s[n] = 0;
	return str;
}

/* [1,-2,0x3]: the numbers of an array, without blanks. */
static void parse_list(struct field *f, char *s)
{
	size_t n = strlen(s);
	char *p, *rest;

	if (s[n - 1] != ']')
		bad_line("[NUMBER,...] expected", s);
	s[n - 1] = 0;
	f->list = need(calloc(n, sizeof(*f->list)));
	for (p = strtok_r(s + 1, ",", &rest); p; p = strtok_r(NULL, ",", &rest))
		f->list[f->n_list++] = need_number(f->name, p);
}

static void parse_fields(struct line *l, char *s)
{
	char *name, *word, *text;
	struct field *f;

	while (*s) {
		s = parse_pair(s, &name, &word, &text);
		l->fields = need(realloc(l->fields, (l->n_fields + 1) * sizeof(*l->fields)));
		f = &l->fields[l->n_fields++];
		f->name = copy_text(name, strlen(name));
		f->text = text ? make_str(text, quoted_len) : NULL;
		f->list = NULL;
		f->n_list = 0;
		f->num = 0;
		if (word && *word == '[')
			parse_list(f, word);
		else if (!text)
			f->num = need_number(name, word);
		free(text);
	}
	if (!strcmp(l->system, "syscalls") && (!l->n_fields || strcmp(l->fields[0].name, "__syscall_nr")))
		bad_line("the first field of a system call must be __syscall_nr", l->full);
}

/* "vfs_read", "ret_vfs_read", "sched_switch": what probename gives. */
static char *make_probename(const struct line *l)
{
	const char *s = strrchr(l->name, ':') ? strrchr(l->name, ':') + 1 : l->name;
	const char *ret = strstr(s, "%return");
	char *out = need(calloc(strlen(s) + 5, 1));

	if (ret)
		memcpy(out, "ret_", 4);
	strncat(out, s, ret ? (size_t)(ret - s) : strlen(s));
	return out;
}

static void parse_event_line(struct line *l, char *s)
{
	char *end = s + strcspn(s, " \t"), *colon, *rest = skip_blanks(end);

	*end = 0;
	colon = strchr(s, ':');
	if (!colon || colon == s || !colon[1])
		bad_line("SYSTEM:EVENT expected", s);
	l->full = copy_text(s, strlen(s));
	l->system = copy_text(s, (size_t)(colon - s));
	l->name = copy_text(colon + 1, strlen(colon + 1));
	l->probename = make_probename(l);
	l->task.pid = 100;
	strcpy(l->task.comm, "task");
	parse_fields(l, parse_attributes(l, rest));
	if (l->cpu >= opt.cpus)
		bad_line("there is no such cpu", l->full);
}

/* ---- lines -------------------------------------------------------------------------------------------------- */

static bool is_word(const char *s, const char *word)
{
	size_t n = strlen(word);

	return !strncmp(s, word, n) && (!s[n] || s[n] == ' ' || s[n] == '\t');
}

/* symbol NAME ADDRESS [SIZE] */
static void parse_symbol_line(char *s)
{
	char *name = strtok(s, " \t"), *addr = strtok(NULL, " \t"), *size = strtok(NULL, " \t");

	if (!name || !addr)
		bad_line("symbol NAME ADDRESS [SIZE] expected", s);
	world_add_symbol(name, (u64)need_number(name, addr), size ? (u64)need_number(name, size) : 256);
}

/* memory ADDRESS "TEXT", memory ADDRESS NUMBER (8 bytes) */
static void parse_memory_line(char *s)
{
	char *addr = s, *value, *text;
	const char *after;
	s64 n;

	value = addr + strcspn(addr, " \t");
	if (!*value)
		bad_line("memory ADDRESS VALUE expected", s);
	*value++ = 0;
	value = skip_blanks(value);
	if (*value == '"') {
		text = parse_quoted(value, &after);
		if (!text)
			bad_line("text is not closed", value);
		world_add_memory((u64)need_number("memory", addr), text, quoted_len + 1);
		free(text);
		return;
	}
	n = need_number("memory", value);
	world_add_memory((u64)need_number("memory", addr), &n, sizeof(n));
}

static struct line *new_line(enum line_kind kind)
{
	struct line *l;

	if (events.n == events.cap) {
		events.cap = events.cap ? events.cap * 2 : 64;
		events.lines = need(realloc(events.lines, events.cap * sizeof(*events.lines)));
	}
	l = &events.lines[events.n++];
	memset(l, 0, sizeof(*l));
	l->kind = kind;
	l->number = line_number;
	return l;
}

static void parse_line(char *s)
{
	char *end = s + strlen(s);

	while (end > s && isspace((unsigned char)end[-1]))
		*--end = 0;
	s = skip_blanks(s);
	if (!*s || *s == '#')
		return;
	if (is_word(s, "exit"))
		new_line(LINE_EXIT);
	else if (is_word(s, "tick"))
		new_line(LINE_TICK)->tick_ms = need_number("tick", skip_blanks(s + 4));
	else if (is_word(s, "symbol"))
		parse_symbol_line(skip_blanks(s + 6));
	else if (is_word(s, "memory"))
		parse_memory_line(skip_blanks(s + 6));
	else
		parse_event_line(new_line(LINE_EVENT), s);
}

void read_events(const char *file)
{
	FILE *f = fopen(file, "r");
	char *line = NULL;
	size_t cap = 0;

	if (!f)
		die("cannot open %s: %s", file, strerror(errno));
	file_name = file;
	for (line_number = 1; getline(&line, &cap, f) >= 0; line_number++)
		parse_line(line);
	free(line);
	fclose(f);
}

void free_events(void)
{
	struct line *l;
	u32 i, k;

	for (i = 0; i < events.n; i++) {
		l = &events.lines[i];
		for (k = 0; k < l->n_fields; k++) {
			free(l->fields[k].name);
			free(l->fields[k].text);
			free(l->fields[k].list);
		}
		free(l->fields);
		free(l->system);
		free(l->name);
		free(l->full);
		free(l->probename);
		free(l->argstr);
		free(l->stack);
		free(l->ustack);
	}
	free(events.lines);
	memset(&events, 0, sizeof(events));
}
