// SPDX-License-Identifier: GPL-2.0
/*
 * Ownership: strings, tables, closures and captured variables that outlive a run. What becomes dead is freed at once when
 * it is small, else in pieces, so that no handler pays for a big table.
 */
#include "agg.h"
#include "spread.h"
#include "ways.h"

#define KIND_MASK 7ul
#define MAX_TRIES 4u
#define DIRECT_MAX 8u		/* an object with at most so many parts is freed where it dies */

/* New dead objects: pushed without a lock, taken all at once. */
static struct ktr_obj *dead_list;
/* What the running ktr__dead_step() works on; `busy` is only ever tried, never waited for. */
static struct ktr_obj *pending;
static u32 busy;
static unsigned long n_dead;

void ktr__dead_push(struct ktr_obj *o, enum ktr_dead_kind kind)
{
	struct ktr_obj *head = __atomic_load_n(&dead_list, __ATOMIC_RELAXED);
	struct ktr_obj *tagged = (struct ktr_obj *)((unsigned long)o | kind);

	do {
		o->link = (unsigned long)head;
	} while (!__atomic_compare_exchange_n(&dead_list, &head, tagged, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
	__atomic_fetch_add(&n_dead, 1, __ATOMIC_RELAXED);
	ktr__want_kick();
}

u64 ktr__dead_count(void)
{
	return __atomic_load_n(&n_dead, __ATOMIC_RELAXED);
}

/* At unload: all memory is about to go, listed or not. */
void ktr__dead_forget(void)
{
	dead_list = KTR_NULL;
	pending = KTR_NULL;
	n_dead = 0;
}

static u32 func_bytes(const struct ktr_func *f)
{
	return (u32)(sizeof(*f) + f->n_up * sizeof(struct ktr_val) + sizeof(u64));
}

static u32 free_func(struct ktr_ctx *c, struct ktr_func *f)
{
	u32 n = f->n_up, k;

	for (k = 0; k < n; k++)
		ktr__disown(c, &f->up[k]);
	ktr_mem_free(c, f, func_bytes(f));
	return n + 1;
}

static u32 free_box(struct ktr_ctx *c, struct ktr_box *b)
{
	ktr__disown(c, &b->v);
	ktr_mem_free(c, b, sizeof(*b));
	return 2;
}

/* Works on one dead object; the work done. *o is 0 when the object is gone. */
static u32 free_some(struct ktr_ctx *c, struct ktr_obj **o, u32 work)
{
	struct ktr_obj *p = (struct ktr_obj *)((unsigned long)*o & ~KIND_MASK);
	unsigned long kind = (unsigned long)*o & KIND_MASK;
	struct ktr__seg *seg;
	u32 done = 1;

	*o = KTR_NULL;
	switch (kind) {
	case KTR_DEAD_RAW:
		ktr_mem_free(c, p, (u32)p->refs);
		break;
	case KTR_DEAD_FUNC:
		done = free_func(c, (struct ktr_func *)p);
		break;
	case KTR_DEAD_BOX:
		done = free_box(c, (struct ktr_box *)p);
		break;
	case KTR_DEAD_TABLE:
		seg = ktr__tab_detach((struct ktr_table *)p);
		ktr_mem_free(c, p, sizeof(struct ktr_table));
		if (seg)
			*o = (struct ktr_obj *)((unsigned long)seg | KTR_DEAD_SEG);
		break;
	default:
		seg = (struct ktr__seg *)p;
		done = ktr__seg_free(c, &seg, work);
		if (seg)
			*o = (struct ktr_obj *)((unsigned long)seg | KTR_DEAD_SEG);
		break;
	}
	return done;
}

static struct ktr_obj *next_pending(void)
{
	struct ktr_obj *o = pending;

	if (!o)
		o = __atomic_exchange_n(&dead_list, (struct ktr_obj *)KTR_NULL, __ATOMIC_ACQUIRE);
	return o;
}

bool ktr__dead_step(struct ktr_ctx *c, u32 work)
{
	struct ktr_obj *o, *rest;
	unsigned long link;
	u32 done = 0;

	if (__atomic_exchange_n(&busy, 1u, __ATOMIC_ACQUIRE))
		return false;
	while (done < work && (o = next_pending())) {
		link = ((struct ktr_obj *)((unsigned long)o & ~KIND_MASK))->link;
		rest = o;
		done += free_some(c, &rest, work - done);
		if (rest) {
			((struct ktr_obj *)((unsigned long)rest & ~KIND_MASK))->link = link;
			pending = rest;
		} else {
			pending = (struct ktr_obj *)link;
			__atomic_fetch_sub(&n_dead, 1, __ATOMIC_RELAXED);
		}
	}
	o = pending;
	__atomic_store_n(&busy, 0u, __ATOMIC_RELEASE);
	return o || __atomic_load_n(&dead_list, __ATOMIC_RELAXED);
}

static enum ktr_dead_kind kind_of(u32 type)
{
	return type == KTR_TABLE ? KTR_DEAD_TABLE : type == KTR_FUNC ? KTR_DEAD_FUNC : KTR_DEAD_BOX;
}

/* Number of parts of an object that nothing refers to any more. */
static u32 parts_of(u32 type, const struct ktr_obj *o)
{
	if (type == KTR_TABLE)
		return ktr__tab_parts((const struct ktr_table *)o);
	return type == KTR_FUNC ? ((const struct ktr_func *)o)->n_up : 1;
}

void ktr__obj_dead(struct ktr_ctx *c, u32 type, struct ktr_obj *o)
{
	struct ktr_obj *tagged = (struct ktr_obj *)((unsigned long)o | kind_of(type));

	if (parts_of(type, o) > DIRECT_MAX) {
		ktr__dead_push(o, kind_of(type));
		return;
	}
	while (tagged)
		free_some(c, &tagged, ~0u);
}

static bool own(struct ktr_ctx *c, struct ktr_val *dst, const struct ktr_val *src, bool atomic)
{
	struct ktr_hstr *h;
	u32 n;

	*dst = *src;
	if (ktr__has_bytes(src->type) && !(src->flags & KTR_VF_CONST)) {
		n = ktr__hstr_bytes(src->s->len);
		h = atomic ? ktr__mem_get(c, n) : ktr_mem_alloc(c, n);
		if (!h)
			return false;
		h->refs = 1;
		h->str.hash = src->s->hash;
		h->str.len = src->s->len;
		memcpy(h->str.s, src->s->s, src->s->len + 1ul);
		dst->s = &h->str;
	} else if (ktr__is_counted(src)) {
		ktr__ref((struct ktr_obj *)src->t);
	}
	return true;
}

bool ktr__own(struct ktr_ctx *c, struct ktr_val *dst, const struct ktr_val *src)
{
	return own(c, dst, src, false);
}

bool ktr__own_atomic(struct ktr_ctx *c, struct ktr_val *dst, const struct ktr_val *src)
{
	return own(c, dst, src, true);
}

void ktr__own_more(const struct ktr_val *v)
{
	if (ktr__has_bytes(v->type)) {
		if (!(v->flags & KTR_VF_CONST))
			__atomic_fetch_add(&ktr__hstr(v->s)->refs, 1, __ATOMIC_RELAXED);
	} else if (ktr__is_counted(v)) {
		ktr__ref((struct ktr_obj *)v->t);
	}
}

void ktr__disown(struct ktr_ctx *c, const struct ktr_val *v)
{
	struct ktr_hstr *h;
	struct ktr_obj *o;

	if (v->type <= KTR_INT)
		return;
	if (ktr__has_bytes(v->type)) {
		if (v->flags & KTR_VF_CONST)
			return;
		h = ktr__hstr(v->s);
		if (__atomic_sub_fetch(&h->refs, 1, __ATOMIC_ACQ_REL) == 0)
			ktr_mem_free(c, h, ktr__hstr_bytes(h->str.len));
	} else if (v->type == KTR_AGG) {
		ktr__agg_free(c, v->a);
	} else if (v->type == KTR_WAYS) {
		ktr__ways_drop(c, v->w);
	} else if (ktr__is_counted(v)) {
		o = (struct ktr_obj *)v->t;
		if (__atomic_sub_fetch(&o->refs, 1, __ATOMIC_ACQ_REL) == 0)
			ktr__dead_push(o, kind_of(v->type));
	}
}

int ktr_val_keep(struct ktr_ctx *c, struct ktr_val *dst, const struct ktr_val *src)
{
	if (ktr__own(c, dst, src))
		return 0;
	ktr_set_nil(dst);
	return ktr_fail(c, "out of memory");
}

void ktr_val_drop(struct ktr_ctx *c, struct ktr_val *v)
{
	ktr__disown(c, v);
	ktr_set_nil(v);
}

/* ---- captured variables and closures ------------------------------------------------------------------------ */

int ktr_box_new(struct ktr_ctx *c, struct ktr_val *out)
{
	struct ktr_box *b = ktr_mem_alloc(c, sizeof(*b));
	struct ktr_val v = { .type = KTR_BOX };

	if (!b)
		return ktr_fail(c, "out of memory");
	b->refs = 1;
	b->lock = 0;
	ktr_set_nil(&b->v);
	v.b = b;
	ktr__adopt(c, out, &v);
	return 0;
}

int ktr_closure(struct ktr_ctx *c, struct ktr_val *out, ktr_code *code, const char *name, u32 n_params,
		const struct ktr_val *const *boxes, u32 n)
{
	u32 bytes = (u32)(sizeof(struct ktr_func) + n * sizeof(struct ktr_val) + sizeof(u64));
	struct ktr_val v = { .type = KTR_FUNC };
	struct ktr_func *f;
	u32 k;

	if (n > 500)
		return ktr_fail(c, "function captures too many variables");
	f = ktr_mem_alloc(c, bytes);
	if (!f)
		return ktr_fail(c, "out of memory");
	f->refs = 1;
	f->n_params = (u16)n_params;
	f->n_up = (u16)n;
	f->code = code;
	f->name = name;
	for (k = 0; k < n; k++) {
		f->up[k] = *boxes[k];
		ktr__ref((struct ktr_obj *)f->up[k].b);
	}
	*(u64 *)&f->up[n] = ktr__next_id();
	v.f = f;
	ktr__adopt(c, out, &v);
	return 0;
}

static int load(struct ktr_ctx *c, struct ktr_val *out, u32 *lock, const struct ktr_val *from)
{
	unsigned long flags;
	struct ktr_val v;
	u32 need;

	for (;;) {
		if (!ktr__lock(c, lock, &flags))
			return ktr__skip_locked(c);
		v = *from;
		need = ktr__fetch(c, &v);
		ktr__unlock(lock, flags);
		if (ktr_likely(!need))
			break;
		if (ktr__room(c, need))
			return KTR_ERR;
	}
	ktr__adopt(c, out, &v);
	return 0;
}

static int store(struct ktr_ctx *c, u32 *lock, struct ktr_val *to, const struct ktr_val *v)
{
	struct ktr_val own_v, old;
	unsigned long flags;

	if (!ktr__own(c, &own_v, v))
		return 0;
	if (!ktr__lock(c, lock, &flags)) {
		ktr__disown(c, &own_v);
		return ktr__skip_locked(c);
	}
	old = *to;
	*to = own_v;
	ktr__unlock(lock, flags);
	ktr__disown(c, &old);
	return 0;
}

static int add(struct ktr_ctx *c, u32 *lock, struct ktr_val *to, s64 d)
{
	unsigned long flags;
	const char *had;

	if (!ktr__lock(c, lock, &flags))
		return ktr__skip_locked(c);
	if (ktr_likely(to->type == KTR_INT)) {
		to->i += d;
		ktr__unlock(lock, flags);
		return 0;
	}
	had = ktr__is_aggregate(to) ? ktr__agg_what(to) : KTR_NULL;
	ktr__unlock(lock, flags);
	return had ? ktr_fail(c, "cannot add a number to %s", had) : ktr_fail(c, "use '+=' on non-number");
}

/* Adds a sample or an aggregate. */
static int aggregate(struct ktr_ctx *c, u32 *lock, struct ktr_val *to, const struct ktr_agg_op *op)
{
	const char *had = KTR_NULL;
	enum ktr_agg_rc rc;
	unsigned long flags;
	u32 tries = 0;

	do {
		if (!ktr__lock(c, lock, &flags))
			return ktr__skip_locked(c);
		rc = ktr__agg_apply(c, to, op);
		if (rc == KTR_AGG_MISMATCH)
			had = ktr__agg_what(to);
		ktr__unlock(lock, flags);
	} while (rc == KTR_AGG_NO_MEMORY && ++tries < MAX_TRIES && ktr__mem_more(c));
	if (rc == KTR_AGG_NO_MEMORY)
		ktr__count_no_memory();
	return rc == KTR_AGG_MISMATCH ? ktr__agg_mismatch(c, had, op) : 0;
}

static int aggregate_lin(struct ktr_ctx *c, u32 *lock, struct ktr_val *to, s64 x, const struct ktr_lin *lin)
{
	struct ktr_agg_op op = { .kind = KTR_AGG_LHIST, .lin = lin, .x = x };

	return ktr__lin_check(c, lin) ? KTR_ERR : aggregate(c, lock, to, &op);
}

static int add_val(struct ktr_ctx *c, u32 *lock, struct ktr_val *to, const struct ktr_val *v)
{
	struct ktr_agg_op op = { .val = v };

	if (v->type == KTR_INT)
		return add(c, lock, to, v->i);
	return ktr__is_aggregate(v) ? aggregate(c, lock, to, &op) : ktr_fail(c, "use '+=' on non-number");
}

int ktr_box_load(struct ktr_ctx *c, struct ktr_val *out, const struct ktr_val *box)
{
	return load(c, out, &box->b->lock, &box->b->v);
}

int ktr_box_store(struct ktr_ctx *c, const struct ktr_val *box, const struct ktr_val *v)
{
	return store(c, &box->b->lock, &box->b->v, v);
}

int ktr_box_add(struct ktr_ctx *c, const struct ktr_val *box, s64 d)
{
	return add(c, &box->b->lock, &box->b->v, d);
}

int ktr_cell_load(struct ktr_ctx *c, struct ktr_val *out, struct ktr_cell *cell)
{
	return load(c, out, &cell->lock, &cell->v);
}

int ktr_cell_store(struct ktr_ctx *c, struct ktr_cell *cell, const struct ktr_val *v)
{
	return store(c, &cell->lock, &cell->v, v);
}

int ktr_cell_add(struct ktr_ctx *c, struct ktr_cell *cell, s64 d)
{
	return add(c, &cell->lock, &cell->v, d);
}

int ktr_cell_agg(struct ktr_ctx *c, struct ktr_cell *cell, u32 kind, s64 x)
{
	struct ktr_agg_op op = { .kind = kind, .x = x };

	return aggregate(c, &cell->lock, &cell->v, &op);
}

int ktr_cell_lin(struct ktr_ctx *c, struct ktr_cell *cell, s64 x, s64 from, s64 to, s64 step)
{
	struct ktr_lin lin = { from, to, step };

	return aggregate_lin(c, &cell->lock, &cell->v, x, &lin);
}

int ktr_cell_add_val(struct ktr_ctx *c, struct ktr_cell *cell, const struct ktr_val *v)
{
	return add_val(c, &cell->lock, &cell->v, v);
}

int ktr__cell_fold(struct ktr_ctx *c, struct ktr_cell *cell, const struct ktr_agg *a)
{
	struct ktr_agg_op op = { .whole = a };

	return aggregate(c, &cell->lock, &cell->v, &op);
}

int ktr_box_agg(struct ktr_ctx *c, const struct ktr_val *box, u32 kind, s64 x)
{
	struct ktr_agg_op op = { .kind = kind, .x = x };

	return aggregate(c, &box->b->lock, &box->b->v, &op);
}

int ktr_box_lin(struct ktr_ctx *c, const struct ktr_val *box, s64 x, s64 from, s64 to, s64 step)
{
	struct ktr_lin lin = { from, to, step };

	return aggregate_lin(c, &box->b->lock, &box->b->v, x, &lin);
}

int ktr_box_add_val(struct ktr_ctx *c, const struct ktr_val *box, const struct ktr_val *v)
{
	return add_val(c, &box->b->lock, &box->b->v, v);
}
