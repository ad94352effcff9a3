// SPDX-License-Identifier: GPL-2.0
/* The part of the script library that registers: kdebug.* and timer.*. */
#include "home.h"
#include "ktr_units.def"

#include <string.h>

/* Text and function, in the main chunk only. */
static int two_args(struct ktr_ctx *c, const char *what, const struct ktr_val *args, u32 nargs,
		    const struct ktr_str **text)
{
	if (ktr_lib_str(c, args, nargs, 1, text) || ktr_lib_func(c, args, nargs, 2))
		return KTR_ERR;
	return check_starting(c, what);
}

/* Registers, and returns the handle. The trace belongs to the registration then, also when that failed. */
static int add(struct ktr_ctx *c, struct ktr_trace *t, const struct ktr_val *f, struct ktr_val *ret, int want)
{
	struct ktr_val handle;

	if (!t || register_owned(c, t, f, &handle, t))
		return KTR_ERR;
	return ktr_lib_return(c, &handle, 1, ret, want);
}

int ktr_lib_kdebug_trace(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *text;

	if (two_args(c, "kdebug.trace", args, nargs, &text))
		return KTR_ERR;
	return add(c, ktr_trace_from_text(c, "", text), &args[1], ret, want);
}

int ktr_lib_kdebug_tracepoint(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *text;
	struct ktr_trace *t;

	if (two_args(c, "kdebug.tracepoint", args, nargs, &text))
		return KTR_ERR;
	t = strchr(text->s, ':') ? ktr_trace_from_text(c, "", text) : ktr_trace_of_name(c, KTR_PROBE_TRACEPOINT, text);
	return add(c, t, &args[1], ret, want);
}

int ktr_lib_kdebug_kprobe(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *text;

	if (two_args(c, "kdebug.kprobe", args, nargs, &text))
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
	ktr_set_nil(&v);
	addr = world_symbol(name->s);
	if (addr)
		ktr_set_int(&v, (s64)addr);
	return ktr_lib_return(c, &v, 1, ret, want);
}

static int timer(struct ktr_ctx *c, const char *what, u16 kind, struct ktr_val *args, u32 nargs, struct ktr_val *ret,
		 int want)
{
	const s64 shortest = kind == KTR_PROBE_TICK ? KTR_MIN_TICK_NS : KTR_MIN_PROFILE_NS;
	const struct ktr_str *text;
	struct ktr_trace *t;
	s64 ns;

	if (two_args(c, what, args, nargs, &text) || ktr_parse_interval(c, text, shortest, &ns))
		return KTR_ERR;
	t = ktr_trace_of_name(c, kind, text);
	if (t)
		ktr_made_probe(t)->interval_ns = ns;
	return add(c, t, &args[1], ret, want);
}

int ktr_lib_timer_tick(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return timer(c, "timer.tick", KTR_PROBE_TICK, args, nargs, ret, want);
}

int ktr_lib_timer_profile(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return timer(c, "timer.profile", KTR_PROBE_PROFILE, args, nargs, ret, want);
}
