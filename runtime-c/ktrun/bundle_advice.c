// SPDX-License-Identifier: GPL-2.0
#include "bundle_advice.h"

#include <stdbool.h>
#include <string.h>

#include "ktrun.h"

typedef const char *(*text_of_module)(const struct kt_bundle_module *m);

static const char *name_of(const struct kt_bundle_module *m) { return m->name; }
static const char *script_of(const struct kt_bundle_module *m) { return m->script; }
static const char *kernel_of(const struct kt_bundle_module *m) { return m->kernel; }

/* Is this the first module with that text (of those with that name, when one is given)? */
static bool is_first(const struct kt_bundle_manifest *m, size_t i, text_of_module what, const char *name)
{
	for (size_t k = 0; k < i; k++)
		if (!strcmp(what(&m->modules[k]), what(&m->modules[i])) && (!name || !strcmp(m->modules[k].name, name)))
			return false;
	return !name || !strcmp(m->modules[i].name, name);
}

/* A word of a shell's command line. */
static void put_word(struct kt_text *t, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-,@/=:%";

	kt_text_puts(t, " ");
	if (*word && strspn(word, plain) == strlen(word)) {
		kt_text_puts(t, word);
		return;
	}
	kt_text_puts(t, "'");
	for (; *word; word++) {
		if (*word == '\'')
			kt_text_puts(t, "'\\''");
		else
			kt_text_put(t, word, 1);
	}
	kt_text_puts(t, "'");
}

void kt_bundle_command(struct kt_text *t, const struct kt_bundle_manifest *m, const char *path, const char *release)
{
	const char *option;
	bool is_new = true;

	kt_text_puts(t, "kt2ko bundle");
	for (size_t i = 0; (option = kt_bundle_option(m, i)); i++)
		put_word(t, option);
	for (size_t i = 0; i < m->n; i++)
		if (is_first(m, i, script_of, NULL))
			put_word(t, m->modules[i].script);
	for (size_t i = 0; i < m->n; i++) {
		if (!is_first(m, i, kernel_of, NULL))
			continue;
		kt_text_puts(t, " -k");
		put_word(t, m->modules[i].kernel);
		is_new = is_new && strcmp(m->modules[i].kernel, release);
	}
	if (is_new) {
		kt_text_puts(t, " -k");
		put_word(t, release);
	}
	kt_text_puts(t, " -o");
	put_word(t, path);
}

/* "a, b, c": the different texts of all modules, or of those with a name; "KERNEL (ARCH)" for kernels. */
static void put_list(struct kt_text *t, const struct kt_bundle_manifest *m, text_of_module what, const char *name)
{
	const char *between = "";

	for (size_t i = 0; i < m->n; i++) {
		if (!is_first(m, i, what, name))
			continue;
		kt_text_puts(t, between);
		kt_text_puts(t, what(&m->modules[i]));
		if (what == kernel_of) {
			kt_text_puts(t, " (");
			kt_text_puts(t, m->modules[i].arch);
			kt_text_puts(t, ")");
		}
		between = ", ";
	}
}

static bool has_name(const struct kt_bundle_manifest *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (!strcmp(m->modules[i].name, name))
			return true;
	return false;
}

void kt_bundle_tell_missing(const struct kt_bundle_manifest *m, const char *path, const char *name, const char *release,
			    const char *machine)
{
	struct kt_text list = { 0 }, command = { 0 };

	if (!has_name(m, name)) {
		put_list(&list, m, name_of, NULL);
		kt_error("%s has no script %s; it has: %.*s", path, name, (int)list.n, list.p ? list.p : "");
	} else {
		put_list(&list, m, kernel_of, name);
		kt_bundle_command(&command, m, path, release);
		kt_error("%s is in %s for kernels %.*s; this is %s (%s)", name, path, (int)list.n, list.p ? list.p : "",
			 release, machine);
		kt_error("make the bundle again, where the scripts and the headers of this kernel are: %.*s", (int)command.n,
			 command.p ? command.p : "");
	}
	kt_text_free(&list);
	kt_text_free(&command);
}

static void print_script(const struct kt_bundle_manifest *m, const struct kt_bundle_module *first, const char *release,
			 const char *machine, FILE *to)
{
	const char *event, *between = "  traces ";

	fprintf(to, "%s (%s)%s\n", first->name, first->script, first->unsafe ? ", unsafe" : "");
	for (size_t i = 0; (event = kt_bundle_event(m, first, i)); i++, between = ", ")
		fprintf(to, "%s%s", between, event);
	if (*between == ',')
		fputc('\n', to);
	for (const struct kt_bundle_module *one = m->modules; one < m->modules + m->n; one++) {
		if (strcmp(one->name, first->name))
			continue;
		fprintf(to, "  %s %s%s\n", one->kernel, one->arch,
			!strcmp(one->kernel, release) && !strcmp(one->arch, machine) ? "  (this kernel)" : "");
	}
}

void kt_bundle_print(const struct kt_bundle_manifest *m, const char *release, const char *machine, FILE *to)
{
	for (size_t i = 0; i < m->n; i++)
		if (is_first(m, i, name_of, NULL))
			print_script(m, &m->modules[i], release, machine, to);
}
