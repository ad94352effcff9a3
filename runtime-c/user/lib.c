// SPDX-License-Identifier: GPL-2.0
/* The part of the script library that registers: kdebug.* and timer.*. */
#include "home.h"

#include <string.h>

/* Text and function, in the main chunk only. */
static int two_args(struct ktr_ctx *c, const char *what, const struct ktr_val *args, u32 nargs,
		    const struct ktr_str **text)
{
	if (ktr_lib_str(c, args, nargs, 1, text) || ktr_lib_func(c, args, nargs, 2))
		return KTR_ERR;
	return check_starting(c, what);
}

/* Registers, and returns the handle. */
static int add(struct ktr_ctx *c, const struct ktr_probe *p, const struct ktr_val *f, struct ktr_val *ret, int want)
{
	struct ktr_val handle;

	if (register_dynamic(c, p, f, &handle))
		return KTR_ERR;
	return ktr_lib_return(c, &handle, 1, ret, want);
}

int ktr_lib_kdebug_trace(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	const struct ktr_str *text;
	struct ktr_probe p;
	char buf[1024];

	if (two_args(c, "kdebug.trace", args, nargs, &text) || ktr_parse_event(c, text, buf, sizeof(buf), &p))
		return KTR_ERR;
	return add(c, &p, &args[1], ret, want);
}

int ktr_lib_kdebug_tracepoint(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	struct ktr_probe p = { .kind = KTR_PROBE_TRACEPOINT, .system = "*" };
	const struct ktr_str *text;
	char buf[1024];

	if (two_args(c, "kdebug.tracepoint", args, nargs, &text))
		return KTR_ERR;
	p.text = text->s;
	p.event = text->s;
	if (strchr(text->s, ':') && ktr_parse_event(c, text, buf, sizeof(buf), &p))
		return KTR_ERR;
	return add(c, &p, &args[1], ret, want);
}

int ktr_lib_kdebug_kprobe(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	struct ktr_probe p = { .kind = KTR_PROBE_KPROBE };
	const struct ktr_str *text;

	if (two_args(c, "kdebug.kprobe", args, nargs, &text))
		return KTR_ERR;
	p.text = text->s;
	p.event = text->s;
	return add(c, &p, &args[1], ret, want);
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
	ktr_set_nil(&v);
	addr = world_symbol(name->s);
	if (addr)
		ktr_set_int(&v, (s64)addr);
	return ktr_lib_return(c, &v, 1, ret, want);
}

static int timer(struct ktr_ctx *c, const char *what, u16 kind, struct ktr_val *args, u32 nargs, struct ktr_val *ret,
		 int want)
{
	struct ktr_probe p = { .kind = kind };
	const struct ktr_str *text;

	if (two_args(c, what, args, nargs, &text) || ktr_parse_interval(c, text, &p.interval_ns))
		return KTR_ERR;
	p.text = text->s;
	return add(c, &p, &args[1], ret, want);
}

int ktr_lib_timer_tick(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return timer(c, "timer.tick", KTR_PROBE_TICK, args, nargs, ret, want);
}

int ktr_lib_timer_profile(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return timer(c, "timer.profile", KTR_PROBE_PROFILE, args, nargs, ret, want);
}
