// SPDX-License-Identifier: GPL-2.0
/*
 * lib_register.c - library functions that register events from text made at run time: kdebug.* and timer.*.
 *
 * They build the same description that a trace statement has, and keep it with the registration.
 */
#include "attach.h"

#include <linux/ctype.h>

#include "symbols.h"

struct made_trace {
	struct ktr_trace trace;
	struct ktr_probe probe;
	char *rest;		/* free bytes of strings */
	char strings[];
};

/* A description with room for the text three times: as it is, and cut into its parts. */
static struct made_trace *make_trace(const char *text, u32 len, u16 kind)
{
	struct made_trace *m = kvzalloc(sizeof(*m) + 3 * (len + 1), GFP_KERNEL);

	if (!m)
		return NULL;
	m->trace.n_probes = 1;
	m->trace.uses = KTR_USES_ANY;
	m->trace.probes = &m->probe;
	m->probe.kind = kind;
	memcpy(m->strings, text, len);
	m->probe.text = m->strings;
	m->rest = m->strings + len + 1;
	return m;
}

/* A string of the description from a piece of its text, blanks around it dropped. */
static const char *piece(struct made_trace *m, const char *from, const char *to)
{
	char *s = m->rest;

	while (from < to && isspace(*from))
		from++;
	while (to > from && isspace(to[-1]))
		to--;
	memcpy(s, from, to - from);
	s[to - from] = '\0';
	m->rest += to - from + 1;
	return s;
}

static int register_made(struct ktr_ctx *c, struct made_trace *m, const struct ktr_val *f, struct ktr_val *ret, int want)
{
	struct ktr_val handle;

	if (ktr_register_owned(c, &m->trace, f, &handle, m))
		return KTR_ERR;
	return ktr_lib_return(c, &handle, 1, ret, want);
}

/* ---- kdebug ------------------------------------------------------------------------------------------------- */

/* probe:NAME, NAME+OFFSET, NAME%return */
static int parse_probe(struct ktr_ctx *c, struct made_trace *m, const char *event)
{
	const char *end = event + strcspn(event, "%+ ");
	const char *tail = end;

	m->probe.event = piece(m, event, end);
	if (*tail == '+') {
		char *after;

		m->probe.offset = simple_strtoull(tail + 1, &after, 0);
		tail = after;
	}
	m->probe.kind = KTR_PROBE_KPROBE;
	if (!strncmp(tail, "%return", 7)) {
		m->probe.kind = KTR_PROBE_KRETPROBE;
		tail += 7;
	}
	if (*skip_spaces(tail))
		return ktr_fail(c, "cannot parse event %s", m->probe.text);
	return 0;
}

static int parse_event(struct ktr_ctx *c, struct made_trace *m)
{
	const char *text = m->probe.text;
	const char *colon = strchr(text, ':');

	if (!colon || strpbrk(text, "/,{"))
		return ktr_fail(c, "cannot parse event %s", text);
	m->probe.system = piece(m, text, colon);
	if (!strcmp(m->probe.system, "probe"))
		return parse_probe(c, m, skip_spaces(colon + 1));
	m->probe.event = piece(m, colon + 1, text + strlen(text));
	return 0;
}

/* kdebug.trace("SYSTEM:EVENT", function), kdebug.tracepoint the same; NAME alone is any tracepoint of that name. */
static int trace_text(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want, bool bare)
{
	const struct ktr_str *s;
	struct made_trace *m;

	if (ktr_lib_str(c, args, nargs, 1, &s) || ktr_lib_func(c, args, nargs, 2))
		return KTR_ERR;
	m = make_trace(s->s, s->len, KTR_PROBE_TRACEPOINT);
	if (!m)
		return ktr_fail(c, "no memory");
	if (bare && !strchr(s->s, ':')) {
		bool is_syscall = !strncmp(s->s, "sys_enter_", 10) || !strncmp(s->s, "sys_exit_", 9);

		m->probe.system = is_syscall ? "syscalls" : "*";
		m->probe.event = m->probe.text;
	} else if (parse_event(c, m)) {
		kvfree(m);
		return KTR_ERR;
	}
	return register_made(c, m, &args[1], ret, want);
}

int ktr_lib_kdebug_trace(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return trace_text(c, args, nargs, ret, want, false);
}

int ktr_lib_kdebug_tracepoint(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return trace_text(c, args, nargs, ret, want, true);
}

int ktr_lib_kdebug_kprobe(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *s;
	struct made_trace *m;

	if (ktr_lib_str(c, args, nargs, 1, &s) || ktr_lib_func(c, args, nargs, 2))
		return KTR_ERR;
	m = make_trace(s->s, s->len, KTR_PROBE_KPROBE);
	if (!m)
		return ktr_fail(c, "no memory");
	m->probe.event = m->probe.text;
	return register_made(c, m, &args[1], ret, want);
}

int ktr_lib_kdebug_trace_end(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	if (ktr_lib_func(c, args, nargs, 1) || ktr_register_end(c, &args[0]))
		return KTR_ERR;
	return ktr_lib_return(c, NULL, 0, ret, want);
}

/* The address, or nil. */
int ktr_lib_kdebug_symbol(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *s;
	struct ktr_val v;
	u64 addr;

	if (ktr_lib_str(c, args, nargs, 1, &s))
		return KTR_ERR;
	if (c->level != KTR_LEVEL_THREAD)
		return ktr_fail(c, "kdebug.symbol can only be used in the main chunk, tick handlers and trace_end");
	addr = ktr_symbol_address(s->s);
	if (addr)
		ktr_set_int(&v, addr);
	else
		ktr_set_nil(&v);
	return ktr_lib_return(c, &v, 1, ret, want);
}

/* ---- timer -------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	u32 ns;
} units[] = {
	{ "s", NSEC_PER_SEC },
	{ "sec", NSEC_PER_SEC },
	{ "ms", NSEC_PER_MSEC },
	{ "msec", NSEC_PER_MSEC },
	{ "us", NSEC_PER_USEC },
	{ "usec", NSEC_PER_USEC },
};

/* Digits and a unit. 0: it is none. */
static s64 parse_interval(const char *text)
{
	size_t len, i;
	char *unit;
	u64 n;

	text = skip_spaces(text);
	if (!isdigit(*text))
		return 0;
	n = simple_strtoull(text, &unit, 10);
	len = strcspn(unit, " \t\n");
	if (n > INT_MAX || *skip_spaces(unit + len))
		return 0;
	for (i = 0; i < ARRAY_SIZE(units); i++)
		if (strlen(units[i].name) == len && !memcmp(unit, units[i].name, len))
			return n * units[i].ns;
	return 0;
}

static int timer_text(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want, u16 kind)
{
	const struct ktr_str *s;
	struct made_trace *m;
	s64 ns;

	if (ktr_lib_str(c, args, nargs, 1, &s) || ktr_lib_func(c, args, nargs, 2))
		return KTR_ERR;
	ns = parse_interval(s->s);
	if (!ns)
		return ktr_fail(c, "cannot parse timer interval: %s", s->s);
	m = make_trace(s->s, s->len, kind);
	if (!m)
		return ktr_fail(c, "no memory");
	m->probe.interval_ns = ns;
	return register_made(c, m, &args[1], ret, want);
}

int ktr_lib_timer_tick(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return timer_text(c, args, nargs, ret, want, KTR_PROBE_TICK);
}

int ktr_lib_timer_profile(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return timer_text(c, args, nargs, ret, want, KTR_PROBE_PROFILE);
}
