// SPDX-License-Identifier: GPL-2.0
/*
 * task.c - the current task and the machine.
 */
#include "home.h"

#include <linux/cred.h>
#include <linux/utsname.h>

s64 ktr_port_pid(struct ktr_ctx *c)
{
	return current->tgid;
}

s64 ktr_port_tid(struct ktr_ctx *c)
{
	return current->pid;
}

s64 ktr_port_uid(struct ktr_ctx *c)
{
	return __kuid_val(current_uid());
}

void ktr_port_comm(struct ktr_ctx *c, char comm[16])
{
	size_t n = strnlen(current->comm, TASK_COMM_LEN - 1);

	/* the name may be changing: what follows its end has to be zero all the same */
	memcpy(comm, current->comm, n);
	memset(comm + n, 0, TASK_COMM_LEN - n);
}

u32 ktr_port_num_cpus(void)
{
	return num_online_cpus();
}

const char *ktr_port_arch(void)
{
	return init_utsname()->machine;
}

const char *ktr_port_release(void)
{
	return init_utsname()->release;
}

s64 ktr_port_in_interrupt(struct ktr_ctx *c)
{
	switch (c->level) {
	case KTR_LEVEL_SOFTIRQ:
		return SOFTIRQ_OFFSET;
	case KTR_LEVEL_HARDIRQ:
		return HARDIRQ_OFFSET;
	case KTR_LEVEL_NMI:
		return NMI_OFFSET;
	default:
		return 0;
	}
}

bool ktr_port_in_iowait(struct ktr_ctx *c)
{
	return current->in_iowait;
}

int ktr_port_taskinfo(struct ktr_ctx *c, u64 offset, u32 bytes, s64 *out)
{
	const char *task = (const char *)current;

	if (bytes > sizeof(struct task_struct) || offset > sizeof(struct task_struct) - bytes)
		return -1;
	if (bytes == 8)
		memcpy(out, task + offset, 8);
	else
		*out = *(const u32 *)(task + offset);
	return 0;
}
