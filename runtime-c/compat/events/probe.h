/* SPDX-License-Identifier: GPL-2.0 */
/*
 * probe.h - pass 4, for each event: the function that is hooked to the tracepoint. The record is a local variable that
 * nobody else sees, so the compiler leaves out what is not used of it.
 */
#define KTR_PROBE(call, proto, tstruct, assign) \
	static void KTR_CAT(ktr_probe_, KTR_N)(void *__data, proto) \
	{ \
		struct ktr_ictx *ktr__x = ktr_typed_enter(__data); \
		struct ktr_rec_##call ktr__rec = { }, *entry = &ktr__rec; \
		\
		if (!ktr__x) \
			return; \
		{ assign } \
		KTR_CAT(ktr_values_, KTR_N)(entry, ktr_event_of(ktr__x)); \
		ktr_typed_run(ktr__x, __data, (unsigned long)__builtin_frame_address(0)); \
	}
