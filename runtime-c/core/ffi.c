// SPDX-License-Identifier: GPL-2.0
/*
 * ffi.c - memory as C sees it: reads that may fault, writes, and the memory that a script makes for itself. Which bytes,
 * the generated glue says (ktr_ffi.h).
 *
 * The script's own memory lies in chunks that are never freed before the script ends, so any context may look whether
 * an address is in one of them.
 */
#include "internal.h"
#include "ktr_ffi.h"

#define CHUNK_MIN 4096u
#define ALIGN 16u
#define MARGIN 32u		/* C may touch the bit-fields around one */
#define NUMBER_MAX 16u		/* bytes of the largest number, bit-fields across words included */

struct chunk {
	struct chunk *next;
	u64 size, used;		/* of data; used only grows */
	u8 data[] __attribute__((aligned(ALIGN)));
};

static struct chunk *chunks;
static u64 taken;
static const char *missing;	/* a function that the kernel does not have */
int ktf_no_place;

/* ---- own memory --------------------------------------------------------------------------------------------- */

static bool owns(u64 addr, u64 n)
{
	struct chunk *k;

	for (k = __atomic_load_n(&chunks, __ATOMIC_ACQUIRE); k; k = k->next) {
		u64 used = __atomic_load_n(&k->used, __ATOMIC_RELAXED);
		u64 begin = (u64)(unsigned long)k->data;

		if (addr >= begin && addr - begin < used)
			return n <= used - (addr - begin);
	}
	return false;
}

static struct chunk *new_chunk(u64 bytes)
{
	u64 size = bytes > CHUNK_MIN ? bytes : CHUNK_MIN;
	struct chunk *k = ktr_port_alloc(sizeof(*k) + size);

	if (!k)
		return KTR_NULL;
	k->size = size;
	k->next = chunks;
	__atomic_store_n(&chunks, k, __ATOMIC_RELEASE);
	return k;
}

int ktr_ffi_new(struct ktr_ctx *c, struct ktr_val *ret, u64 bytes)
{
	struct chunk *k = chunks;

	if (!ktr_port_may_sleep(c))
		return ktr_fail(c, "ffi.new makes memory only in the main chunk, in tick handlers and in trace_end");
	if (bytes > KTR_MAX_FFI_BYTES - taken)
		return ktr_fail(c, "ffi.new: a script can have %u bytes of such memory at most", KTR_MAX_FFI_BYTES);
	bytes = (bytes + ALIGN - 1) & ~(u64)(ALIGN - 1);
	if (!k || bytes > k->size - k->used)
		k = new_chunk(bytes);
	if (!k)
		return ktr_fail(c, "ffi.new: out of memory");
	ktr_set_int(ret, (s64)(unsigned long)(k->data + k->used));
	__atomic_store_n(&k->used, k->used + bytes, __ATOMIC_RELAXED);
	taken += bytes;
	return 0;
}

void ktr__ffi_exit(void)
{
	while (chunks) {
		struct chunk *k = chunks;

		chunks = k->next;
		ktr_port_free(k);
	}
	taken = 0;
	missing = KTR_NULL;
}

/* ---- bytes -------------------------------------------------------------------------------------------------- */

int ktr__ffi_read(void *dst, u64 addr, u32 n)
{
	if (!owns(addr, n))
		return ktr_port_read_kernel(dst, addr, n);
	memcpy(dst, (const void *)(unsigned long)addr, n);
	return 0;
}

int ktr__ffi_read_str(char *dst, u64 addr, u32 max)
{
	u32 n = 0;

	if (!owns(addr, 1))
		return ktr_port_str_kernel(dst, addr, max);
	while (n + 1 < max && owns(addr + n, 1) && *(const char *)(unsigned long)(addr + n)) {
		dst[n] = *(const char *)(unsigned long)(addr + n);
		n++;
	}
	if (max)
		dst[n] = '\0';
	return (int)n;
}

static int may_write(struct ktr_ctx *c, u64 addr, u32 n)
{
	if (owns(addr, n) || (ktg_script.ffi && ktg_script.ffi->unsafe))
		return 0;
	return ktr_fail(c, "this memory is not the script's own: writing to it needs kt2ko --unsafe");
}

static int write(struct ktr_ctx *c, u64 addr, const void *src, u32 n)
{
	if (may_write(c, addr, n))
		return KTR_ERR;
	if (owns(addr, n))
		memcpy((void *)(unsigned long)addr, src, n);
	else if (ktr_port_write_kernel(addr, src, n))
		ktr_count(KTR_STAT_FAULT);
	return 0;
}

/* ---- values ------------------------------------------------------------------------------------------------- */

int ktr_ffi_base(struct ktr_ctx *c, const struct ktr_val *v, u64 *addr)
{
	*addr = 0;
	if (v->type == KTR_NIL)
		return 0;
	if (v->type != KTR_INT && v->type != KTR_KIP)
		return ktr_fail(c, "a C pointer is a number, this is something else");
	*addr = (u64)v->i;
	return 1;
}

int ktr_ffi_target(struct ktr_ctx *c, const struct ktr_val *v, u64 *addr)
{
	int rc = ktr_ffi_base(c, v, addr);

	return rc ? (rc < 0 ? rc : 0) : ktr_fail(c, "cannot write to what a nil points to");
}

static int stored_number(struct ktr_ctx *c, const struct ktr_val *v, s64 *out)
{
	*out = 0;
	if (v->type == KTR_NIL)
		return ktr_fail(c, "nil cannot be stored in a C number");
	if (v->type != KTR_INT && v->type != KTR_BOOL && v->type != KTR_KIP)
		return ktr_fail(c, "only a number can be stored in a C number or pointer");
	*out = v->i;
	return 0;
}

int ktr_ffi_index(struct ktr_ctx *c, const struct ktr_val *v, u64 n, s64 *out)
{
	*out = 0;
	if (v->type != KTR_INT)
		return ktr_fail(c, "array index should be number");
	if (n && (v->i < 0 || (u64)v->i >= n))
		return ktr_fail(c, "array index out of bound: %d of %d", v->i, (s64)n);
	*out = v->i;
	return 0;
}

int ktr_ffi_arg(struct ktr_ctx *c, const struct ktr_val *args, u32 n, s64 *out)
{
	const struct ktr_val *v = &args[n - 1];

	*out = 0;
	if (v->type == KTR_STR)
		*out = (s64)(unsigned long)v->s->s;
	else if (v->type == KTR_INT || v->type == KTR_BOOL || v->type == KTR_KIP)
		*out = v->i;
	else
		return ktr_fail(c, "cannot convert argument %u of a C function: only numbers, booleans and strings", n);
	return 0;
}

/* ---- numbers in records ------------------------------------------------------------------------------------- */

/* A piece of a record with room around it, and where in it the record would begin for its bytes to be at their place. */
struct window {
	u64 words[(8 + NUMBER_MAX + 2 * MARGIN) / 8];
};

static u8 *bytes_of(struct window *w, const struct ktr_ffi_field *f)
{
	return (u8 *)w->words + MARGIN + (f->first & 7);
}

static void *record_of(struct window *w, const struct ktr_ffi_field *f)
{
	return (void *)((unsigned long)bytes_of(w, f) - f->first);
}

int ktr_ffi_get_field(struct ktr_ctx *c, struct ktr_val *ret, const struct ktr_ffi_field *f, u64 record)
{
	struct window w = { { 0 } };

	(void)c;
	if (ktr__ffi_read(bytes_of(&w, f), record + f->first, f->len))
		ktr_count(KTR_STAT_FAULT);
	else
		ktr_set_int(ret, f->read(record_of(&w, f)));
	return 0;
}

int ktr_ffi_set_field(struct ktr_ctx *c, const struct ktr_ffi_field *f, u64 record, const struct ktr_val *v)
{
	struct window w = { { 0 } };
	s64 n;

	if (stored_number(c, v, &n) || may_write(c, record + f->first, f->len))
		return KTR_ERR;
	/* the bits around a bit-field stay */
	if (ktr__ffi_read(bytes_of(&w, f), record + f->first, f->len)) {
		ktr_count(KTR_STAT_FAULT);
		return 0;
	}
	f->write(record_of(&w, f), n);
	return write(c, record + f->first, bytes_of(&w, f), f->len);
}

int ktr_ffi_get(struct ktr_ctx *c, struct ktr_val *ret, u64 addr, u32 bytes, bool is_signed)
{
	union {
		s8 b1;
		s16 b2;
		s32 b4;
		s64 b8;
	} u = { .b8 = 0 };

	(void)c;
	if (ktr__ffi_read(&u, addr, bytes < 8 ? bytes : 8))
		ktr_count(KTR_STAT_FAULT);
	else if (is_signed)
		ktr_set_int(ret, bytes == 1 ? u.b1 : bytes == 2 ? u.b2 : bytes == 4 ? u.b4 : u.b8);
	else
		ktr_set_int(ret, bytes == 1 ? (u8)u.b1 : bytes == 2 ? (u16)u.b2 : bytes == 4 ? (u32)u.b4 : u.b8);
	return 0;
}

int ktr_ffi_set(struct ktr_ctx *c, u64 addr, u32 bytes, const struct ktr_val *v)
{
	union {
		u8 b1;
		u16 b2;
		u32 b4;
		u64 b8;
	} u = { .b8 = 0 };
	s64 n;

	if (stored_number(c, v, &n))
		return KTR_ERR;
	if (bytes == 1)
		u.b1 = (u8)n;
	else if (bytes == 2)
		u.b2 = (u16)n;
	else if (bytes == 4)
		u.b4 = (u32)n;
	else
		u.b8 = (u64)n;
	return write(c, addr, &u, bytes < 8 ? bytes : 8);
}

/* By pieces: one that cannot be read ends it. */
static int copy_record(struct ktr_ctx *c, u64 to, u64 from, u32 bytes)
{
	u8 piece[64];
	u32 done, n;

	for (done = 0; done < bytes; done += n) {
		n = bytes - done < sizeof(piece) ? bytes - done : sizeof(piece);
		if (ktr__ffi_read(piece, from + done, n)) {
			ktr_count(KTR_STAT_FAULT);
			return 0;
		}
		if (write(c, to + done, piece, n))
			return KTR_ERR;
	}
	return 0;
}

int ktr_ffi_copy(struct ktr_ctx *c, u64 addr, u32 bytes, bool same, bool text, const struct ktr_val *v)
{
	u32 n;

	if (text && v->type == KTR_STR) {
		/* with the NUL behind it where there is room */
		n = v->s->len + 1 < bytes ? v->s->len + 1 : bytes;
		return write(c, addr, v->s->s, n);
	}
	if (!same || v->type != KTR_INT)
		return ktr_fail(c, "only a value of the same C type can be stored in a C record or array");
	return copy_record(c, addr, (u64)v->i, bytes);
}

/* ---- functions ---------------------------------------------------------------------------------------------- */

u64 ktr_ffi_function(const char *name)
{
	u64 addr = ktr_port_symbol(name);

	if (!addr && !missing)
		missing = name;
	return addr;
}

const char *ktr__ffi_missing(void)
{
	return missing;
}

/* ---- load --------------------------------------------------------------------------------------------------- */

static bool changes(const struct ktr_ffi_field *f, u8 *record, u32 i, s64 empty)
{
	bool found = false;
	u32 bit;

	/* bit by bit, from the lowest: a _Bool must not hold anything but 0 and 1 */
	for (bit = 0; bit < 8 && !found; bit++) {
		record[i] = (u8)(1u << bit);
		found = f->read(record) != empty;
	}
	record[i] = 0;
	return found;
}

/*
 * The bytes of an otherwise empty record that change the number. Written once: what belongs to a prebuilt tapset may be in use
 * by another script, which has found the same.
 */
static void find_bytes(struct ktr_ffi_field *f, u8 *record)
{
	s64 empty = f->read(record);
	u32 i, first = 0, len = 0;

	for (i = 0; i < f->size; i++) {
		if (!changes(f, record, i, empty))
			continue;
		if (!len)
			first = i;
		len = i + 1 - first;
	}
	__atomic_store_n(&f->first, first, __ATOMIC_RELAXED);
	__atomic_store_n(&f->len, len < NUMBER_MAX ? len : NUMBER_MAX, __ATOMIC_RELAXED);
}

int ktr__ffi_prepare(const struct ktr_ffi *ffi)
{
	u32 i, size = 0;
	u8 *record;

	if (!ffi)
		return 0;
	for (i = 0; i < ffi->n_fields; i++)
		size = ffi->fields[i]->size > size ? ffi->fields[i]->size : size;
	record = ktr_port_alloc(size + 2 * MARGIN);
	if (!record)
		return KTR_ERR;
	for (i = 0; i < ffi->n_fields; i++) {
		if (ffi->fields[i]->size)
			find_bytes(ffi->fields[i], record + MARGIN);
	}
	ktr_port_free(record);
	if (ffi->load)
		ffi->load();
	return 0;
}

int ktr__ffi_init(void)
{
	return ktr__ffi_prepare(ktg_script.ffi);
}
