// SPDX-License-Identifier: GPL-2.0
/*
 * attach_kretprobe.c - returns of kernel functions (%return).
 */
#include "attach.h"

static int kretprobe_resolve(struct ktr_ctx *c, struct ktr_att *a)
{
	return ktr_fail(c, "cannot trace %s: return probes are not supported yet", a->probe->text);
}

const struct ktr_back_end ktr_be_kretprobe = {
	.name = "kretprobe",
	.resolve = kretprobe_resolve,
};
