/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the translator would emit, by hand, for:
 *
 *  3  var s = {}
 *  4  var n = 0
 *  5  trace sched:sched_switch /prev_pid > 0/ { s[execname] += 1; n += 1; print(prev_comm, arg1) }
 *  6  tick-10ms { printf("tick n=%d len=%d\n", n, len(s)) }
 *  7  trace_end { for (k, v in sort_pairs(s)) { print(k, v) } print_hist(s) }
 *  8  function forever(i) { return forever(i + 1) }      only when arg[1] is "loop"
 */
#include "ktr.h"

#define STR(name, text) \
	static const struct { u32 hash, len; char s[sizeof(text)]; } name = { 0, sizeof(text) - 1, text }
#define AS_VAL(name) { .type = KTR_STR, .flags = KTR_VF_CONST, .s = (const struct ktr_str *)&name }

static struct ktr_cell ktg_cell_s;
static struct ktr_cell *const ktg_cells[] = { &ktg_cell_s };
enum { ktg_n };
static const char *const ktg_fields[] = { "prev_comm", "prev_pid" };

STR(ktg_loop, "loop");

static int ktg_probe_0(struct ktr_ctx *c, struct ktr_func *self, struct ktr_val *args, u32 nargs, struct ktr_val *ret,
		       int want)
{
	struct ktr_val *s = ktr_enter(c, 4);
	int rc;

	(void)self, (void)args, (void)nargs;
	if (!s)
		return c->rc;
	if ((rc = ktr_cell_load(c, &s[0], &ktg_cell_s)) || (rc = ktr_execname(c, &s[1])) ||
	    (rc = ktr_incr(c, &s[0], &s[1], 1)))
		goto out;
	ktr_counter_add(c, ktg_n, 1);
	if ((rc = ktr_field(c, 0, &s[2])) || (rc = ktr_arg(c, 1, &s[3])) || (rc = ktr_lib_print(c, s + 2, 2, 0, 0)))
		goto out;
	ktr_return(c, s, 0, 0, ret, want);
	return 0;
out:
	ktr_at(c, 5);
	ktr_leave(c, s);
	return rc;
}

static int ktg_filter_0(struct ktr_ctx *c, struct ktr_func *self)
{
	struct ktr_val *s = ktr_enter(c, 1);
	s64 n;
	int rc;

	(void)self;
	if (!s)
		return c->rc;
	rc = ktr_field(c, 1, &s[0]);
	if (!rc)
		rc = ktr_num(c, &s[0], &n, KTR_NEED_COMPARE);
	ktr_leave(c, s);
	if (rc)
		ktr_at(c, 5);
	return rc ? rc : n > 0;
}

static int ktg_tick_1(struct ktr_ctx *c, struct ktr_func *self, struct ktr_val *args, u32 nargs, struct ktr_val *ret,
		      int want)
{
	struct ktr_val *s = ktr_enter(c, 2);
	int rc;

	(void)self, (void)args, (void)nargs, (void)ret, (void)want;
	if (!s)
		return c->rc;
	rc = ktr_cell_load(c, &s[0], &ktg_cell_s);
	if (!rc)
		rc = ktr_lib_len(c, s, 1, &s[1], 1);
	if (!rc) {
		ktr_out_begin(c);
		ktr_out_bytes(c, "tick n=", 7);
		ktr_out_s64(c, ktr_counter_get(c, ktg_n));
		ktr_out_bytes(c, " len=", 5);
		ktr_out_val(c, &s[1]);
		ktr_out_bytes(c, "\n", 1);
		ktr_out_end(c);
	}
	ktr_leave(c, s);
	return rc;
}

static int ktg_end(struct ktr_ctx *c, struct ktr_func *self, struct ktr_val *args, u32 nargs, struct ktr_val *ret,
		   int want)
{
	struct ktr_val *s = ktr_enter(c, 3);
	struct ktr_iter it;
	int rc;

	(void)self, (void)args, (void)nargs, (void)ret, (void)want;
	if (!s)
		return c->rc;
	rc = ktr_cell_load(c, &s[0], &ktg_cell_s);
	if (!rc)
		rc = ktr_iter_sorted(c, &it, &s[0], 0);
	if (!rc) {
		while ((rc = ktr_iter_next(c, &it, &s[1], &s[2])) > 0) {
			if ((rc = ktr_lib_print(c, s + 1, 2, 0, 0)) || (rc = ktr_loop(c)))
				break;
		}
		ktr_iter_end(c, &it);
	}
	if (!rc)
		rc = ktr_lib_print_hist(c, s, 1, 0, 0);
	ktr_leave(c, s);
	return rc;
}

static ktr_code ktg_forever;
static struct ktr_func ktg_fn_forever = { .n_params = 1, .code = ktg_forever, .name = "forever" };

static int ktg_forever(struct ktr_ctx *c, struct ktr_func *self, struct ktr_val *args, u32 nargs, struct ktr_val *ret,
		       int want)
{
	struct ktr_val *s = ktr_enter(c, 2);
	int rc;

	(void)self, (void)ret, (void)want;
	if (!s)
		return c->rc;
	ktr_params(s, 1, args, nargs);
	ktr_set_int(&s[1], s[0].i + 1);
	rc = ktr_tail_func(c, &ktg_fn_forever, &s[1], 1);
	if (rc != KTR_TAIL)
		ktr_at(c, 8);
	ktr_leave(c, s);
	return rc;
}

static const struct ktr_probe ktg_probes_0[] = {
	{ .kind = KTR_PROBE_TRACEPOINT, .text = "sched:sched_switch", .system = "sched", .event = "sched_switch" },
};
static const u16 ktg_trace_fields[] = { 0, 1 };
static const struct ktr_trace ktg_trace_0 = {
	.pos = 5, .n_probes = 1, .uses = KTR_USES_ARGS, .probes = ktg_probes_0, .filter = ktg_filter_0,
	.fields = ktg_trace_fields, .n_fields = 2,
};
static const struct ktr_probe ktg_probes_1[] = {
	{ .kind = KTR_PROBE_TICK, .text = "tick-10ms", .interval_ns = 10000000 },
};
static const struct ktr_trace ktg_trace_1 = { .pos = 6, .n_probes = 1, .probes = ktg_probes_1 };

static struct ktr_func ktg_fn_0 = { .code = ktg_probe_0 }, ktg_fn_1 = { .code = ktg_tick_1 },
		       ktg_fn_end = { .code = ktg_end };

static int ktg_main(struct ktr_ctx *c, struct ktr_func *self, struct ktr_val *args, u32 nargs, struct ktr_val *ret,
		    int want)
{
	static const struct ktr_val loop = AS_VAL(ktg_loop);
	struct ktr_val *s = ktr_enter(c, 3);
	u32 pos = 3;
	int rc;

	(void)self, (void)args, (void)nargs, (void)want;
	if (!s)
		return c->rc;
	if ((rc = ktr_tab_new(c, &s[0], 0, 0)) || (rc = ktr_cell_store(c, &ktg_cell_s, &s[0])))
		goto out;
	pos = 5;
	ktr_set_func(&s[1], &ktg_fn_0);
	if ((rc = ktr_register(c, &ktg_trace_0, &s[1], 0)))
		goto out;
	pos = 6;
	ktr_set_func(&s[1], &ktg_fn_1);
	if ((rc = ktr_register(c, &ktg_trace_1, &s[1], 0)))
		goto out;
	ktr_set_func(&s[1], &ktg_fn_end);
	if ((rc = ktr_register_end(c, &s[1])))
		goto out;
	pos = 8;
	if ((rc = ktr_args(c, &s[1])) || (rc = ktr_get_int(c, &s[1], &s[1], 1)))
		goto out;
	if (ktr_eq(&s[1], &loop)) {
		ktr_set_int(&s[2], 0);
		rc = ktr_call_func(c, &ktg_fn_forever, &s[2], 1, 0, 0);
	}
out:
	if (rc)
		ktr_at(c, pos);
	ktr_return(c, s, 0, 0, ret, 0);
	return rc;
}

const struct ktr_script ktg_script = {
	.api = KTR_API_VERSION, .name = "smoke", .file = "smoke.kp", .main = ktg_main, .n_counters = 1,
	.n_cells = 1, .cells = ktg_cells, .n_fields = 2, .fields = ktg_fields,
};
