// SPDX-License-Identifier: GPL-2.0
/* What a prebuilt tapset calls of the runtime: stubs that find it through the context. See ktr_tapset.h. */
#include "ktr_tapset.h"
#include "../core/equal.c"

/* A stub of a function without a result returns what has none. */
#define KTR_CALL(type, name, params, args) type name params { return c->runtime->name args; }
#include "ktr_calls.def"
#undef KTR_CALL

#define LIB_STUB(id, text) \
	int ktr_lib_##id(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want) \
	{ \
		return c->runtime->ktr_lib_##id(c, args, nargs, ret, want); \
	} \
	const struct ktr_lib ktr_libval_##id = { text, ktr_lib_##id };
KTR_LIB_LIST(LIB_STUB)
