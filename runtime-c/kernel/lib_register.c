// SPDX-License-Identifier: GPL-2.0
/*
 * lib_register.c - library functions that register events from text made at run time: kdebug.* and timer.*.
 *
 * They build the same description that a trace statement has, and give it to the registration.
 */
#include "attach.h"

#include "symbols.h"

struct made_trace {
	struct ktr_trace trace;
	struct ktr_probe probe;
	char strings[];		/* the text, then what core/ needs to cut it up */
};

static struct made_trace *make_trace(struct ktr_ctx *c, const struct ktr_str *text, u16 kind)
{
	struct made_trace *m = kvzalloc(sizeof(*m) + 3 * (text->len + 1), GFP_KERNEL);

	if (!m) {
		ktr_fail(c, "no memory");
		return NULL;
	}
	m->trace.n_probes = 1;
	m->trace.uses = KTR_USES_ANY;
	m->trace.probes = &m->probe;
	m->probe.kind = kind;
	memcpy(m->strings, text->s, text->len);
	m->probe.text = m->strings;
	return m;
}

static int parse_event(struct ktr_ctx *c, struct made_trace *m, const struct ktr_str *text)
{
	int rc = ktr_parse_event(c, text, m->strings + text->len + 1, 2 * (text->len + 1), &m->probe);

	m->probe.text = m->strings;
	return rc;
}

/* Registers, and returns the handle. The trace belongs to the registration then, also when that failed. */
static int add(struct ktr_ctx *c, struct made_trace *m, const struct ktr_val *f, struct ktr_val *ret, int want)
{
	struct ktr_val handle;
	int rc = ktr_register_owned(c, &m->trace, f, &handle, m);

	if (rc)
		return rc;
	return ktr_lib_return(c, &handle, 1, ret, want);
}

/* The two arguments of all of them; in the main chunk only. */
static int text_and_function(struct ktr_ctx *c, const char *what, struct ktr_val *args, u32 nargs,
			     const struct ktr_str **text)
{
	if (ktr_lib_str(c, args, nargs, 1, text) || ktr_lib_func(c, args, nargs, 2))
		return KTR_ERR;
	return ktr_check_starting(c, what);
}

/* ---- kdebug ------------------------------------------------------------------------------------------------- */

int ktr_lib_kdebug_trace(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *text;
	struct made_trace *m;

	if (text_and_function(c, "kdebug.trace", args, nargs, &text))
		return KTR_ERR;
	m = make_trace(c, text, KTR_PROBE_TRACEPOINT);
	if (!m)
		return KTR_ERR;
	if (parse_event(c, m, text)) {
		kvfree(m);
		return KTR_ERR;
	}
	return add(c, m, &args[1], ret, want);
}

/* SYSTEM:EVENT, or NAME alone: the events of that name in all systems. */
int ktr_lib_kdebug_tracepoint(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *text;
	struct made_trace *m;

	if (text_and_function(c, "kdebug.tracepoint", args, nargs, &text))
		return KTR_ERR;
	m = make_trace(c, text, KTR_PROBE_TRACEPOINT);
	if (!m)
		return KTR_ERR;
	m->probe.system = "*";
	m->probe.event = m->strings;
	if (strchr(text->s, ':') && parse_event(c, m, text)) {
		kvfree(m);
		return KTR_ERR;
	}
	return add(c, m, &args[1], ret, want);
}

int ktr_lib_kdebug_kprobe(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *text;
	struct made_trace *m;

	if (text_and_function(c, "kdebug.kprobe", args, nargs, &text))
		return KTR_ERR;
	m = make_trace(c, text, KTR_PROBE_KPROBE);
	if (!m)
		return KTR_ERR;
	m->probe.event = m->strings;
	return add(c, m, &args[1], ret, want);
}

int ktr_lib_kdebug_trace_end(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	if (ktr_lib_func(c, args, nargs, 1) || ktr_register_end(c, &args[0]))
		return KTR_ERR;
	return ktr_lib_return(c, NULL, 0, ret, want);
}

/* The address of a kernel symbol, or nil. */
int ktr_lib_kdebug_symbol(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *name;
	struct ktr_val v;
	u64 addr;

	if (ktr_lib_str(c, args, nargs, 1, &name))
		return KTR_ERR;
	if (c->level != KTR_LEVEL_THREAD)
		return ktr_fail(c, "kdebug.symbol cannot be used in event handlers");
	addr = ktr_symbol_address(name->s);
	ktr_set_nil(&v);
	if (addr)
		ktr_set_int(&v, addr);
	return ktr_lib_return(c, &v, 1, ret, want);
}

/* ---- timer -------------------------------------------------------------------------------------------------- */

static int timer_text(struct ktr_ctx *c, const char *what, u16 kind, struct ktr_val *args, u32 nargs,
		      struct ktr_val *ret, int want)
{
	const struct ktr_str *text;
	struct made_trace *m;
	s64 ns;

	if (text_and_function(c, what, args, nargs, &text) || ktr_parse_interval(c, text, &ns))
		return KTR_ERR;
	m = make_trace(c, text, kind);
	if (!m)
		return KTR_ERR;
	m->probe.interval_ns = ns;
	return add(c, m, &args[1], ret, want);
}

int ktr_lib_timer_tick(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return timer_text(c, "timer.tick", KTR_PROBE_TICK, args, nargs, ret, want);
}

int ktr_lib_timer_profile(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return timer_text(c, "timer.profile", KTR_PROBE_PROFILE, args, nargs, ret, want);
}
