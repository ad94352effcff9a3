// SPDX-License-Identifier: GPL-2.0
/*
 * hello.c - as emitted from:
 *
 *   print("hello world")
 */
#include "ktr.h"

static int ktg_main(struct ktr_ctx *c, struct ktr_func *self, struct ktr_val *args, u32 nargs, struct ktr_val *ret,
		    int want)
{
	struct ktr_val *s = ktr_enter(c, 1);

	(void)self;
	(void)args;
	(void)nargs;
	if (!s)
		return c->rc;
	ktr_out_begin(c);
	ktr_out_bytes(c, "hello world\n", 12);
	ktr_out_end(c);
	ktr_return(c, s, (struct ktr_val *)0, 0, ret, want);
	return KTR_OK;
}

s64 ktg_counters[1] KTR_PER_CPU;

const struct ktr_script ktg_script = {
	.api = KTR_API_VERSION,
	.name = "hello",
	.file = "hello.kp",
	.main = ktg_main,
};
