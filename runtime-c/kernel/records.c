// SPDX-License-Identifier: GPL-2.0
/*
 * records.c - see records.h.
 */
#include "records.h"

#include <linux/list.h>

#define KTR_FIRST_OFFSET 8	/* struct trace_entry, which every record begins with */
#define KTR_MAX_FIELDS 256

/*
 * A field as the kernel's private struct ftrace_event_field describes it, as far as it has been the same since long
 * before 6.1. The last member was an int that held 0 or 1; since v6.13 and its backports ("tracing: Check "%s"
 * dereference via the field and not the TP_printk format") bit 0 of that word is what it was.
 */
struct kernel_field {
	struct list_head link;
	const char *name;
	const char *type;
	int filter_type;
	int offset;
	int size;
	unsigned int is_signed;
};

/* Whether what we take for a description of a field can be one. */
static bool plausible(const struct kernel_field *f)
{
	char first;

	if (f->offset < KTR_FIRST_OFFSET || f->offset > U16_MAX || f->size < 0 || f->size > U16_MAX)
		return false;
	return !copy_from_kernel_nofault(&first, f->name, 1) && first &&
	       !copy_from_kernel_nofault(&first, f->type, 1) && first;
}

static bool is_byte_array(const char *type)
{
	static const char *const names[] = { "u8[", "__u8[", "s8[", "unsigned char[", "uint8_t[", "uuid_t[" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (strstarts(type, names[i]))
			return true;
	return false;
}

static u8 kind_of(const char *type, int size)
{
	if (strstarts(type, "char["))
		return KTR_FIELD_CHARS;
	if (is_byte_array(type))
		return KTR_FIELD_BYTES;
	if (strchr(type, '['))
		return KTR_FIELD_OTHER;
	return size == 1 || size == 2 || size == 4 || size == 8 ? KTR_FIELD_INT : KTR_FIELD_OTHER;
}

static void describe(struct ktr_record_field *to, const struct kernel_field *from)
{
	const char *type = from->type;

	to->name = from->name;
	to->offset = from->offset;
	to->size = from->size;
	to->is_signed = from->is_signed & 1;
	to->relative = strstarts(type, "__rel_loc ");
	if (!to->relative && !strstarts(type, "__data_loc ")) {
		to->kind = kind_of(type, from->size);
		return;
	}
	type = strchr(type, ' ') + 1;
	to->kind = kind_of(type, 0);
	if (to->kind == KTR_FIELD_CHARS)
		to->kind = KTR_FIELD_LOC_CHARS;
	else if (to->kind == KTR_FIELD_BYTES)
		to->kind = KTR_FIELD_LOC_BYTES;
	else
		to->kind = KTR_FIELD_OTHER;
}

static struct list_head *fields_of(struct trace_event_call *call)
{
	return call->class->get_fields ? call->class->get_fields(call) : &call->class->fields;
}

struct ktr_record_type *ktr_record_type(struct trace_event_call *call)
{
	struct list_head *head = fields_of(call);
	struct ktr_record_type *t;
	struct kernel_field *f;
	unsigned int n = 0;

	list_for_each_entry(f, head, link)
		if (++n > KTR_MAX_FIELDS || !plausible(f))
			return NULL;
	t = kzalloc(struct_size(t, fields, n), GFP_KERNEL);
	if (!t)
		return NULL;
	/* the last field is the first of the list */
	list_for_each_entry_reverse(f, head, link)
		describe(&t->fields[t->n_fields++], f);
	return t;
}

int ktr_record_find(const struct ktr_record_type *t, const char *name)
{
	int i;

	for (i = 0; i < t->n_fields; i++)
		if (!strcmp(t->fields[i].name, name))
			return i;
	return -1;
}

static s64 get_int(const struct ktr_record_field *f, const void *p)
{
	switch (f->size) {
	case 1:
		return f->is_signed ? *(const s8 *)p : *(const u8 *)p;
	case 2:
		return f->is_signed ? *(const s16 *)p : *(const u16 *)p;
	case 4:
		return f->is_signed ? *(const s32 *)p : *(const u32 *)p;
	default:
		return *(const s64 *)p;
	}
}

/* The bytes of an array; false: not inside the record. */
static bool find_bytes(const struct ktr_record_field *f, const void *rec, u32 size, const char **p, u32 *n)
{
	u32 loc, offset;

	*p = (const char *)rec + f->offset;
	*n = f->size;
	if (f->kind == KTR_FIELD_CHARS || f->kind == KTR_FIELD_BYTES)
		return f->offset + f->size <= size;
	if (f->offset + sizeof(loc) > size)
		return false;
	memcpy(&loc, *p, sizeof(loc));
	offset = (loc & U16_MAX) + (f->relative ? f->offset + sizeof(loc) : 0);
	*p = (const char *)rec + offset;
	*n = loc >> 16;
	return offset <= size && *n <= size - offset;
}

int ktr_record_get(struct ktr_ctx *c, const struct ktr_record_field *f, const void *rec, u32 size, struct ktr_val *out)
{
	const char *p;
	u32 n;

	if (f->kind == KTR_FIELD_INT && f->offset + f->size <= size) {
		ktr_set_int(out, get_int(f, (const char *)rec + f->offset));
		return 0;
	}
	if (f->kind == KTR_FIELD_INT || f->kind == KTR_FIELD_OTHER || !find_bytes(f, rec, size, &p, &n)) {
		ktr_set_nil(out);
		return 0;
	}
	if (f->kind == KTR_FIELD_CHARS || f->kind == KTR_FIELD_LOC_CHARS)
		n = strnlen(p, n);
	return ktr_str_new(c, out, p, n);
}
