// SPDX-License-Identifier: GPL-2.0
/* attach_syscall.c */
#include "attach.h"

static int syscall_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	return ktr_fail(c, "cannot trace %s: not supported yet", a->probe->text);
}

const struct ktr_back_end ktr_be_syscall = {
	.name = "syscall",
	.resolve = syscall_resolve,
};
