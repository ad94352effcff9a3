// SPDX-License-Identifier: GPL-2.0
/* attach_kprobe.c */
#include "attach.h"

static int kprobe_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	return ktr_fail(c, "cannot trace %s: not supported yet", a->probe->text);
}

const struct ktr_back_end ktr_be_kprobe = {
	.name = "kprobe",
	.resolve = kprobe_resolve,
};
