// SPDX-License-Identifier: GPL-2.0
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktr_wire.h"
#include "ktrun.h"

#ifndef KT2KO_VERSION
#define KT2KO_VERSION "unknown"
#endif

static const char usage[] =
	"usage: ktrun [OPTION...] MODULE.ko [ARG...] [-- CMD [ARG...]]\n"
	"       ktrun [OPTION...] BUNDLE NAME [ARG...] [-- CMD [ARG...]]\n"
	"       ktrun [--json] BUNDLE\n"
	"Loads a script module, prints its output and unloads it when the script ends,\n"
	"at Ctrl-C, or when CMD ends. Of a bundle (kt2ko bundle) it takes the module of\n"
	"that name for the running kernel; without a name it lists what is there.\n"
	"  -o, --output FILE   write the script's output to FILE\n"
	"      --rotate SIZE   with -o: files FILE.1, FILE.2, ... of at most SIZE bytes\n"
	"                      (also 64K, 10M, 1G); SIZE,COUNT keeps the newest COUNT\n"
	"      --json          one JSON object a line for each output, error and loss,\n"
	"                      and a summary at the end\n"
	"      --flamegraph FILE\n"
	"                      draw what print_folded() writes, as SVG, to FILE\n"
	"  -p, --pid PID       trace this process only, with all its threads\n"
	"      --children      with -p: its children too; with CMD they always are\n"
	"      --no-children   trace CMD without its children\n"
	"      --self          also trace ktrun itself and the script's own thread\n"
	"  -C, --cpu CPU       trace this CPU only\n"
	"      --user USER     run CMD and write files as this user: NAME or UID, also\n"
	"                      with :GROUP; default: who called sudo\n"
	"      --group GROUP   leave the output to members of this group, who read it\n"
	"                      with: cat /proc/kt2ko/MODULE/trace\n"
	"  -T, --time          put the time before each printed event\n"
	"  -q, --quiet         do not say that tracing has begun\n"
	"      --timeout SEC   end the trace after SEC seconds\n"
	"      --param N=V     a parameter of the module, like buffer_kb=4096; may be repeated\n"
	"  -h, --help\n"
	"  -V, --version\n";

enum { OPT_TIMEOUT = 256, OPT_PARAM, OPT_CHILDREN, OPT_NO_CHILDREN, OPT_SELF, OPT_ROTATE, OPT_JSON, OPT_FLAMEGRAPH,
       OPT_USER, OPT_GROUP };

static const struct option long_options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "rotate", required_argument, NULL, OPT_ROTATE },
	{ "flamegraph", required_argument, NULL, OPT_FLAMEGRAPH },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "pid", required_argument, NULL, 'p' },
	{ "children", no_argument, NULL, OPT_CHILDREN },
	{ "no-children", no_argument, NULL, OPT_NO_CHILDREN },
	{ "self", no_argument, NULL, OPT_SELF },
	{ "cpu", required_argument, NULL, 'C' },
	{ "user", required_argument, NULL, OPT_USER },
	{ "group", required_argument, NULL, OPT_GROUP },
	{ "time", no_argument, NULL, 'T' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "param", required_argument, NULL, OPT_PARAM },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static bool parse_number(const char *text, long min, int *out)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || end == text || *end || n < min || n > INT_MAX)
		return false;
	*out = (int)n;
	return true;
}

/* Seconds, fractions allowed. */
static bool parse_seconds(const char *text, unsigned long long *ns)
{
	char *end;
	double s;

	errno = 0;
	s = strtod(text, &end);
	/* written so that NaN is refused too; a year is more than anybody waits */
	if (errno || end == text || *end || !(s > 0 && s <= 366.0 * 86400))
		return false;
	*ns = (unsigned long long)(s * (double)KT_NS_PER_S);
	if (!*ns)
		*ns = 1;
	return true;
}

/* SIZE[K|M|G][,COUNT] */
static bool parse_rotation(const char *text, struct kt_style *style)
{
	static const char units[] = "KMG";
	const char *unit;
	int keep = 0;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	style->rotate_bytes = strtoull(text, &end, 10);
	unit = *end ? strchr(units, *end >= 'a' ? *end - 'a' + 'A' : *end) : NULL;
	for (int i = 0; unit && i <= unit - units; i++) {
		if (style->rotate_bytes >> 53)
			return false;
		style->rotate_bytes *= 1024;
	}
	end += unit != NULL;
	if (*end == ',' && !parse_number(end + 1, 1, &keep))
		return false;
	style->rotate_keep = (unsigned int)keep;
	return !errno && style->rotate_bytes && (!*end || *end == ',');
}

static enum kt_parsed wrong_value(const char *what, const char *value)
{
	kt_error("%s '%s' is not valid", what, value);
	return KT_PARSED_WRONG;
}

/* Values are checked by the module; here only what would fall apart on the way to it. */
static enum kt_parsed take_param(struct kt_options *o, char *text)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text || strpbrk(text, " \t\n\"'")) {
		kt_error("parameter '%s' is not of the form NAME=VALUE", text);
		return KT_PARSED_WRONG;
	}
	if (o->n_params == KT_MAX_PARAMS) {
		kt_error("more than %d parameters", KT_MAX_PARAMS);
		return KT_PARSED_WRONG;
	}
	o->params[o->n_params++] = text;
	return KT_PARSED_RUN;
}

static enum kt_parsed take_option(struct kt_options *o, int c)
{
	switch (c) {
	case 'o':
		o->style.path = optarg;
		return KT_PARSED_RUN;
	case OPT_ROTATE:
		return parse_rotation(optarg, &o->style) ? KT_PARSED_RUN : wrong_value("rotation", optarg);
	case OPT_FLAMEGRAPH:
		o->flamegraph = optarg;
		return KT_PARSED_RUN;
	case OPT_JSON:
		o->style.json = true;
		return KT_PARSED_RUN;
	case 'p':
		return parse_number(optarg, 1, &o->pid) ? KT_PARSED_RUN : wrong_value("pid", optarg);
	case 'C':
		return parse_number(optarg, 0, &o->cpu) ? KT_PARSED_RUN : wrong_value("cpu", optarg);
	case OPT_CHILDREN:
		o->children = KT_CHILDREN_YES;
		return KT_PARSED_RUN;
	case OPT_NO_CHILDREN:
		o->children = KT_CHILDREN_NO;
		return KT_PARSED_RUN;
	case OPT_SELF:
		o->self = true;
		return KT_PARSED_RUN;
	case OPT_USER:
		o->user = optarg;
		return KT_PARSED_RUN;
	case OPT_GROUP:
		o->group = optarg;
		return KT_PARSED_RUN;
	case 'T':
		o->style.times = true;
		return KT_PARSED_RUN;
	case 'q':
		o->quiet = true;
		return KT_PARSED_RUN;
	case OPT_TIMEOUT:
		return parse_seconds(optarg, &o->timeout_ns) ? KT_PARSED_RUN : wrong_value("timeout", optarg);
	case OPT_PARAM:
		return take_param(o, optarg);
	case 'h':
		fputs(usage, stdout);
		return KT_PARSED_DONE;
	case 'V':
		printf("ktrun %s (module protocol %d)\n", KT2KO_VERSION, KTR_WIRE_VERSION);
		return KT_PARSED_DONE;
	default:
		fputs(usage, stderr);
		return KT_PARSED_WRONG;
	}
}

static enum kt_parsed check_combination(const struct kt_options *o)
{
	if (o->style.rotate_bytes && !o->style.path) {
		kt_error("--rotate needs -o FILE");
		return KT_PARSED_WRONG;
	}
	if (o->command && o->pid) {
		kt_error("-p and a command exclude each other");
		return KT_PARSED_WRONG;
	}
	if (o->children && !o->command && !o->pid) {
		kt_error("--%schildren says nothing without -p or a command", o->children == KT_CHILDREN_NO ? "no-" : "");
		return KT_PARSED_WRONG;
	}
	if (o->group && (o->style.path || o->style.json || o->style.times || o->flamegraph)) {
		kt_error("--group leaves the output to others: -o, --json, -T and --flamegraph say nothing then");
		return KT_PARSED_WRONG;
	}
	return KT_PARSED_RUN;
}

/* Splits MODULE.ko [ARG...] [-- CMD [ARG...]]. */
static enum kt_parsed take_operands(struct kt_options *o, char **operand)
{
	if (!*operand) {
		kt_error("no module given");
		fputs(usage, stderr);
		return KT_PARSED_WRONG;
	}
	o->module = *operand++;
	o->args = operand;
	while (*operand && strcmp(*operand, "--"))
		operand++;
	if (*operand) {
		*operand = NULL;
		o->command = operand + 1;
	}
	if (o->command && !*o->command) {
		kt_error("no command after --");
		return KT_PARSED_WRONG;
	}
	return check_combination(o);
}

enum kt_parsed kt_parse_options(struct kt_options *o, int argc, char **argv)
{
	int c;

	memset(o, 0, sizeof(*o));
	o->cpu = -1;
	optind = 0;	/* glibc: start anew */
	/* '+': what follows the module belongs to the script */
	while ((c = getopt_long(argc, argv, "+o:p:C:TqhV", long_options, NULL)) != -1) {
		enum kt_parsed parsed = take_option(o, c);

		if (parsed != KT_PARSED_RUN)
			return parsed;
	}
	return take_operands(o, argv + optind);
}
