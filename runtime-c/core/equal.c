// SPDX-License-Identifier: GPL-2.0
/* Equality of values: needs no context, so that prebuilt tapsets bring it themselves. */
#include "internal.h"

bool ktr_eq(const struct ktr_val *a, const struct ktr_val *b)
{
	if (a->type != b->type)
		return false;
	if (a->type == KTR_NIL)
		return true;
	if (!ktr__has_bytes(a->type))
		return a->i == b->i;
	if (a->s == b->s)
		return true;
	if (a->s->len != b->s->len || (a->s->hash && b->s->hash && a->s->hash != b->s->hash))
		return false;
	return ktr__same_bytes(a->s->s, b->s->s, a->s->len);
}

bool ktr_eq_int(const struct ktr_val *a, s64 b)
{
	return a->type == KTR_INT && a->i == b;
}
