// SPDX-License-Identifier: GPL-2.0
/*
 * Library functions that register events from text made at run time: kdebug.* and timer.*.
 *
 * They build the same description that a trace statement has, and give it to the home's registration.
 */
#include "internal.h"
#include "ktr_units.def"

/* Registers, and returns the handle. The trace belongs to the registration then, also when that failed. */
static int add(struct ktr_ctx *c, struct ktr_trace *t, const struct ktr_val *f, struct ktr_val *ret, int want)
{
	struct ktr_val handle;
	int rc = t ? ktr_register_owned(c, t, f, &handle, t) : KTR_ERR;

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

	if (text_and_function(c, "kdebug.trace", args, nargs, &text))
		return KTR_ERR;
	return add(c, ktr_trace_from_text(c, "", text), &args[1], ret, want);
}

static bool has_colon(const struct ktr_str *s)
{
	u32 i = 0;

	while (i < s->len && s->s[i] != ':')
		i++;
	return i < s->len;
}

/* SYSTEM:EVENT, or NAME alone: the events of that name in all systems. */
int ktr_lib_kdebug_tracepoint(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *text;
	struct ktr_trace *t;

	if (text_and_function(c, "kdebug.tracepoint", args, nargs, &text))
		return KTR_ERR;
	t = has_colon(text) ? ktr_trace_from_text(c, "", text) : ktr_trace_of_name(c, KTR_PROBE_TRACEPOINT, text);
	return add(c, t, &args[1], ret, want);
}

int ktr_lib_kdebug_kprobe(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *text;

	if (text_and_function(c, "kdebug.kprobe", args, nargs, &text))
		return KTR_ERR;
	return add(c, ktr_trace_from_text(c, "probe:", text), &args[1], ret, want);
}

/* True when what the handle stands for was taken back by this call. */
int ktr_lib_kdebug_remove(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	struct ktr_val v;
	bool done;
	s64 handle;

	if (ktr_lib_int(c, args, nargs, 1, &handle) || ktr_unregister(c, handle, &done))
		return KTR_ERR;
	ktr_set_bool(&v, done);
	return ktr_lib_return(c, &v, 1, ret, want);
}

int ktr_lib_kdebug_trace_end(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	if (ktr_lib_func(c, args, nargs, 1) || ktr_register_end(c, &args[0]))
		return KTR_ERR;
	return ktr_lib_return(c, KTR_NULL, 0, ret, want);
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
	addr = ktr_port_symbol(name->s);
	ktr_set_nil(&v);
	if (addr)
		ktr_set_int(&v, (s64)addr);
	return ktr_lib_return(c, &v, 1, ret, want);
}

/* ---- timer -------------------------------------------------------------------------------------------------- */

static int timer_text(struct ktr_ctx *c, const char *what, u16 kind, struct ktr_val *args, u32 nargs,
		      struct ktr_val *ret, int want)
{
	const s64 shortest = kind == KTR_PROBE_TICK ? KTR_MIN_TICK_NS : KTR_MIN_PROFILE_NS;
	const struct ktr_str *text;
	struct ktr_trace *t;
	s64 ns;

	if (text_and_function(c, what, args, nargs, &text) || ktr_parse_interval(c, text, shortest, &ns))
		return KTR_ERR;
	t = ktr_trace_of_name(c, kind, text);
	if (t)
		ktr_made_probe(t)->interval_ns = ns;
	return add(c, t, &args[1], ret, want);
}

int ktr_lib_timer_tick(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return timer_text(c, "timer.tick", KTR_PROBE_TICK, args, nargs, ret, want);
}

int ktr_lib_timer_profile(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return timer_text(c, "timer.profile", KTR_PROBE_PROFILE, args, nargs, ret, want);
}
