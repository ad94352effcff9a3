// SPDX-License-Identifier: GPL-2.0
/*
 * fn_set.c - see fn_set.h.
 */
#include "fn_set.h"

#include <linux/seq_file.h>

#include "symbols.h"
#include "trace_list.h"

static int add_filter(struct ftrace_ops *ops, const char *pattern)
{
	char buf[KTR_FN_NAME_MAX];
	ssize_t n = strscpy(buf, pattern, sizeof(buf));

	return n > 0 && !ftrace_set_filter(ops, buf, n, 0);
}

/* ---- names -------------------------------------------------------------------------------------------------- */

/* The compiler's versions of a function that it has split or specialised; cold parts are no entries. */
static bool add_variants(struct ftrace_ops *ops, const char *name)
{
	static const char *const suffixes[] = { "isra", "constprop", "part" };
	char buf[KTR_FN_NAME_MAX];
	bool any = false;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (snprintf(buf, sizeof(buf), "%s.%s.*", name, suffixes[i]) < sizeof(buf))
			any |= add_filter(ops, buf);
	return any;
}

/* 1: found, 0: no such function, KTR_ERR. */
static int add_named(struct ktr_ctx *c, struct ktr_fn *fn, struct ftrace_ops *ops, const char *name, unsigned int how)
{
	char buf[KTR_FN_NAME_MAX];
	unsigned int i;

	for (i = 0; ktr_fn_name(name, i, buf); i++) {
		const char *why = ktr_blocked(buf, how);

		if (why && ktr_symbol_address(buf))
			return ktr_fn_refuse(c, fn->att, buf, why);
		if (!add_filter(ops, buf))
			continue;
		fn->syscall = ktr_fn_is_syscall(buf);
		if (fn->any)
			return 1;
		return ktr_fn_set_name(c, fn, buf) ? KTR_ERR : 1;
	}
	fn->many = true;
	return add_variants(ops, name);
}

/* Patterns separated by blanks, each of which must mean something. NULL: every function. 1 or KTR_ERR. */
static int add_list(struct ktr_ctx *c, struct ktr_fn *fn, struct ftrace_ops *ops, const char *list)
{
	char word[KTR_FN_NAME_MAX];

	while (list && *(list = skip_spaces(list))) {
		size_t n = strcspn(list, " \t\n");
		int found;

		if (n >= sizeof(word))
			return ktr_fail(c, "cannot trace %s: name too long", fn->att->probe->text);
		memcpy(word, list, n);
		word[n] = '\0';
		found = ktr_is_pattern(word) ? add_filter(ops, word) : add_named(c, fn, ops, word, 0);
		if (found < 0)
			return KTR_ERR;
		if (!found)
			return ktr_fail(c, "event %s matches nothing: no function %s", fn->att->probe->text, word);
		list += n;
	}
	return 1;
}

/* ---- what patterns leave out -------------------------------------------------------------------------------- */

static bool is_left_out(const char *pattern, const char *name)
{
	return ktr_glob_match(pattern, strlen(pattern), name, strlen(name)) && ktr_symbol_address(name);
}

/*
 * Taking a function out of the filter by its address is quick, but a filter that became empty would mean all functions.
 * The filter's other half, of what is not to be traced, knows names only and looks through all functions each time.
 */
static void leave_out(struct ftrace_ops *ops, const char *pattern, const char *name)
{
	char buf[KTR_FN_NAME_MAX];

	if (!strcmp(pattern, "*")) {
		ftrace_set_filter_ip(ops, ktr_symbol_address(name), 1, 0);
		return;
	}
	strscpy(buf, name, sizeof(buf));
	ftrace_set_notrace(ops, buf, strlen(buf), 0);
}

static void leave_out_blocked(struct ftrace_ops *ops, const char *pattern, unsigned int how)
{
	const char *name, *why;
	unsigned int i;

	for (i = 0; (name = ktr_blocked_name(i, how, &why)) != NULL; i++)
		if (is_left_out(pattern, name))
			leave_out(ops, pattern, name);
}

/* An empty filter is one constant of the kernel, which is what a reset filter has as well. */
static bool is_empty(struct ftrace_ops *ops)
{
	const void *before = rcu_access_pointer(ops->func_hash->filter_hash);

	return !ftrace_set_filter(ops, NULL, 0, 1) && before == rcu_access_pointer(ops->func_hash->filter_hash);
}

/*
 * Why nothing is left of a pattern, and of which function; NULL: something is. That is tried on another set of functions,
 * because in the real one an empty filter would mean all of them.
 */
static const char *all_left_out(const char *pattern, unsigned int how, const char **function)
{
	struct ftrace_ops *trial = kzalloc(sizeof(*trial), GFP_KERNEL);
	const char *name, *why, *found = NULL;
	unsigned int i;

	if (!trial || !add_filter(trial, pattern))
		goto out;
	for (i = 0; (name = ktr_blocked_name(i, how, &why)) != NULL; i++) {
		if (!is_left_out(pattern, name) || ftrace_set_filter_ip(trial, ktr_symbol_address(name), 1, 0))
			continue;
		found = why;
		*function = name;
	}
	if (found && !is_empty(trial))
		found = NULL;
	ftrace_free_filter(trial);
out:
	kfree(trial);
	return found;
}

void ktr_fn_set_show(struct seq_file *m, const struct ktr_att *a, unsigned int how)
{
	const char *name, *why;
	unsigned int i;

	if (!ktr_is_pattern(a->probe->event))
		return;
	for (i = 0; (name = ktr_blocked_name(i, how, &why)) != NULL; i++)
		if (is_left_out(a->probe->event, name))
			seq_printf(m, "left_out %s: %s: %s\n", a->probe->text, name, why);
}

/* ---- the whole ---------------------------------------------------------------------------------------------- */

/* 1: found, 0: no such function, KTR_ERR. */
static int add_pattern(struct ktr_ctx *c, struct ktr_fn *fn, struct ftrace_ops *ops, const char *pattern,
		       unsigned int how)
{
	char example[KTR_FN_NAME_MAX];
	const char *why, *function;

	fn->many = true;
	fn->syscall = ktr_fn_is_syscall(pattern);
	if (!add_filter(ops, pattern)) {
		if (!ktr_symbol_like(pattern, example, sizeof(example)))
			return 0;
		return ktr_fail(c, "cannot trace %s: the function tracer can hook none of its functions, such as %s; "
				"name one in full", fn->att->probe->text, example);
	}
	why = all_left_out(pattern, how, &function);
	if (why)
		return ktr_fn_refuse(c, fn->att, function, why);
	leave_out_blocked(ops, pattern, how);
	return 1;
}

int ktr_fn_set_fill(struct ktr_ctx *c, struct ktr_fn *fn, struct ftrace_ops *ops, unsigned int how)
{
	const struct ktr_probe *p = fn->att->probe;

	if (fn->any)
		return add_list(c, fn, ops, p->path);
	if (ktr_is_pattern(p->event))
		return add_pattern(c, fn, ops, p->event, how);
	return add_named(c, fn, ops, p->event, how);
}
