// SPDX-License-Identifier: GPL-2.0
/*
 * attach_uprobe.c - functions and addresses of user programs.
 */
#include "attach.h"

static int uprobe_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	return ktr_fail(c, "cannot trace %s: probes of user programs are not supported yet", a->probe->text);
}

const struct ktr_back_end ktr_be_uprobe = {
	.name = "uprobe",
	.resolve = uprobe_resolve,
};
