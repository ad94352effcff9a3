// SPDX-License-Identifier: GPL-2.0
/*
 * fn_set.c - see fn_set.h.
 */
#include "fn_set.h"

#include <linux/seq_file.h>

#include "symbols.h"
#include "trace_list.h"

/* The filter that a reset one has: one constant of the kernel. With it ops means all functions. */
static const void *no_filter;

static bool is_empty(const struct ftrace_ops *ops)
{
	return rcu_access_pointer(ops->func_hash->filter_hash) == no_filter;
}

/* Context: the script's thread. */
static int begin_filter(struct ftrace_ops *ops)
{
	int err = ftrace_set_filter(ops, NULL, 0, 1);

	if (!err)
		no_filter = rcu_access_pointer(ops->func_hash->filter_hash);
	return err;
}

/*
 * 1: done, 0: there is no such function, -errno. When there is no memory for an entry the kernel goes without it and does not say
 * so. Without any the filter would mean all functions.
 */
static int add_filter(struct ftrace_ops *ops, const char *pattern)
{
	char buf[KTR_FN_NAME_MAX];
	ssize_t n = strscpy(buf, pattern, sizeof(buf));
	int err = n > 0 ? ftrace_set_filter(ops, buf, n, 0) : -EINVAL;

	if (!err)
		return is_empty(ops) ? -ENOMEM : 1;
	return err == -EINVAL ? 0 : err;
}

static int filter_failed(struct ktr_ctx *c, const struct ktr_fn *fn, int err)
{
	if (err == -ENOMEM)
		return ktr_fail(c, "cannot trace %s: no memory", fn->att->probe->text);
	return ktr_attach_failed(c, fn->att, "the function tracer refuses", err);
}

/* ---- names -------------------------------------------------------------------------------------------------- */

/* The compiler's versions of a function that it has split or specialised; cold parts are no entries, the tracer has none. */
static int add_variants(struct ftrace_ops *ops, const char *name)
{
	char buf[KTR_FN_NAME_MAX];

	return snprintf(buf, sizeof(buf), "%s.*", name) < sizeof(buf) ? add_filter(ops, buf) : 0;
}

/*
 * Another name that a function may have: mostly there is none, for which the tracer would look through all its functions. The first one
 * mostly is there, and asking for symbols costs a grace period the first time.
 */
static int add_other_name(struct ftrace_ops *ops, const char *name)
{
	return ktr_symbol_is_absent(name) ? 0 : add_filter(ops, name);
}

/* 1: found, 0: no such function, KTR_ERR. */
static int add_named(struct ktr_ctx *c, struct ktr_fn *fn, struct ftrace_ops *ops, const char *name, unsigned int how)
{
	char buf[KTR_FN_NAME_MAX];
	unsigned int i;
	int rc;

	for (i = 0; ktr_fn_name(name, i, buf); i++) {
		const char *why = ktr_blocked(buf, how);

		if (why && !ktr_symbol_is_absent(buf))
			return ktr_fn_refuse(c, fn->att, buf, why);
		rc = i ? add_other_name(ops, buf) : add_filter(ops, buf);
		if (rc < 0)
			return filter_failed(c, fn, rc);
		if (!rc)
			continue;
		fn->syscall = ktr_fn_is_syscall(buf);
		if (fn->any)
			return 1;
		return ktr_fn_set_name(c, fn, buf) ? KTR_ERR : 1;
	}
	fn->many = true;
	rc = add_variants(ops, name);
	return rc < 0 ? filter_failed(c, fn, rc) : rc;
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
			return filter_failed(c, fn, found);	/* what has been told stays */
		if (!found)
			return ktr_fail(c, "event %s matches nothing: no function %s", fn->att->probe->text, word);
		list += n;
	}
	return 1;
}

/* ---- what patterns leave out -------------------------------------------------------------------------------- */

static bool is_left_out(const char *pattern, const char *name)
{
	return ktr_glob_match(pattern, strlen(pattern), name, strlen(name)) && !ktr_symbol_is_absent(name);
}

/* 0 also when it was not in the filter; -ENOMEM. */
static int remove_name(struct ftrace_ops *ops, const char *name)
{
	unsigned long addr = ktr_symbol_address(name);
	int err = addr ? ftrace_set_filter_ip(ops, addr, 1, 0) : -ENOENT;

	return err == -ENOMEM ? err : 0;
}

/* By the filter's other half, of what is not to be traced. It knows names only and looks through all functions each time. */
static int take_out_by_name(struct ftrace_ops *ops, const char *name)
{
	char buf[KTR_FN_NAME_MAX];
	ssize_t n = strscpy(buf, name, sizeof(buf));
	int err = n > 0 ? ftrace_set_notrace(ops, buf, n, 0) : 0;

	return err == -ENOMEM ? err : 0;
}

/*
 * Taking a function out of the filter by its address is quick, and does not silently go wrong without memory. Others may have the
 * same name.
 */
static int leave_out_blocked(struct ftrace_ops *ops, const char *pattern, unsigned int how)
{
	bool by_name = strcmp(pattern, "*");
	const char *name, *why;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && (name = ktr_blocked_name(i, how, &why)) != NULL; i++) {
		if (!is_left_out(pattern, name))
			continue;
		err = remove_name(ops, name);
		if (!err && (by_name || !ktr_symbol_address(name)))
			err = take_out_by_name(ops, name);
	}
	return err ? err : is_empty(ops) ? -ENOENT : 0;
}

/* Whether nothing is left of a pattern, and then, of which function and why. 1, 0 or -errno. */
static int all_left_out(const char *pattern, unsigned int how, const char **function, const char **why)
{
	struct ftrace_ops *trial = kzalloc(sizeof(*trial), GFP_KERNEL);
	const char *name, *reason;
	unsigned int i;
	int rc;

	if (!trial)
		return -ENOMEM;
	rc = begin_filter(trial);
	if (!rc)
		rc = add_filter(trial, pattern);
	for (i = 0; rc > 0 && (name = ktr_blocked_name(i, how, &reason)) != NULL; i++) {
		if (!is_left_out(pattern, name))
			continue;
		if (remove_name(trial, name))
			rc = -ENOMEM;
		*function = name;
		*why = reason;
	}
	if (rc > 0)
		rc = is_empty(trial);
	ftrace_free_filter(trial);
	kfree(trial);
	return rc;
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
	int rc = add_filter(ops, pattern);

	fn->many = true;
	fn->syscall = ktr_fn_is_syscall(pattern);
	if (!rc) {
		if (!ktr_symbol_like(pattern, example, sizeof(example)))
			return 0;
		return ktr_fail(c, "cannot trace %s: the function tracer can hook none of its functions, such as %s; "
				"name one in full", fn->att->probe->text, example);
	}
	if (rc > 0)
		rc = all_left_out(pattern, how, &function, &why);
	if (rc > 0)
		return ktr_fn_refuse(c, fn->att, function, why);
	if (!rc)
		rc = leave_out_blocked(ops, pattern, how);
	return rc ? filter_failed(c, fn, rc) : 1;
}

int ktr_fn_set_fill(struct ktr_ctx *c, struct ktr_fn *fn, struct ftrace_ops *ops, unsigned int how)
{
	const struct ktr_probe *p = fn->att->probe;
	int err = begin_filter(ops);

	if (err)
		return filter_failed(c, fn, err);
	if (fn->any)
		return add_list(c, fn, ops, p->path);
	if (ktr_is_pattern(p->event))
		return add_pattern(c, fn, ops, p->event, how);
	return add_named(c, fn, ops, p->event, how);
}
