// SPDX-License-Identifier: GPL-2.0
/* attach_tracepoint.c */
#include "attach.h"

static int tracepoint_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	return ktr_fail(c, "cannot trace %s: not supported yet", a->probe->text);
}

const struct ktr_back_end ktr_be_tracepoint = {
	.name = "tracepoint",
	.resolve = tracepoint_resolve,
};
