// SPDX-License-Identifier: GPL-2.0
/* Contexts, budgets, calls, and the life of the core as a whole. */
#include "made.h"
#include "ktr_tapset.h"
#include "own.h"
#include "spread.h"
#include "ways.h"

/* ---- contexts ----------------------------------------------------------------------------------------------- */

static u32 or_default(u32 n, u32 def)
{
	return n ? n : def;
}

static u32 round16(u32 n)
{
	return (n + 15) & ~15u;
}

/* Fills in the defaults; the collector needs the second half for a set of all slots. */
static struct ktr_ctx_cfg whole_cfg(const struct ktr_ctx_cfg *cfg)
{
	struct ktr_ctx_cfg w = *cfg;

	w.n_slots = or_default(w.n_slots, KTR_DEF_SLOTS);
	w.scratch_bytes = round16(or_default(w.scratch_bytes, KTR_DEF_SCRATCH));
	w.out_bytes = round16(or_default(w.out_bytes, KTR_DEF_OUT));
	w.stack_budget = or_default(w.stack_budget, KTR_DEF_STACK_BUDGET);
	if (w.scratch_bytes < w.n_slots * 32)
		w.scratch_bytes = w.n_slots * 32;
	return w;
}

unsigned long ktr_ctx_bytes(const struct ktr_ctx_cfg *cfg)
{
	struct ktr_ctx_cfg w = whole_cfg(cfg);

	return KTR_CTX_BYTES(w.n_slots, w.scratch_bytes, w.out_bytes);
}

void ktr_ctx_init(struct ktr_ictx *x, void *memory, const struct ktr_ctx_cfg *cfg)
{
	struct ktr_ctx_cfg w = whole_cfg(cfg);
	char *p = memory;

	memset(x, 0, sizeof(*x));
	x->slots = (struct ktr_val *)p;
	p += w.n_slots * sizeof(struct ktr_val);
	x->half = p;
	x->scratch_end = KTR_MOVES ? p : p + w.scratch_bytes;
	x->other = p + w.scratch_bytes;
	x->scratch_bytes = w.scratch_bytes;
	p += 2ul * w.scratch_bytes;
	/* an object is listed once after a collection, so the list cannot overflow */
	x->max_auto = w.n_slots + KTR_AUTO_SPARE;
	x->autos = (struct ktr_obj **)p;
	p += x->max_auto * sizeof(struct ktr_obj *);
	x->out = p;
	x->out_max = w.out_bytes;
	x->stack_budget = w.stack_budget;
	x->pub.slots_end = x->slots + w.n_slots;
	x->pub.top = x->slots;
	x->pub.level = w.level;
	x->pub.cpu = w.cpu;
	x->pub.shard = w.shard;
	x->pub.runtime = &ktr__calls;
	ktr_ctx_set_limits(x);
}

void ktr_ctx_set_limits(struct ktr_ictx *x)
{
	s64 limit = ktr_port_loop_limit(&x->pub);

	x->loop_slice = limit < KTR_SLICE ? limit : KTR_SLICE;
	x->call_slice = x->loop_slice;
}

/* ---- budgets ------------------------------------------------------------------------------------------------ */

/*
 * A slice is used up. In the script's own thread other tasks get their turn; everywhere the next slice begins unless
 * the limit is reached. *left is the counter of the slice, which has run from its length to -1.
 */
static int next_slice(struct ktr_ctx *c, s64 *left, struct ktr_slices *s, const char *what)
{
	s64 limit = ktr_port_loop_limit(c);

	if (c->rc)
		return c->rc;
	ktr__kick_if_wanted();
	if (c->level == KTR_LEVEL_THREAD && ktr_port_yield(c))
		return ktr_exit(c);
	s->done += s->cur;
	if (s->done >= limit)
		return ktr_fail(c, "%s count exceed max limit(%d)", what, limit);
	s->cur = limit - s->done < KTR_SLICE ? limit - s->done : KTR_SLICE;
	*left = s->cur - 1;
	return 0;
}

/* The first slice costs a run nothing but its counter; what counts slices is set up here. */
static void begin_slices(struct ktr_slices *s, u16 *sliced, s64 first)
{
	if (!*sliced) {
		*sliced = 1;
		s->done = 0;
		s->cur = first;
	}
}

int ktr_loop_slow(struct ktr_ctx *c)
{
	struct ktr_ictx *x = ktr__ictx(c);

	begin_slices(&x->loops, &x->loops_sliced, x->loop_slice);
	return next_slice(c, &c->loops, &x->loops, "loop execute");
}

int ktr_call_slow(struct ktr_ctx *c)
{
	struct ktr_ictx *x = ktr__ictx(c);

	begin_slices(&x->calls, &x->calls_sliced, x->call_slice);
	return next_slice(c, &c->calls, &x->calls, "call");
}

int ktr_stack_overflow(struct ktr_ctx *c)
{
	return ktr_fail(c, "stack overflow, call depth too deep");
}

/* ---- calls -------------------------------------------------------------------------------------------------- */

static void give(struct ktr_val *ret, int want, const struct ktr_val *vals, u32 n)
{
	u32 k;

	for (k = 0; k < (u32)want; k++) {
		if (k < n)
			ret[k] = vals[k];
		else
			ktr_set_nil(&ret[k]);
	}
}

void ktr_return(struct ktr_ctx *c, struct ktr_val *s, const struct ktr_val *vals, u32 n, struct ktr_val *ret, int want)
{
	if (want != KTR_ALL) {
		give(ret, want, vals, n);
		c->top = s;
		return;
	}
	memmove(s, vals, n * sizeof(*s));
	c->n_multi = n;
	c->top = s + n;
}

int ktr_push_n(struct ktr_ctx *c, const struct ktr_val *v, u32 n)
{
	if (ktr_unlikely((unsigned long)(c->slots_end - c->top) < n))
		return ktr_stack_overflow(c);
	memmove(c->top, v, n * sizeof(*v));
	c->top += n;
	return 0;
}

int ktr_push(struct ktr_ctx *c, const struct ktr_val *v)
{
	return ktr_push_n(c, v, 1);
}

static int not_callable(struct ktr_ctx *c, const struct ktr_val *f)
{
	return ktr_fail(c, "attempt to call %s function", ktr__type_name(f->type));
}

int ktr_call(struct ktr_ctx *c, const struct ktr_val *f, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	if (ktr_likely(f->type == KTR_FUNC))
		return ktr_call_func(c, f->f, args, nargs, ret, want);
	if (f->type != KTR_LIB)
		return not_callable(c, f);
	return f->l->code(c, args, nargs, ret, want);
}

/*
 * The noted call waits at the high end of the slot stack: the function in the last slot, the arguments before it. It
 * stays there only until ktr_tail_run(), and nothing can collect in between.
 */
int ktr_tail(struct ktr_ctx *c, const struct ktr_val *f, const struct ktr_val *args, u32 nargs)
{
	if (f->type != KTR_FUNC && f->type != KTR_LIB)
		return not_callable(c, f);
	if ((unsigned long)(c->slots_end - c->top) < nargs + 1ul)
		return ktr_stack_overflow(c);
	memmove(c->slots_end - 1 - nargs, args, nargs * sizeof(*args));
	c->slots_end[-1] = *f;
	ktr__ictx(c)->n_tail = nargs;
	return KTR_TAIL;
}

int ktr_tail_func(struct ktr_ctx *c, struct ktr_func *f, const struct ktr_val *args, u32 nargs)
{
	struct ktr_val v;

	ktr_set_func(&v, f);
	return ktr_tail(c, &v, args, nargs);
}

int ktr_tail_run(struct ktr_ctx *c, struct ktr_val *ret, int want)
{
	struct ktr_val *base = c->top, f;
	u32 n;
	int rc;

	do {
		n = ktr__ictx(c)->n_tail;
		f = c->slots_end[-1];
		memmove(base + 1, c->slots_end - 1 - n, n * sizeof(f));
		base[0] = f;
		c->top = base + 1 + n;
		if (f.type == KTR_FUNC)
			rc = f.f->code(c, f.f, base + 1, n, ret, want);
		else
			rc = f.l->code(c, base + 1, n, ret, want);
		if (rc == KTR_OK && want == KTR_ALL)
			memmove(base, c->top - c->n_multi, c->n_multi * sizeof(f));
		c->top = base;
	} while (rc == KTR_TAIL);
	if (rc == KTR_OK && want == KTR_ALL)
		c->top = base + c->n_multi;
	return rc;
}

int ktr_lib_return(struct ktr_ctx *c, const struct ktr_val *vals, u32 n, struct ktr_val *ret, int want)
{
	if (want != KTR_ALL) {
		give(ret, want, vals, n);
		return 0;
	}
	c->n_multi = n;
	return ktr_push_n(c, vals, n);
}

/* ---- runs --------------------------------------------------------------------------------------------------- */

/* The code of a run as homes see it: a skipped handler is none of their business. */
static int run_rc(struct ktr_ictx *x, int rc)
{
	return rc == KTR_EXIT && x->end == KTR_END_SKIP ? KTR_OK : rc;
}

int ktr_run(struct ktr_ictx *x, const struct ktr_val *f)
{
	int rc;

	if (ktr_likely(f->type == KTR_FUNC))
		rc = ktr_call_func(&x->pub, f->f, KTR_NULL, 0, KTR_NULL, 0);
	else
		rc = ktr_call(&x->pub, f, KTR_NULL, 0, KTR_NULL, 0);
	return ktr_likely(!rc) ? 0 : run_rc(x, rc);
}

static struct ktr_func main_func = { .name = "main chunk" };

/* s[1..n] = the script's arguments; s[0] is used on the way. */
static int load_args(struct ktr_ctx *c, struct ktr_val *s, u32 n)
{
	u32 i;
	int rc = n ? ktr_args(c, &s[0]) : 0;

	for (i = 1; i <= n && !rc; i++)
		rc = ktr_get_int(c, &s[i], &s[0], i);
	return rc;
}

/* The arguments of the script are those of the main chunk: its `...`. */
int ktr_run_main(struct ktr_ictx *x)
{
	u32 n = ktr_port_n_args();
	struct ktr_val *s = ktr_enter(&x->pub, n + 1);
	int rc;

	if (!s)
		return x->pub.rc;
	main_func.code = ktg_script.main;
	rc = load_args(&x->pub, s, n);
	if (!rc)
		rc = ktr_call_func(&x->pub, &main_func, s + 1, n, KTR_NULL, 0);
	ktr_leave(&x->pub, s);
	return run_rc(x, rc);
}

int ktr_run_filter(struct ktr_ictx *x, const struct ktr_trace *t, const struct ktr_val *f)
{
	struct ktr_func *self = f->type == KTR_FUNC ? f->f : KTR_NULL;

	return run_rc(x, t->filter ? t->filter(&x->pub, self) : ktr__filter_eval(&x->pub, t->made));
}

/* ---- the core ----------------------------------------------------------------------------------------------- */

/* Per counter what was assigned to it, less what the shards held then; symbols as resolved at load. */
static s64 *offsets;
static s64 *symbols;

static s64 shard_sum(u32 id)
{
	u32 i, n = ktr_port_n_shards();
	u64 sum = 0;

	for (i = 0; i < n; i++)
		sum += (u64)__atomic_load_n(&ktr_port_shard(i)[id], __ATOMIC_RELAXED);
	return (s64)sum;
}

s64 ktr_counter_get(struct ktr_ctx *c, u32 id)
{
	(void)c;
	return (s64)((u64)__atomic_load_n(&offsets[id], __ATOMIC_RELAXED) + (u64)shard_sum(id));
}

void ktr_counter_set(struct ktr_ctx *c, u32 id, s64 v)
{
	(void)c;
	__atomic_store_n(&offsets[id], (s64)((u64)v - (u64)shard_sum(id)), __ATOMIC_RELAXED);
}

s64 ktr_symbol(struct ktr_ctx *c, u32 id)
{
	(void)c;
	return symbols[id];
}

const char *ktr_missing_symbol(void)
{
	u32 i;

	for (i = 0; i < ktg_script.n_symbols; i++) {
		if (!symbols[i])
			return ktg_script.symbols[i];
	}
	return ktr__ffi_missing();
}

int ktr_core_init(const struct ktr_mem_cfg *cfg)
{
	const struct ktr_script *s = &ktg_script;
	u32 i;

	ktr__table_max = cfg->table_max ? cfg->table_max : KTR_DEF_MAX_ELEMENTS;
	/* one more word each, so that none is asked for zero bytes */
	offsets = ktr_port_alloc((s->n_counters + 1ul) * sizeof(*offsets));
	symbols = ktr_port_alloc((s->n_symbols + 1ul) * sizeof(*symbols));
	if (!offsets || !symbols || ktr__mem_init(cfg->limit, cfg->reserve) || ktr__ways_init() || ktr__own_init() ||
	    ktr__spread_init() || ktr__ffi_init()) {
		ktr_core_exit();
		return KTR_ERR;
	}
	for (i = 0; i < s->n_symbols; i++)
		symbols[i] = (s64)ktr_port_symbol(s->symbols[i]);
	return 0;
}

/* Cells are static: a script that is run again in the same process starts with empty ones. */
static void clear_cells(void)
{
	u32 i;

	for (i = 0; i < ktg_script.n_cells; i++)
		ktr_set_nil(&ktg_script.cells[i]->v);
}

void ktr_core_exit(void)
{
	clear_cells();
	ktr__tapsets_exit();
	ktr__own_exit();
	ktr__spread_exit();
	ktr__ffi_exit();
	ktr__args_forget();
	ktr__fields_forget();
	ktr__dead_forget();
	ktr__forget_ids();
	ktr__mem_destroy();
	ktr__ways_exit();
	ktr_port_free(offsets);
	ktr_port_free(symbols);
	offsets = KTR_NULL;
	symbols = KTR_NULL;
}
