/* SPDX-License-Identifier: GPL-2.0 */
/*
 * records.h - the fields of trace event records: found when an event is registered, read when it happens.
 */
#ifndef KTR_RECORDS_H
#define KTR_RECORDS_H

#include <linux/trace_events.h>

#include "home.h"

enum ktr_field_kind {
	KTR_FIELD_INT,		/* 1, 2, 4 or 8 bytes; pointers too */
	KTR_FIELD_CHARS,	/* char[N]: up to its NUL */
	KTR_FIELD_BYTES,	/* array of bytes, or what is no number: all of its bytes, as a string */
	KTR_FIELD_INTS,		/* array of integers: a tuple */
	KTR_FIELD_CPUMASK,	/* words of bits: the kernel's text of a mask, in hexadecimal */
	KTR_FIELD_NOTHING,	/* nil */
};

struct ktr_record_field {
	const char *name;	/* the kernel's */
	u16 offset;
	u16 size;
	u8 kind;		/* enum ktr_field_kind */
	u8 elem;		/* INTS: bytes of one */
	bool is_signed;
	bool located;		/* an array whose place is in the record: u32 length << 16 | offset */
	bool relative;		/* the offset counts from the end of this field */
};

struct ktr_record_type {
	u16 n_fields;
	struct ktr_record_field fields[];
};

/* NULL: no memory, or the kernel's field list does not look as we know it. Context: process. */
struct ktr_record_type *ktr_record_type(struct trace_event_call *call);
/* Index of a field, -1: there is none. */
int ktr_record_find(const struct ktr_record_type *t, const char *name);
/* The value of a field: of its n bytes at p; in a record, nil when there is none. 0 or KTR_ERR. */
int ktr_record_value(struct ktr_ctx *c, const struct ktr_record_field *f, const char *p, u32 n, struct ktr_val *out);
int ktr_record_get(struct ktr_ctx *c, const struct ktr_record_field *f, const void *rec, u32 size, struct ktr_val *out);

#endif
