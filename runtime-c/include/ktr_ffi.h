/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ktr_ffi.h - what the generated glue of a script's ffi is made of: functions that know C types, for emitted code that
 * does not. Emitted C does not include it; the glue, a file of its own, does, after the headers that define the types.
 *
 * The translator knows no C type. It names them: ktg_ffi_tN is the type of an expression of the script, made by the C
 * compiler of a type's text or of the type of what the member belongs to. Whether something is a number, a pointer, an
 * array or a record, the macros here find out when they are compiled.
 *
 * What a script holds is an address: of the record, or of the first element of an array; of a pointer, where it points to.
 * Context: any, unless a function says otherwise.
 */
#ifndef KTR_FFI_H
#define KTR_FFI_H

#include "ktr.h"

/*
 * A member that may be a number. A bit-field has no address and no offset in C, so its bytes are found when the script is
 * loaded: those which change what read() gives. All numbers are read this way, so nobody has to know which are bit-fields.
 */
struct ktr_ffi_field {
	u32 size;			/* of the record; 0: the member is no number */
	u32 first, len;			/* its bytes; set at load */
	s64 (*read)(const void *record);
	void (*write)(void *record, s64 v);	/* NULL: the script does not write it */
};

/* The script's ffi: ktr_script.ffi. */
struct ktr_ffi {
	u32 n_fields;
	struct ktr_ffi_field *const *fields;
	bool unsafe;			/* built with --unsafe: may write anywhere */
	void (*load)(void);		/* finds the functions that are not exported; NULL: there are none */
};
extern const struct ktr_ffi ktg_ffi;

/* The address that a value of the script is. 1: there is one; 0: nil; negative: failed. */
int ktr_ffi_base(struct ktr_ctx *c, const struct ktr_val *v, u64 *addr);
/* The same of what is written to: fails for nil too. */
int ktr_ffi_target(struct ktr_ctx *c, const struct ktr_val *v, u64 *addr);

/* A number in a record, or `bytes` of memory as a number. What cannot be read is nil, and counted. */
int ktr_ffi_get_field(struct ktr_ctx *c, struct ktr_val *ret, const struct ktr_ffi_field *f, u64 record);
int ktr_ffi_get(struct ktr_ctx *c, struct ktr_val *ret, u64 addr, u32 bytes, bool is_signed);
/* Fail for what does not belong to the script, unless it was built with --unsafe; what cannot be written is counted. */
int ktr_ffi_set_field(struct ktr_ctx *c, const struct ktr_ffi_field *f, u64 record, const struct ktr_val *v);
int ktr_ffi_set(struct ktr_ctx *c, u64 addr, u32 bytes, const struct ktr_val *v);
/* A whole array or record. same: v is the address of one of that type; text: a string may be stored. */
int ktr_ffi_copy(struct ktr_ctx *c, u64 addr, u32 bytes, bool same, bool text, const struct ktr_val *v);
/* Zeroed memory that lives until the script ends. Context: process, elsewhere it fails. */
int ktr_ffi_new(struct ktr_ctx *c, struct ktr_val *ret, u64 bytes);
/* An element's number, against the number of elements; 0: not known. */
int ktr_ffi_index(struct ktr_ctx *c, const struct ktr_val *v, u64 n, s64 *out);
/* The n-th argument of a C function. */
int ktr_ffi_arg(struct ktr_ctx *c, const struct ktr_val *args, u32 n, s64 *out);
/* For load(): the address of a function that is not exported; 0: there is none, so loading fails. Context: process. */
u64 ktr_ffi_function(const char *name);

/* ---- kinds of types ----------------------------------------------------------------------------------------- */

/* Names that old scripts expect. */
#ifndef __KERNEL__
typedef s8 int8_t;
typedef u8 uint8_t;
typedef s16 int16_t;
typedef u16 uint16_t;
typedef s32 int32_t;
typedef u32 uint32_t;
typedef long int64_t;
typedef unsigned long uint64_t;
#endif
#define __int8 char
#define __int16 short
#define __int32 int
#define __int64 long long

#define KTF_KIND(e) __builtin_classify_type(e)
#define KTF_IS_INT(k) ((k) >= 1 && (k) <= 4)
#define KTF_IS_REC(k) ((k) == 12 || (k) == 13)
#define KTF_IS_FLOAT(k) ((k) == 8 || (k) == 9)
#define KTF_CHECK(k) \
	_Static_assert(!KTF_IS_FLOAT(k), "there are no floating-point numbers in a script"); \
	_Static_assert(KTF_IS_FLOAT(k) || KTF_IS_INT(k) || (k) == 5 || KTF_IS_REC(k), "values of this type cannot be had by ffi");

extern int ktf_no_place;
/* The expression where it has an address: numbers, which may be bit-fields, are left out. */
#define KTF_PLACE(k, e) __builtin_choose_expr(KTF_IS_INT(k), ktf_no_place, e)
/* Where a member begins that has an address. Not told by the record's own address, which may be anything. */
#define KTF_OFFSET(k, P, m) ((u64)(unsigned long)&KTF_PLACE(k, ((P)4096ul)->m) - 4096)
/* The expression where it is a number. */
#define KTF_NUMBER(k, e) __builtin_choose_expr(KTF_IS_INT(k), e, 0)
/* Pointers and arrays have the same kind; an array is no longer one where its value is used. */
#define KTF_POINTED(k, e) __builtin_choose_expr((k) == 5, e, (void *)0)
#define KTF_IS_ARRAY(k, e) \
	((k) == 5 && !__builtin_types_compatible_p(__typeof__((0, KTF_POINTED(k, e))), __typeof__(KTF_POINTED(k, e))))
#define KTF_IS_ADDRESS(k, e) (KTF_IS_REC(k) || KTF_IS_ARRAY(k, e))
/* An array without a length is compatible with one of length 0, which old code has in its place. */
#define KTF_IS_OPEN(T, E) __builtin_types_compatible_p(T, E[0])
#define KTF_LENGTH(T, E) \
	(!KTF_IS_ARRAY(KTF_KIND(*(T *)0), *(T *)0) || KTF_IS_OPEN(T, E) ? 0 : \
	 (sizeof(__builtin_choose_expr(KTF_IS_OPEN(T, E), (char)0, *(T *)0)) + 0) / sizeof(E))
#define KTF_SIGNED(k, e) ((s64)(__typeof__((0, KTF_NUMBER(k, e))))-1 < 0)
#define KTF_IS_TEXT(k, e) \
	(KTF_IS_ARRAY(k, e) && sizeof(*__builtin_choose_expr(KTF_IS_ARRAY(k, e), KTF_POINTED(k, e), (int *)0)) == 1)

/* What a member of a value of type T is looked for in: T itself when it points, else a pointer to T. */
#define KTF_RECORD(T) (&*__builtin_choose_expr(KTF_KIND(*(T *)0) == 5, *(T *)0, (T *)0))
/* ffi.new() of a number or pointer makes an array of one. */
#define KTF_NEW_TYPE(T) \
	__builtin_choose_expr(KTF_IS_ADDRESS(KTF_KIND(*(T *)0), *(T *)0), *(T *)0, *(T (*)[1])0)

/* ---- functions ---------------------------------------------------------------------------------------------- */

/* n##_k is the member's kind; P the type that points to the record. */
#define KTF_FIELD(n, P, m, writer) \
	static s64 n##_read(const void *record) \
	{ \
		P p = (P)record; \
		return (s64)KTF_NUMBER(n##_k, p->m); \
	} \
	static struct ktr_ffi_field n##_field = { \
		.size = KTF_IS_INT(n##_k) ? sizeof(*(P)0) : 0, .read = n##_read, .write = writer, \
	};

#define KTF_GET(n, P, m) \
	KTF_CHECK(n##_k) \
	KTF_FIELD(n, P, m, 0) \
	int n(struct ktr_ctx *c, struct ktr_val *ret, const struct ktr_val *base) \
	{ \
		u64 addr, at; \
		int rc = ktr_ffi_base(c, base, &addr); \
		ktr_set_nil(ret); \
		if (rc <= 0) \
			return rc; \
		if (KTF_IS_INT(n##_k)) \
			return ktr_ffi_get_field(c, ret, &n##_field, addr); \
		at = addr + KTF_OFFSET(n##_k, P, m); \
		if (!KTF_IS_ADDRESS(n##_k, ((P)0)->m)) \
			return ktr_ffi_get(c, ret, at, sizeof(void *), false); \
		ktr_set_int(ret, (s64)at); \
		return 0; \
	}

#define KTF_SET(n, P, m, same) \
	KTF_CHECK(n##_k) \
	static void n##_write(void *record, s64 v) \
	{ \
		P p = (P)record; \
		__builtin_choose_expr(KTF_IS_INT(n##_k), p->m, ktf_no_place) = v; \
	} \
	KTF_FIELD(n, P, m, n##_write) \
	int n(struct ktr_ctx *c, const struct ktr_val *base, const struct ktr_val *v) \
	{ \
		u64 addr, at; \
		if (ktr_ffi_target(c, base, &addr)) \
			return KTR_ERR; \
		if (KTF_IS_INT(n##_k)) \
			return ktr_ffi_set_field(c, &n##_field, addr, v); \
		at = addr + KTF_OFFSET(n##_k, P, m); \
		if (!KTF_IS_ADDRESS(n##_k, ((P)0)->m)) \
			return ktr_ffi_set(c, at, sizeof(void *), v); \
		return ktr_ffi_copy(c, at, sizeof(KTF_PLACE(n##_k, ((P)0)->m)), same, KTF_IS_TEXT(n##_k, ((P)0)->m), v); \
	}

/* T: what is indexed; E: its elements. */
#define KTF_ELEMENT(n, T, E, body) \
	KTF_CHECK(n##_k) \
	static u64 n##_at(u64 addr, s64 i) \
	{ \
		return addr + (u64)i * sizeof(E); \
	} \
	body

#define KTF_GET_ELEMENT(n, T, E) KTF_ELEMENT(n, T, E, \
	int n(struct ktr_ctx *c, struct ktr_val *ret, const struct ktr_val *base, const struct ktr_val *index) \
	{ \
		s64 i; \
		u64 addr; \
		int rc = ktr_ffi_base(c, base, &addr); \
		if (rc > 0 && ktr_ffi_index(c, index, KTF_LENGTH(T, E), &i)) \
			return KTR_ERR; \
		ktr_set_nil(ret); \
		if (rc <= 0) \
			return rc; \
		if (!KTF_IS_ADDRESS(n##_k, *(E *)0)) \
			return ktr_ffi_get(c, ret, n##_at(addr, i), sizeof(E), KTF_SIGNED(n##_k, *(E *)0)); \
		ktr_set_int(ret, (s64)n##_at(addr, i)); \
		return 0; \
	})

#define KTF_SET_ELEMENT(n, T, E, same) KTF_ELEMENT(n, T, E, \
	int n(struct ktr_ctx *c, const struct ktr_val *base, const struct ktr_val *index, const struct ktr_val *v) \
	{ \
		s64 i; \
		u64 addr; \
		if (ktr_ffi_target(c, base, &addr) || ktr_ffi_index(c, index, KTF_LENGTH(T, E), &i)) \
			return KTR_ERR; \
		if (!KTF_IS_ADDRESS(n##_k, *(E *)0)) \
			return ktr_ffi_set(c, n##_at(addr, i), sizeof(E), v); \
		return ktr_ffi_copy(c, n##_at(addr, i), sizeof(E), same, KTF_IS_TEXT(n##_k, *(E *)0), v); \
	})

#define KTF_CAST(n, T) \
	int n(struct ktr_ctx *c, struct ktr_val *ret, const struct ktr_val *v) \
	{ \
		u64 addr; \
		int rc = ktr_ffi_base(c, v, &addr); \
		ktr_set_nil(ret); \
		if (rc <= 0) \
			return rc; \
		if (KTF_IS_INT(n##_k)) \
			addr = (u64)(__typeof__(KTF_NUMBER(n##_k, *(T *)0)))addr; \
		ktr_set_int(ret, (s64)addr); \
		return 0; \
	}

/* A call whose result may be nothing. */
#define KTF_IS_VOID(e) __builtin_types_compatible_p(__typeof__(e), void)
#define KTF_CALL(ret, e) do { \
	_Static_assert(!KTF_IS_REC(KTF_KIND(__builtin_choose_expr(KTF_IS_VOID(e), 0, e))), \
		       "a function that returns a record cannot be called"); \
	if (KTF_IS_VOID(e)) { \
		e; \
		ktr_set_nil(ret); \
	} else { \
		ktr_set_int(ret, (s64)__builtin_choose_expr(KTF_IS_VOID(e), 0, e)); \
	} \
} while (0)

#endif
