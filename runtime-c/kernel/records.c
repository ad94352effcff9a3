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

static bool is_one_of(const char *type, size_t n, const char *const *names, unsigned int n_names)
{
	unsigned int i;

	for (i = 0; i < n_names; i++)
		if (strlen(names[i]) == n && !strncmp(type, names[i], n))
			return true;
	return false;
}

static bool is_byte_array(const char *type, size_t n)
{
	static const char *const names[] = { "u8", "__u8", "s8", "unsigned char", "uint8_t", "uuid_t" };

	return is_one_of(type, n, names, ARRAY_SIZE(names));
}

/* Size of a type by the n bytes of its name, 0: it is not known. */
static u8 size_by_name(const char *type, size_t n)
{
	static const char *const bools[] = { "bool", "_Bool" };
	static const char *const shorts[] = { "short", "unsigned short" };
	static const char *const ints[] = { "int", "unsigned int", "unsigned", "pid_t", "uid_t", "gid_t", "gfp_t" };
	static const char *const longs[] = { "long", "unsigned long", "long int", "unsigned long int", "size_t",
					     "ssize_t" };
	static const char *const quads[] = { "long long", "unsigned long long", "sector_t", "loff_t", "dma_addr_t",
					     "phys_addr_t" };
	size_t digit = strcspn(type, "123468");

	if (n && type[n - 1] == '*')
		return sizeof(void *);
	if (is_one_of(type, n, bools, ARRAY_SIZE(bools)))
		return sizeof(bool);
	if (is_one_of(type, n, shorts, ARRAY_SIZE(shorts)))
		return sizeof(short);
	if (is_one_of(type, n, ints, ARRAY_SIZE(ints)) || strstarts(type, "enum "))
		return sizeof(int);
	if (is_one_of(type, n, longs, ARRAY_SIZE(longs)))
		return sizeof(long);
	if (is_one_of(type, n, quads, ARRAY_SIZE(quads)))
		return sizeof(u64);
	/* u32, __le16, uint64_t, ... */
	if (digit < n && !strncmp(type + digit, "16", 2))
		return 2;
	if (digit < n && !strncmp(type + digit, "32", 2))
		return 4;
	if (digit < n && !strncmp(type + digit, "64", 2))
		return 8;
	return digit < n && type[digit] == '8' ? 1 : 0;
}

static bool is_int_size(unsigned int size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

/* An element's size in an array with the brackets at `open`, `size` bytes in all; 0: no integers, or not known. */
static u8 elem_size(const char *type, const char *open, unsigned int size)
{
	unsigned int n = simple_strtoul(open + 1, NULL, 0);

	if (n && !(size % n) && is_int_size(size / n) && !strstarts(type, "struct "))
		return size / n;
	return size_by_name(type, open - type);
}

/* What a field of a type is; the size is 0 where it is not constant. */
static void set_kind(struct ktr_record_field *f, const char *type, unsigned int size)
{
	const char *open = strchr(type, '[');

	f->kind = size || f->located ? KTR_FIELD_BYTES : KTR_FIELD_NOTHING;
	if (open && strstarts(type, "char["))
		f->kind = KTR_FIELD_CHARS;
	else if (open && !is_byte_array(type, open - type) && (f->elem = elem_size(type, open, size)))
		f->kind = KTR_FIELD_INTS;
	else if (f->located && !strcmp(type, "cpumask_t"))
		f->kind = KTR_FIELD_CPUMASK;
	else if (!open && !f->located && is_int_size(size))
		f->kind = KTR_FIELD_INT;
}

static void describe(struct ktr_record_field *to, const struct kernel_field *from)
{
	const char *type = from->type;

	to->name = from->name;
	to->offset = from->offset;
	to->size = from->size;
	to->is_signed = from->is_signed & 1;
	to->relative = strstarts(type, "__rel_loc ");
	to->located = to->relative || strstarts(type, "__data_loc ");
	if (to->located)
		set_kind(to, strchr(type, ' ') + 1, 0);
	else
		set_kind(to, type, from->size);
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
	/* not by ?:, which would make both sides unsigned */
	switch (f->size * 2 + f->is_signed) {
	case 2:
		return *(const u8 *)p;
	case 3:
		return *(const s8 *)p;
	case 4:
		return *(const u16 *)p;
	case 5:
		return *(const s16 *)p;
	case 8:
		return *(const u32 *)p;
	case 9:
		return *(const s32 *)p;
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
	if (!f->located)
		return f->offset + f->size <= size;
	if (f->offset + sizeof(loc) > size)
		return false;
	memcpy(&loc, *p, sizeof(loc));
	offset = (loc & U16_MAX) + (f->relative ? f->offset + sizeof(loc) : 0);
	*p = (const char *)rec + offset;
	*n = loc >> 16;
	return offset <= size && *n <= size - offset;
}

/* As the kernel's own text of the event shows it. */
static int get_mask(struct ktr_ctx *c, const char *p, u32 n, struct ktr_val *out)
{
	u32 room = 3 * n + 2;
	char *buf = ktr_str_alloc(c, out, room);

	if (!buf)
		return KTR_ERR;
	ktr_str_cut(out, scnprintf(buf, room, "%*pb", (int)(8 * n), p));
	return 0;
}

int ktr_record_value(struct ktr_ctx *c, const struct ktr_record_field *f, const char *p, u32 n, struct ktr_val *out)
{
	switch (f->kind) {
	case KTR_FIELD_INTS:
		return ktr_tuple_of_ints(c, out, p, n / f->elem, f->elem, f->is_signed);
	case KTR_FIELD_CPUMASK:
		return get_mask(c, p, n, out);
	case KTR_FIELD_CHARS:
		n = strnlen(p, n);
		break;
	}
	return ktr_str_new(c, out, p, n);
}

int ktr_record_get(struct ktr_ctx *c, const struct ktr_record_field *f, const void *rec, u32 size, struct ktr_val *out)
{
	const char *p;
	u32 n;

	if (f->kind == KTR_FIELD_INT && f->offset + f->size <= size) {
		ktr_set_int(out, get_int(f, (const char *)rec + f->offset));
		return 0;
	}
	if (f->kind == KTR_FIELD_INT || f->kind == KTR_FIELD_NOTHING || !find_bytes(f, rec, size, &p, &n)) {
		ktr_set_nil(out);
		return 0;
	}
	return ktr_record_value(c, f, p, n, out);
}
