// SPDX-License-Identifier: GPL-2.0
/* Options of the program that a script becomes. */
#include "home.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_USAGE 2
#define EXIT_REFUSED 3

struct options opt = {
	.cpus = 4,
	.repeat = 1,
	.cpu = -1,
};

static const char usage_text[] =
	"usage: SCRIPT [OPTION...] [--] [ARG...]\n"
	"  --events FILE           play the events of FILE into the handlers\n"
	"  --cpus N                fake CPUs, default 4\n"
	"  --param NAME=VALUE      a module parameter: on_error, pid, cpu, or a limit (docs/limits.md)\n"
	"  --max-loop-count N      the same as --param max_loop_count=N\n"
	"  --threads N             N threads play the list at once, each as a CPU of its own\n"
	"  --repeat N              times that each thread plays it\n"
	"  --memory BYTES          limit of memory for tables, closures and kept strings\n"
	"  --reserve BYTES         of it, what is kept ready for handlers\n"
	"  --table-max N           limit of elements per table\n"
	"  --stats                 tell at the end what could not be done\n";

void die(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(EXIT_REFUSED);
}

void *need(void *p)
{
	if (!p)
		die("out of memory");
	return p;
}

char *copy_text(const char *s, size_t n)
{
	char *p = need(malloc(n + 1));

	memcpy(p, s, n);
	p[n] = 0;
	return p;
}

/* ---- options ------------------------------------------------------------------------------------------------ */

static void __attribute__((noreturn)) usage(const char *what, const char *word)
{
	if (what)
		fprintf(stderr, "%s: %s\n", what, word);
	fputs(usage_text, what ? stderr : stdout);
	exit(what ? EXIT_USAGE : 0);
}

static s64 number(const char *name, const char *s, s64 least, s64 most)
{
	char *end;
	s64 n = s ? strtoll(s, &end, 0) : 0;

	if (!s || end == s || *end || n < least || n > most)
		usage("bad or missing number", name);
	return n;
}

/* A limit; false: it is none. */
static bool set_limit(const char *s, size_t n, const char *value)
{
	u32 i;

	for (i = 0; i < KTR_N_LIMITS; i++) {
		const struct ktr_limit_row *l = &ktr_limit_rows[i];

		if (strlen(l->name) != n || strncmp(l->name, s, n))
			continue;
		ktr_limits[i] = number(s, value, l->least, l->most);
		return true;
	}
	return false;
}

/* NAME=VALUE; parameters that mean nothing to a process are accepted. */
static void set_param(const char *s)
{
	static const char *const ignored[] = { "args", "hold", "linger" };
	const char *eq = s ? strchr(s, '=') : NULL;
	size_t n;
	u32 i;

	if (!eq)
		usage("NAME=VALUE expected", s ? s : "--param");
	n = (size_t)(eq - s);
	if (set_limit(s, n, eq + 1))
		return;
	if (!strncmp(s, "on_error", n) && n == 8)
		opt.continue_on_error = number(s, eq + 1, 0, 1) != 0;
	else if (!strncmp(s, "pid", n) && n == 3)
		opt.pid = number(s, eq + 1, 0, INT64_MAX);
	else if (!strncmp(s, "cpu", n) && n == 3)
		opt.cpu = number(s, eq + 1, -1, MAX_CPUS);
	else {
		for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
			if (strlen(ignored[i]) == n && !strncmp(s, ignored[i], n))
				return;
		}
		usage("unknown parameter", s);
	}
}

/* One option with its value; false: it is none. */
static bool set_option(const char *name, const char *value)
{
	if (!strcmp(name, "--events"))
		opt.events = value ? value : (usage("file name missing", name), NULL);
	else if (!strcmp(name, "--cpus"))
		opt.cpus = (u32)number(name, value, 1, MAX_CPUS);
	else if (!strcmp(name, "--param"))
		set_param(value);
	else if (!strcmp(name, "--max-loop-count"))
		ktr_limits[KTR_LIM_MAX_LOOP_COUNT] = number(name, value, 1, INT64_MAX);
	else if (!strcmp(name, "--threads"))
		opt.threads = (u32)number(name, value, 1, MAX_CPUS);
	else if (!strcmp(name, "--repeat"))
		opt.repeat = (u32)number(name, value, 1, INT32_MAX);
	else if (!strcmp(name, "--memory"))
		opt.mem_limit = (u64)number(name, value, 1, INT64_MAX);
	else if (!strcmp(name, "--reserve"))
		opt.mem_reserve = (u64)number(name, value, 1, INT64_MAX);
	else if (!strcmp(name, "--table-max"))
		opt.table_max = (u32)number(name, value, 1, INT32_MAX);
	else
		return false;
	return true;
}

void parse_options(int argc, char **argv)
{
	int i = 1;

	while (i < argc && !strncmp(argv[i], "--", 2)) {
		if (!argv[i][2]) {
			i++;
			break;
		}
		if (!strcmp(argv[i], "--help"))
			usage(NULL, NULL);
		if (!strcmp(argv[i], "--stats")) {
			opt.show_stats = true;
			i++;
			continue;
		}
		if (!set_option(argv[i], argv[i + 1]))
			usage("unknown option", argv[i]);
		i += 2;
	}
	opt.n_args = (u32)(argc - i);
	opt.args = argv + i;
	if (opt.threads > opt.cpus)
		opt.cpus = opt.threads;
}
