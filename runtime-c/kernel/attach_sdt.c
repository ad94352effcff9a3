// SPDX-License-Identifier: GPL-2.0
/*
 * attach_sdt.c - static markers of user programs: probes like any other, whose arguments lie where the compiler noted.
 */
#include <linux/uaccess.h>

#include "arch.h"
#include "user_probe.h"

/* In the order of ktr_sites.h. */
static const u16 marker_registers[KTR_ARCH_N_MARKER_REGS] = KTR_ARCH_MARKER_REGS;

static u64 register_value(struct pt_regs *regs, u8 r)
{
	return r < ARRAY_SIZE(marker_registers) ? *(unsigned long *)((char *)regs + marker_registers[r]) : 0;
}

static s64 narrow_arg(s64 v, s8 size)
{
	unsigned int shift = 64 - 8 * abs(size);

	return size < 0 ? (s64)((u64)v << shift) >> shift : (s64)((u64)v << shift >> shift);
}

static int read_memory(const struct ktr_marker_arg *a, struct pt_regs *regs, s64 *out)
{
	u64 addr = a->value + register_value(regs, a->base) + register_value(regs, a->index) * a->scale;
	u64 raw = 0;

	if (a->relative)
		addr += ktr_arch_ip(regs);
	if (!ktr_arch_is_wide(regs))
		addr = (u32)addr;
	if (copy_from_user_nofault(&raw, (const void __user *)(unsigned long)addr, abs(a->size))) {
		ktr_count(KTR_STAT_FAULT);
		return -1;
	}
	*out = raw;
	return 0;
}

int ktr_marker_arg(const struct ktr_site *site, u32 i, struct pt_regs *regs, s64 *out)
{
	const struct ktr_marker_arg *a = i < site->n_args ? &site->args[i] : NULL;

	if (!a)
		return -1;
	switch (a->op) {
	case KTR_MARK_CONST:
		*out = a->value;
		break;
	case KTR_MARK_REG:
		*out = register_value(regs, a->base) >> a->shift;
		break;
	case KTR_MARK_MEM:
		if (read_memory(a, regs, out))
			return -1;
		break;
	default:
		return -1;
	}
	*out = narrow_arg(*out, a->size);
	return 0;
}

u32 ktr_marker_text(const struct ktr_site *site, struct pt_regs *regs, char *buf, u32 size)
{
	u32 i, n = 0;
	s64 v;

	for (i = 0; i < site->n_args; i++) {
		const struct ktr_marker_arg *a = &site->args[i];

		n += scnprintf(buf + n, size - n, " arg%u=", i + 1);
		if (ktr_marker_arg(site, i, regs, &v))
			n += scnprintf(buf + n, size - n, a->op == KTR_MARK_NONE ? "?" : "(fault)");
		else
			n += scnprintf(buf + n, size - n, a->size < 0 ? "%lld" : "%llu", v);
	}
	return n;
}

const struct ktr_back_end ktr_be_sdt = {
	.name = "sdt",
	.resolve = ktr_up_resolve,
	.attach = ktr_up_attach,
	.detach = ktr_up_detach,
	.release = ktr_up_release,
	.arg = ktr_up_arg,
	.field = ktr_up_field,
	.argstr = ktr_up_argstr,
	.probename = ktr_up_probename,
};
