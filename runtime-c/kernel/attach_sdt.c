// SPDX-License-Identifier: GPL-2.0
/*
 * attach_sdt.c - static markers of user programs.
 */
#include "attach.h"

static int sdt_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	return ktr_fail(c, "cannot trace %s: static markers are not supported yet", a->probe->text);
}

const struct ktr_back_end ktr_be_sdt = {
	.name = "sdt",
	.resolve = sdt_resolve,
};
