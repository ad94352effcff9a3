/* SPDX-License-Identifier: GPL-2.0 */
/*
 * typed.h - tracepoints whose records the module builds itself, by the kernel's own macros (compat/events): the hook has the
 * tracepoint's real prototype, and only what the handler uses is built.
 */
#ifndef KTR_TYPED_H
#define KTR_TYPED_H

#include "attach.h"
#include "records.h"
#include "tracepoint_set.h"

struct ktr_typed_event {
	const char *system;	/* NULL: the end of the list */
	const char *event;
	u64 values;		/* bit n: slot n of struct ktr_raw is filled */
	void *probe;		/* data: struct tp_point */
	void *quick;		/* the same for quick handlers */
	void *hot;		/* for the quick handler that is ktg_hot_run(); data: the struct ktr_quick_point of a tp_point */
	bool (*layout)(const struct ktr_record_type *t);	/* whether the kernel describes the same record */
};

/* Of the script's events.c; empty when it has none. */
extern const struct ktr_typed_event ktr_typed_events[];

/* For events.c: number n, whose class was found to have these names. The assignment checks the prototype. */
#define KTR_TYPED(n, system_, event_) \
	{ \
		.system = #system_, \
		.event = #event_, \
		.values = KTR_VALUES_##n, \
		.probe = (void *)(typeof(ktr_probe_##n) *)__builtin_choose_expr( \
			__builtin_types_compatible_p(typeof(&check_trace_callback_type_##event_), \
						     void (*)(typeof(&ktr_probe_##n))), \
			ktr_probe_##n, (void)0), \
		.quick = (void *)ktr_quick_##n, \
		.hot = (void *)ktr_hot_##n, \
		.layout = ktr_layout_##n, \
	}

static inline bool ktr_typed_same(const struct ktr_record_type *t, unsigned int i, const char *name, u32 offset,
				  u32 size)
{
	return i < t->n_fields && !strcmp(t->fields[i].name, name) && t->fields[i].offset == offset &&
	       t->fields[i].size == size && !t->fields[i].located;
}

static __always_inline s64 ktr_typed_int(const void *p, u32 size, bool is_signed)
{
	if (size == 1)
		return is_signed ? (s64)*(const s8 *)p : (s64)*(const u8 *)p;
	if (size == 2)
		return is_signed ? (s64)*(const s16 *)p : (s64)*(const u16 *)p;
	if (size == 4)
		return is_signed ? (s64)*(const s32 *)p : (s64)*(const u32 *)p;
	return *(const s64 *)p;
}

extern void ktr_typed_too_long(void) __attribute__((error("the used part of the record is too long")));

/* A copy of an array; its address. */
static __always_inline s64 ktr_typed_bytes(u8 *bytes, unsigned int *at, const void *p, u32 n)
{
	u8 *to = bytes + *at;

	if (*at + n > KTR_EVENT_BYTES)
		ktr_typed_too_long();
	__builtin_memcpy(to, p, n);
	*at += (n + 7) & ~7u;
	return (s64)(unsigned long)to;
}

/*
 * Where the value of a slot is. Quick handlers have two words for each, so that a task's name is found without an address; with
 * a word less for numbers it would take one more instruction to find either.
 */
static __always_inline u32 ktr_typed_at(u32 slot, bool quick)
{
	return quick ? 2 * slot : slot;
}

static __always_inline bool ktr_typed_is_text(u32 size)
{
	return size == TASK_COMM_LEN;
}

/* Two words apart: copied as one object of 16 bytes it would make the hook align its stack, which takes a frame. */
static __always_inline void ktr_typed_text(s64 *to, const void *p)
{
	s64 first, second;

	__builtin_memcpy(&first, p, sizeof(first));
	__builtin_memcpy(&second, p + sizeof(first), sizeof(second));
	OPTIMIZER_HIDE_VAR(first);
	to[0] = first;
	to[1] = second;
}

static __always_inline void ktr_typed_array(s64 *value, u32 slot, u8 *bytes, unsigned int *at, const void *p, u32 n, bool quick)
{
	if (quick && ktr_typed_is_text(n))
		ktr_typed_text(&value[ktr_typed_at(slot, quick)], p);
	else
		value[ktr_typed_at(slot, quick)] = ktr_typed_bytes(bytes, at, p, n);
}

static __always_inline void ktr_typed_quick(void *data, const void *ev)
{
	struct tp_point *p = data;

	p->quick(&p->own, ev);
}

static __always_inline void ktr_typed_hot(void *data, const void *ev)
{
	ktg_hot_run(data, ev);
}

static __always_inline struct ktr_ictx *ktr_typed_enter(struct tp_point *p)
{
	return ktr_event_enter(p->att, interrupt_context_level());
}

static __always_inline void ktr_typed_run(struct ktr_ictx *x, struct tp_point *p, unsigned long frame)
{
	struct ktr_event *ev = ktr_event_of(x);

	ev->regs = NULL;
	ev->entry = NULL;
	ev->frame = frame;
	ev->ip = 0;
	ev->iterator = p->iterator;
	ev->point = p;
	ev->data = NULL;
	ev->raw.kinds = p->kinds;
	x->pub.raw = &ev->raw;
	ktr_event_run(x, p->att);
	x->pub.raw = NULL;
	ktr_event_leave(x, x->pub.level);
}

#endif
