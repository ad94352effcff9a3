/* SPDX-License-Identifier: GPL-2.0 */
/* layout.h - pass 2, for each event: whether the record looks as the running kernel describes it. */
#undef KTR_FIELD
#undef KTR_ARRAY
#define KTR_FIELD(type, item, is_signed) \
	if (!ktr_typed_same(ktr_t, ktr_i++, #item, offsetof(typeof(*ktr_r), item), sizeof(ktr_r->item))) \
		return false;
#define KTR_ARRAY(type, item, len) KTR_FIELD(type, item, 0)

#define KTR_LAYOUT(call, proto, tstruct, assign) \
	static bool KTR_CAT(ktr_layout_, KTR_N)(const struct ktr_record_type *ktr_t) \
	{ \
		const struct ktr_rec_##call *ktr_r = NULL; \
		unsigned int ktr_i = 0; \
		\
		tstruct \
		return ktr_i == ktr_t->n_fields; \
	}
