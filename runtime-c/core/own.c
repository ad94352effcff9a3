// SPDX-License-Identifier: GPL-2.0
/* Values that threads have of their own; see own.h. */
#include "own.h"

struct ktr__owner **ktr__owners;

static u32 owners_lock;			/* the buckets, against other writers */
static struct ktr__owner *given_back;	/* linked by `next`, pushed without the lock */

static u32 owner_bytes(void)
{
	return (u32)(sizeof(struct ktr__owner) + ktg_script.n_owns * sizeof(struct ktr_own));
}

/* ---- owners ------------------------------------------------------------------------------------------------- */

/* Puts a new owner into its bucket, unless an interrupt has done so meanwhile. */
static struct ktr__owner *enter(struct ktr_ctx *c, struct ktr__owner *o)
{
	struct ktr__owner **bucket = ktr__owner_bucket(o->task), *there;
	unsigned long flags;

	if (!ktr__lock(c, &owners_lock, &flags)) {
		ktr_mem_free(c, o, owner_bytes());
		ktr__skip_locked(c);
		return KTR_NULL;
	}
	there = ktr__owner_find(o->task);
	if (!there) {
		o->next = *bucket;
		__atomic_store_n(bucket, o, __ATOMIC_RELEASE);
	}
	ktr__unlock(&owners_lock, flags);
	if (there)
		ktr_mem_free(c, o, owner_bytes());
	return there ? there : o;
}

static struct ktr__owner *find(struct ktr_ctx *c)
{
	unsigned long flags;
	struct ktr__owner *o;

	if (c->level != KTR_LEVEL_THREAD)
		return ktr__owner_find((u64)ktr_port_task(c));
	/* preemption is on: only the lock keeps others in their buckets. The caller's own block stays. */
	ktr__lock(c, &owners_lock, &flags);
	o = ktr__owner_find((u64)ktr_port_task(c));
	ktr__unlock(&owners_lock, flags);
	return o;
}

/* The values of the current thread, made now if there are none; NULL: no memory (counted), or the run is to be skipped. */
static struct ktr__owner *find_or_make(struct ktr_ctx *c)
{
	struct ktr__owner *o = find(c);

	if (o)
		return o;
	o = ktr_mem_alloc(c, owner_bytes());
	if (!o)
		return KTR_NULL;
	memset(o, 0, owner_bytes());
	o->task = ktr_port_task(c);
	return enter(c, o);
}

static struct ktr__owner *take_out(u64 task)
{
	struct ktr__owner **p, *o;
	unsigned long flags;

	ktr__lock(KTR_NULL, &owners_lock, &flags);
	for (p = ktr__owner_bucket(task); *p && (*p)->task != task; p = &(*p)->next)
		;
	o = *p;
	if (o)
		__atomic_store_n(p, o->next, __ATOMIC_RELAXED);
	ktr__unlock(&owners_lock, flags);
	return o;
}

void ktr_own_task_gone(u64 task)
{
	struct ktr__owner *o, *head;

	if (!ktr__owner_find(task))
		return;
	o = take_out(task);
	if (!o)
		return;
	/* its `next` still leads on for who passes by: the list of those given back has another link */
	head = __atomic_load_n(&given_back, __ATOMIC_RELAXED);
	do
		o->task = (u64)(unsigned long)head;
	while (!__atomic_compare_exchange_n(&given_back, &head, o, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
	ktr__want_kick();
	ktr__kick_if_wanted();
}

static void free_owner(struct ktr__owner *o)
{
	u32 i;

	for (i = 0; i < ktg_script.n_owns; i++)
		ktr_val_drop(KTR_NULL, &o->own[i].other.v);
	ktr_mem_free(KTR_NULL, o, owner_bytes());
}

void ktr__own_refill(void)
{
	struct ktr__owner *o = __atomic_exchange_n(&given_back, (struct ktr__owner *)KTR_NULL, __ATOMIC_ACQUIRE);
	struct ktr__owner *next;

	if (o)
		ktr_port_sync();
	for (; o; o = next) {
		next = (struct ktr__owner *)(unsigned long)o->task;
		free_owner(o);
	}
}

int ktr__own_init(void)
{
	owners_lock = 0;
	given_back = KTR_NULL;
	if (!ktg_script.n_owns)
		return 0;
	ktr__owners = ktr_port_alloc(KTR_OWNER_BUCKETS * sizeof(*ktr__owners));
	return ktr__owners ? 0 : KTR_ERR;
}

void ktr__own_exit(void)
{
	struct ktr__owner *o, *next;
	u32 i;

	ktr__own_refill();
	for (i = 0; ktr__owners && i < KTR_OWNER_BUCKETS; i++) {
		for (o = ktr__owners[i]; o; o = next) {
			next = o->next;
			free_owner(o);
		}
	}
	ktr_port_free(ktr__owners);
	ktr__owners = KTR_NULL;
}

/* ---- values ------------------------------------------------------------------------------------------------- */

int ktr_own_load(struct ktr_ctx *c, struct ktr_val *out, u32 n)
{
	struct ktr__owner *o = find(c);
	u64 tag = o ? __atomic_load_n(&o->own[n].tag, __ATOMIC_RELAXED) : KTR_OWN_NIL;

	if (tag == KTR_OWN_OTHER)
		return ktr_cell_load(c, out, &o->own[n].other);
	if (tag == KTR_OWN_INT)
		ktr_set_int(out, __atomic_load_n(&o->own[n].i, __ATOMIC_RELAXED));
	else
		ktr_set_nil(out);
	return 0;
}

static int store_other(struct ktr_ctx *c, struct ktr_own *own, const struct ktr_val *v)
{
	int rc = ktr_cell_store(c, &own->other, v);

	if (!rc)
		__atomic_store_n(&own->tag, (u64)KTR_OWN_OTHER, __ATOMIC_RELAXED);
	return rc;
}

int ktr_own_store(struct ktr_ctx *c, u32 n, const struct ktr_val *v)
{
	struct ktr__owner *o = v->type == KTR_NIL ? find(c) : find_or_make(c);

	if (!o)
		return c->rc;	/* 0: nothing to take away, or no memory */
	if (v->type == KTR_INT)
		ktr_own_set(&o->own[n], v->i);
	else if (v->type == KTR_NIL)
		ktr_own_clear(&o->own[n]);
	else
		return store_other(c, &o->own[n], v);
	return 0;
}

/* The thread's own, so nobody else adds meanwhile but an interrupt: one instruction is exact. */
int ktr_own_add(struct ktr_ctx *c, u32 n, s64 d)
{
	struct ktr__owner *o = find_or_make(c);
	struct ktr_own *own = o ? &o->own[n] : KTR_NULL;

	if (!own)
		return c->rc;
	if (own->tag == KTR_OWN_OTHER)
		return ktr_cell_add(c, &own->other, d);
	if (own->tag == KTR_OWN_NIL)
		ktr_own_set(own, d);
	else
		__atomic_fetch_add(&own->i, d, __ATOMIC_RELAXED);
	return 0;
}
