/* SPDX-License-Identifier: GPL-2.0 */
/*
 * probe.h - pass 4, for each event: the function that is hooked to the tracepoint, and the one for quick handlers. The
 * record is a local variable that nobody else sees, so the compiler leaves out what is not used of it. Quick handlers have
 * two, the second for the one that can be called by its name (ktg_hot_run).
 */
#define KTR_QUICK_HOOK(name, call, proto, assign, run) \
	static KTR_NO_CANARY void name(void *__data, proto) \
	{ \
		struct ktr_rec_##call ktr__rec = { }, *entry = &ktr__rec; \
		s64 ktr__value[2 * KTR_N_RAW] KTR_AS_IT_IS; \
		u8 ktr__bytes[KTR_EVENT_BYTES] __aligned(8) KTR_AS_IT_IS; \
		\
		{ assign } \
		KTR_CAT(ktr_values_, KTR_N)(entry, ktr__value, ktr__bytes, true); \
		run(__data, ktr__value); \
	}

#define KTR_PROBE(call, proto, tstruct, assign) \
	static void KTR_CAT(ktr_probe_, KTR_N)(void *__data, proto) \
	{ \
		struct ktr_ictx *ktr__x = ktr_typed_enter(__data); \
		struct ktr_rec_##call ktr__rec = { }, *entry = &ktr__rec; \
		\
		if (!ktr__x) \
			return; \
		{ assign } \
		KTR_CAT(ktr_values_, KTR_N)(entry, ktr_event_of(ktr__x)->raw.value, ktr_event_of(ktr__x)->bytes, false); \
		ktr_typed_run(ktr__x, __data, (unsigned long)__builtin_frame_address(0)); \
	} \
	KTR_QUICK_HOOK(KTR_CAT(ktr_quick_, KTR_N), call, PARAMS(proto), PARAMS(assign), ktr_typed_quick) \
	KTR_QUICK_HOOK(KTR_CAT(ktr_hot_, KTR_N), call, PARAMS(proto), PARAMS(assign), ktr_typed_hot)
