// SPDX-License-Identifier: GPL-2.0
/*
 * ktrun - loads a script module, prints its output in the order of time, unloads it.
 *
 * One static program: all that a machine needs to run prebuilt modules.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bundle.h"
#include "bundle_file.h"
#include "identity.h"
#include "ktrun.h"
#include "module.h"
#include "options.h"
#include "output.h"
#include "percent.h"
#include "picture.h"
#include "signals.h"
#include "target.h"
#include "trace.h"
#include "workload.h"

static bool is_word_of(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (; *words; words += strcspn(words, " "), words += strspn(words, " "))
		if (strcspn(words, " ") == n && !memcmp(words, word, n))
			return true;
	return false;
}

/* The kernel takes unknown parameters for a reason to print a line in its log: too quiet for a user's mistake. */
static int check_params(const struct kt_options *opt, const struct kt_module *m)
{
	static const char ours[] = "hold pid children self cpu gid args";

	for (int i = 0; i < opt->n_params; i++) {
		const char *name = opt->params[i];
		size_t n = strcspn(name, "=");
		char word[KT_NAME_MAX];

		snprintf(word, sizeof(word), "%.*s", (int)n, name);
		if (is_word_of(ours, word)) {
			kt_error("parameter %s is set by ktrun itself: use its options", word);
			return -1;
		}
		if (!kt_modinfo_has_param(&m->info, name, n)) {
			kt_error("%s has no parameter %s", opt->module, word);
			return -1;
		}
	}
	if (!opt->group || kt_modinfo_has_param(&m->info, "gid", 3))
		return 0;
	kt_error("%s knows no groups; build it again", m->path);
	return -1;
}

/* Module parameters; allocated. NULL after a message. */
static char *make_params(const struct kt_options *opt, int pid, gid_t group)
{
	char *args = kt_percent_args(opt->args), *params = NULL;
	size_t size = 0;
	FILE *f = args ? open_memstream(&params, &size) : NULL;

	if (f) {
		fprintf(f, "hold=2 pid=%d cpu=%d children=%d self=%d", pid, opt->cpu, kt_wants_children(opt),
			opt->self);
		if (opt->group)
			fprintf(f, " gid=%u", group);
		for (int i = 0; i < opt->n_params; i++)
			fprintf(f, " %s", opt->params[i]);
		if (*args)
			fprintf(f, " args=%s", args);
	}
	free(args);
	if (f && !fclose(f))
		return params;
	kt_error("out of memory");
	return NULL;
}

/* What the command line's names mean here. */
struct people {
	struct kt_identity user;
	gid_t group;
};

/* With everything opened: loads, traces, unloads. */
static int run(const struct kt_options *opt, const struct people *who, struct kt_module *m, struct kt_output *out,
	       struct kt_workload *work)
{
	struct kt_trace trace = { .opt = opt, .module = m, .who = &who->user, .work = work, .out = out };
	char *params = make_params(opt, work->pid ? (int)work->pid : opt->pid, who->group);
	int status = KT_EXIT_REFUSED;

	if (params && !kt_module_make_way(m) && !kt_module_load(m, params))
		status = kt_trace_run(&trace);
	free(params);
	/* before unloading: that takes a moment, and the command has no one to watch it any more */
	kt_workload_end(work);
	if (kt_module_close(m))
		status = KT_EXIT_REFUSED;
	return status;
}

/*
 * Whose folder and links the files are in must not matter: they are opened with the rights of who wants them. Root's would
 * reach more.
 */
static int open_outputs(const struct kt_options *opt, const struct kt_identity *user, struct kt_output *out,
			struct kt_picture *picture)
{
	int err = kt_identity_begin(user);

	if (err)
		return err;
	err = kt_output_open(out, &opt->style) || kt_picture_open(picture, opt->flamegraph);
	if (err && user->other)
		kt_error("files are written as user %u, group %u; choose with --user", user->uid, user->gid);
	return kt_identity_end(user) || err ? -1 : 0;
}

static int prepare_and_run(const struct kt_options *opt, const struct people *who, struct kt_module *m)
{
	struct kt_workload work;
	struct kt_picture picture;
	struct kt_output out;
	bool failed;
	int status;

	if (open_outputs(opt, &who->user, &out, &picture))
		return KT_EXIT_REFUSED;
	if (opt->flamegraph)
		out.stacks = &picture.stacks;
	if (kt_signals_init()) {
		kt_error("cannot set up signals: %s", strerror(errno));
		return KT_EXIT_REFUSED;
	}
	if (kt_workload_fork(&work, opt->command, &who->user))
		return KT_EXIT_REFUSED;
	status = run(opt, who, m, &out, &work);
	kt_output_close(&out);
	failed = kt_picture_close(&picture, m->info.name) || out.file.error;
	kt_output_report(&out);
	return failed ? KT_EXIT_REFUSED : status;
}

static int find_people(const struct kt_options *opt, struct people *who)
{
	if (opt->group && kt_find_group(opt->group, &who->group))
		return -1;
	return kt_identity_find(&who->user, opt->user);
}

/*
 * A bundle instead of a module: the first argument is the name of the script. True: nothing is left to do, *status is how it
 * went.
 */
static bool open_from_bundle(struct kt_options *opt, struct kt_module *m, int *status)
{
	static char shown[2 * KT_NAME_MAX + 256];
	const char *name = opt->args[0];
	int fd;

	if (!name && opt->command) {
		kt_error("no name of a script after the bundle; ktrun %s lists them", opt->module);
		*status = KT_EXIT_USAGE;
		return true;
	}
	if (!name) {
		*status = kt_bundle_list(opt->module, opt->style.json);
		return true;
	}
	*status = KT_EXIT_REFUSED;
	fd = kt_bundle_open_module(opt->module, name);
	if (fd < 0)
		return true;
	snprintf(shown, sizeof(shown), "%s of %s", name, opt->module);
	opt->module = shown;
	opt->args++;
	return kt_module_take(m, fd, shown) != 0;
}

/* True: there is no module to run; *status tells why. */
static bool open_module(struct kt_options *opt, struct kt_module *m, int *status)
{
	if (kt_is_bundle(opt->module))
		return open_from_bundle(opt, m, status);
	*status = KT_EXIT_REFUSED;
	return kt_module_open(m, opt->module) != 0;
}

/*
 * Whoever starts us may have closed stdin, stdout or stderr: then a file that is opened, one of the module's too, would get that
 * number, and what we print would go into it. The numbers are taken, by what cannot be read or written.
 */
static void take_standard_streams(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
			return;
}

int main(int argc, char **argv)
{
	struct kt_options opt;
	struct people who = { 0 };
	struct kt_module m;
	int status;

	take_standard_streams();
	switch (kt_parse_options(&opt, argc, argv)) {
	case KT_PARSED_DONE:
		return KT_EXIT_DONE;
	case KT_PARSED_WRONG:
		return KT_EXIT_USAGE;
	case KT_PARSED_RUN:
		break;
	}
	if (open_module(&opt, &m, &status))
		return status;
	if (check_params(&opt, &m) || kt_check_target(opt.pid, opt.cpu) || find_people(&opt, &who))
		return KT_EXIT_REFUSED;
	status = prepare_and_run(&opt, &who, &m);
	kt_identity_free(&who.user);
	return status;
}
