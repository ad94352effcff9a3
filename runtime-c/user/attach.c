// SPDX-License-Identifier: GPL-2.0
/* Registrations: which handlers want which events of the list. */
#include "home.h"
#include "ktr_units.def"

#include <stdlib.h>
#include <string.h>

u32 n_regs;
struct reg *regs;
struct ktr_val end_handler;
bool starting;

/* ---- matching ----------------------------------------------------------------------------------------------- */

static bool glob(const char *pattern, const char *s)
{
	return ktr_glob_match(pattern, (u32)strlen(pattern), s, (u32)strlen(s));
}

/* System and event are matched as one text, so that * crosses the colon. */
static bool matches_tracepoint(const struct ktr_probe *p, const char *system, const char *name)
{
	char pattern[512], full[512];

	if (!strcmp(system, "probe") || !strcmp(system, "sdt"))
		return false;
	if (!strcmp(p->system, "*") && !strcmp(system, "ftrace"))
		return false;
	snprintf(pattern, sizeof(pattern), "%s:%s", p->system, p->event);
	snprintf(full, sizeof(full), "%s:%s", system, name);
	return glob(pattern, full);
}

/* What follows the prefix of a system call's function: SyS_x, sys_x, __x64_sys_x. NULL: it is none. */
static const char *syscall_of(const char *s)
{
	static const char *const prefixes[] = { "__x64_sys_", "SyS_", "sys_" };
	u32 i;

	for (i = 0; i < 3; i++) {
		if (!strncmp(s, prefixes[i], strlen(prefixes[i])))
			return s + strlen(prefixes[i]);
	}
	return NULL;
}

/* SYMBOL[+OFFSET] against a pattern and an offset. */
static bool matches_symbol(const char *pattern, s64 offset, const char *s, size_t n)
{
	char *sym = copy_text(s, n), *plus = strchr(sym, '+');
	const char *want = syscall_of(pattern), *have;
	bool ok;

	if (plus)
		*plus = 0;
	have = syscall_of(sym);
	ok = glob(pattern, sym) || (want && have && glob(want, have));
	ok = ok && (plus ? (s64)strtoull(plus + 1, NULL, 0) : 0) == offset;
	free(sym);
	return ok;
}

/* "SYM", "SYM%return" */
static bool matches_kprobe(const struct ktr_probe *p, const char *name)
{
	const char *ret = strstr(name, "%return");

	if (strchr(name, ':') || (p->kind == KTR_PROBE_KRETPROBE) != (ret != NULL))
		return false;
	return matches_symbol(p->event, p->offset, name, ret ? (size_t)(ret - name) : strlen(name));
}

/* "PATH:SYM", "PATH:0xOFFSET", both with or without "%return" */
static bool matches_uprobe(const struct ktr_probe *p, const char *name)
{
	const char *colon = strchr(name, ':'), *ret = strstr(name, "%return");
	size_t n = strlen(p->path);

	if (!colon || (size_t)(colon - name) != n || strncmp(name, p->path, n))
		return false;
	if ((p->kind == KTR_PROBE_URETPROBE) != (ret != NULL))
		return false;
	colon++;
	if (!p->event)
		return (s64)strtoull(colon, NULL, 0) == p->offset;
	return matches_symbol(p->event, p->offset, colon, ret ? (size_t)(ret - colon) : strlen(colon));
}

/* "PATH:[PROVIDER:]NAME" */
static bool matches_sdt(const struct ktr_probe *p, const char *name)
{
	const char *colon = strchr(name, ':'), *last = strrchr(name, ':');
	size_t n = strlen(p->path);

	if (!colon || (size_t)(colon - name) != n || strncmp(name, p->path, n) || !glob(p->event, last + 1))
		return false;
	return !p->system || last == colon || !strncmp(p->system, colon + 1, (size_t)(last - colon - 1));
}

bool matches_name(const struct ktr_probe *p, const char *system, const char *name)
{
	switch (p->kind) {
	case KTR_PROBE_TRACEPOINT:
		return matches_tracepoint(p, system, name);
	case KTR_PROBE_KPROBE:
	case KTR_PROBE_KRETPROBE:
		return !strcmp(system, "probe") && matches_kprobe(p, name);
	case KTR_PROBE_UPROBE:
	case KTR_PROBE_URETPROBE:
		return !strcmp(system, "probe") && matches_uprobe(p, name);
	case KTR_PROBE_SDT:
		return !strcmp(system, "sdt") && matches_sdt(p, name);
	default:
		return false;
	}
}

/* ftrace:function /ip == GLOB GLOB .../: the globs stand in path, the function's address in the first field. */
static bool traces_function(const struct ktr_probe *p, const struct line *l)
{
	char name[256], *globs, *g, *rest;
	bool found = false;

	if (p->kind != KTR_PROBE_TRACEPOINT || !p->path)
		return true;
	if (!l->n_fields)
		return false;
	name[ktr_port_symbolize(name, sizeof(name) - 1, (u64)l->fields[0].num, false)] = 0;
	globs = copy_text(p->path, strlen(p->path));
	for (g = strtok_r(globs, " ", &rest); g; g = strtok_r(NULL, " ", &rest))
		found |= glob(g, name);
	free(globs);
	return found;
}

const struct ktr_probe *reg_matches(const struct reg *r, const struct line *l)
{
	const struct ktr_probe *p;
	u32 i;

	if (__atomic_load_n(&r->removed, __ATOMIC_RELAXED))
		return NULL;
	for (i = 0; i < r->trace->n_probes; i++) {
		p = &r->trace->probes[i];
		if (matches_name(p, l->system, l->name) && traces_function(p, l))
			return p;
	}
	return NULL;
}

static bool is_timer(const struct ktr_probe *p)
{
	return p->kind == KTR_PROBE_TICK || p->kind == KTR_PROBE_PROFILE;
}

s64 reg_interval(const struct reg *r, bool *profile)
{
	const struct ktr_probe *p;

	if (r->removed || !r->trace->n_probes || !is_timer(r->trace->probes))
		return 0;
	p = r->trace->probes;
	*profile = p->kind == KTR_PROBE_PROFILE;
	return p->interval_ns;
}

/* Emitted, but never run here: this home has no leaves. */
void ktr_leaf_slow(struct ktr_leaf *l, void (*run)(struct ktr_leaf *l))
{
	(void)l;
	(void)run;
}

/* ---- registering -------------------------------------------------------------------------------------------- */

int ktr_check_starting(struct ktr_ctx *c, const char *what)
{
	if (starting && c->level == KTR_LEVEL_THREAD)
		return 0;
	return ktr_fail(c, "%s can only be used while the main chunk runs", what);
}

static bool line_has_field(const struct line *l, const struct ktr_probe *p, const char *name)
{
	u32 i;

	if (is_generic_field(name))
		return true;
	for (i = 0; i < l->n_fields; i++) {
		if (!strcmp(l->fields[i].name, name))
			return true;
	}
	for (i = 0; i < p->n_fetch; i++) {
		if (!strcmp(p->fetch[i].name, name))
			return true;
	}
	return false;
}

static bool is_pattern(const struct ktr_probe *p)
{
	return p->kind == KTR_PROBE_TRACEPOINT && (strpbrk(p->system, "*?[\\") || strpbrk(p->event, "*?[\\"));
}

bool means_others_too(const struct ktr_probe *p, const struct line *l)
{
	u32 i;

	for (i = 0; is_pattern(p) && i < events.n; i++) {
		const struct line *other = &events.lines[i];

		if (other->kind == LINE_EVENT && matches_name(p, other->system, other->name) &&
		    (strcmp(other->name, l->name) || strcmp(other->system, l->system)))
			return true;
	}
	return false;
}

/* What a definition matches must have the fields that the handler names; of a pattern's events one is enough. */
static int check_field(struct ktr_ctx *c, const struct ktr_probe *p, const char *name)
{
	bool found = false, any = false;
	const struct line *l;
	u32 i;

	for (i = 0; i < events.n; i++) {
		l = &events.lines[i];
		if (l->kind != LINE_EVENT || !matches_name(p, l->system, l->name))
			continue;
		any = true;
		if (line_has_field(l, p, name))
			found = true;
		else if (!is_pattern(p))
			return ktr_fail(c, "event %s has no field %s", l->full, name);
	}
	return any && !found ? ktr_fail(c, "no event of %s has a field %s", p->text, name) : 0;
}

/* One definition: it must match something. */
static int check_probe(struct ktr_ctx *c, const struct ktr_trace *t, const struct ktr_probe *p)
{
	bool found = is_timer(p) || is_well_known(p);
	const struct line *l;
	u32 i;

	for (i = 0; i < events.n && !found; i++) {
		l = &events.lines[i];
		found = l->kind == LINE_EVENT && matches_name(p, l->system, l->name);
	}
	for (i = 0; i < t->n_fields; i++) {
		if (check_field(c, p, ktr_field_name(t->fields[i])))
			return KTR_ERR;
	}
	if (is_timer(p) && p->interval_ns < (p->kind == KTR_PROBE_TICK ? KTR_MIN_TICK_NS : KTR_MIN_PROFILE_NS))
		return ktr_fail(c, "%s: the interval is too short", p->text);
	if (found)
		return 0;
	if (p->kind != KTR_PROBE_TRACEPOINT || !strcmp(p->system, "syscalls"))
		return ktr_fail(c, "event %s matches nothing", p->text);
	return ktr_fail(c, "event %s matches nothing; if a module has it, load that first", p->text);
}

static int check_probes(struct ktr_ctx *c, const struct ktr_trace *t)
{
	u32 i;

	if (ktr_check_starting(c, "trace"))
		return KTR_ERR;
	for (i = 0; i < t->n_probes; i++) {
		if (check_probe(c, t, &t->probes[i]))
			return KTR_ERR;
	}
	return 0;
}

int ktr_register_owned(struct ktr_ctx *c, const struct ktr_trace *t, const struct ktr_val *f, struct ktr_val *handle,
		       void *owned)
{
	struct reg *r;

	regs = need(realloc(regs, (n_regs + 1) * sizeof(*regs)));
	r = &regs[n_regs];
	memset(r, 0, sizeof(*r));
	if (check_probes(c, t) || ktr_val_keep(c, &r->func, f)) {
		ktr_port_free(owned);
		return KTR_ERR;
	}
	r->trace = t;
	r->owned = owned;
	n_regs++;
	if (handle)
		ktr_set_int(handle, n_regs);
	return 0;
}

int ktr_register(struct ktr_ctx *c, const struct ktr_trace *t, const struct ktr_val *f, struct ktr_val *handle)
{
	return ktr_register_owned(c, t, f, handle, NULL);
}

static bool any_removed;

int ktr_unregister(struct ktr_ctx *c, s64 handle, bool *done)
{
	if (handle < 1 || handle > n_regs)
		return ktr_fail(c, "kdebug.remove: %d is no handle of a registration", handle);
	*done = !__atomic_exchange_n(&regs[handle - 1].removed, true, __ATOMIC_RELAXED);
	if (*done)
		__atomic_store_n(&any_removed, true, __ATOMIC_RELAXED);
	if (starting)
		reap_removed();
	return 0;
}

/* Numbers are not used again, so the places stay. */
void reap_removed(void)
{
	u32 i;

	if (!__atomic_exchange_n(&any_removed, false, __ATOMIC_RELAXED))
		return;
	for (i = 0; i < n_regs; i++) {
		if (!regs[i].removed || !regs[i].trace)
			continue;
		ktr_val_drop(NULL, &regs[i].func);
		ktr_port_free(regs[i].owned);
		regs[i].owned = NULL;
		regs[i].trace = NULL;
	}
}

bool nothing_registered(void)
{
	u32 i;

	for (i = 0; i < n_regs; i++) {
		if (!regs[i].removed)
			return false;
	}
	return true;
}

int ktr_register_end(struct ktr_ctx *c, const struct ktr_val *f)
{
	struct ktr_val keep;

	if (ktr_check_starting(c, "trace_end") || ktr_val_keep(c, &keep, f))
		return KTR_ERR;
	ktr_val_drop(c, &end_handler);
	end_handler = keep;
	return 0;
}

void free_registrations(void)
{
	u32 i;

	for (i = 0; i < n_regs; i++)
		ktr_port_free(regs[i].owned);
	free(regs);
	regs = NULL;
	n_regs = 0;
}
