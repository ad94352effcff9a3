/* SPDX-License-Identifier: GPL-2.0 */
/* struct.h - pass 1, for each class: the record. */
#undef KTR_FIELD
#undef KTR_ARRAY
#define KTR_FIELD(type, item, is_signed) type item;
#define KTR_ARRAY(type, item, len) type item[len];

#define KTR_STRUCT(call, proto, tstruct, assign) \
	struct ktr_rec_##call { \
		struct trace_entry ent; \
		tstruct \
	};
