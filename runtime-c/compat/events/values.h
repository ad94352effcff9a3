/* SPDX-License-Identifier: GPL-2.0 */
/*
 * values.h - pass 3, for each event: what the handler uses goes from the record to the event, or to what quick handlers get.
 * KTR_SLOTS_n(X) of events.c names it: X(slot, number of the field or -1, its name or ""). All the comparing is done by the
 * compiler.
 */
#undef KTR_FIELD
#undef KTR_ARRAY
#undef KTR_WANTED
#undef KTR_PUT_INT
#undef KTR_PUT_BYTES
#define KTR_WANTED(number, name) ((number) == (int)ktr_i || ((number) < 0 && !__builtin_strcmp(name, ktr_name)))
#define KTR_PUT_INT(slot, number, name) \
	if (KTR_WANTED(number, name)) \
		ktr_value[ktr_typed_at(slot, ktr_quick)] = ktr_v;
#define KTR_PUT_BYTES(slot, number, name) \
	if (KTR_WANTED(number, name)) \
		ktr_typed_array(ktr_value, slot, ktr_bytes, &ktr_at, ktr_p, ktr_n, ktr_quick);

#define KTR_FIELD(type, item, is_signed) \
	{ \
		const char *ktr_name = #item; \
		const void *ktr_p = &ktr_r->item; \
		const u32 ktr_n = sizeof(ktr_r->item); \
		\
		if (ktr_n == 1 || ktr_n == 2 || ktr_n == 4 || ktr_n == 8) { \
			s64 ktr_v = ktr_typed_int(ktr_p, ktr_n, is_signed); \
			\
			KTR_CAT(KTR_SLOTS_, KTR_N)(KTR_PUT_INT) \
		} else { \
			KTR_CAT(KTR_SLOTS_, KTR_N)(KTR_PUT_BYTES) \
		} \
		ktr_i++; \
	}
#define KTR_ARRAY(type, item, len) \
	{ \
		const char *ktr_name = #item; \
		const void *ktr_p = &ktr_r->item; \
		const u32 ktr_n = sizeof(ktr_r->item); \
		\
		KTR_CAT(KTR_SLOTS_, KTR_N)(KTR_PUT_BYTES) \
		ktr_i++; \
	}

#define KTR_VALUES(call, proto, tstruct, assign) \
	static __always_inline void KTR_CAT(ktr_values_, KTR_N)(const struct ktr_rec_##call *ktr_r, \
								s64 *ktr_value, u8 *ktr_bytes, bool ktr_quick) \
	{ \
		unsigned int ktr_i = 0, ktr_at = 0; \
		\
		tstruct \
	}
