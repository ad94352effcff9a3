// SPDX-License-Identifier: GPL-2.0
/*
 * memory.c - memory, interrupts, clocks and fault-safe reads for core/.
 */
#include "home.h"

#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

/* A script may go without memory, which is counted; other processes must not be killed for it. */
void *ktr_port_alloc(unsigned long bytes)
{
	if (bytes > INT_MAX)
		return NULL;
	return kvzalloc(bytes, GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
}

/* Asked before much is taken in many pieces: else the machine would be short of memory before that is noticed. */
bool ktr_memory_is_there(u64 bytes)
{
	long pages = si_mem_available();

	return pages > 0 && bytes >> PAGE_SHIFT < (unsigned long)pages;
}

void ktr_port_free(void *p)
{
	kvfree(p);
}

/* The raw forms: tracing of interrupts being switched must not see ours. */
unsigned long ktr_port_irq_save(void)
{
	unsigned long flags;

	raw_local_irq_save(flags);
	return flags;
}

void ktr_port_irq_restore(unsigned long flags)
{
	raw_local_irq_restore(flags);
}

void ktr_port_relax(void)
{
	cpu_relax();
}

bool ktr_port_may_sleep(const struct ktr_ctx *c)
{
	return c && c->level == KTR_LEVEL_THREAD && !raw_irqs_disabled();
}

u64 ktr_port_mono_ns(void)
{
	return ktime_get_mono_fast_ns();
}

u64 ktr_port_real_ns(void)
{
	return ktime_get_real_fast_ns();
}

int ktr_port_read_kernel(void *dst, u64 addr, u32 n)
{
	return copy_from_kernel_nofault(dst, (const void *)(unsigned long)addr, n) ? -1 : 0;
}

/* Byte by byte: copy_to_kernel_nofault() is not exported. */
int ktr_port_write_kernel(u64 addr, const void *src, u32 n)
{
	const u8 *from = src;
	u8 *to = (u8 *)(unsigned long)addr;
	u32 i;

	if (addr + n < addr || addr < TASK_SIZE_MAX)
		return -1;
	pagefault_disable();
	for (i = 0; i < n; i++)
		__put_kernel_nofault(to + i, from + i, u8, fault);
	pagefault_enable();
	return 0;
fault:
	pagefault_enable();
	return -1;
}

/*
 * Reads a string by pieces that end where a page ends, so that a string just before an unreadable page is found whole.
 * copy_from_kernel_nofault() has no partial success.
 */
int ktr_port_str_kernel(char *dst, u64 addr, u32 max)
{
	u32 done = 0;

	while (done + 1 < max) {
		u64 from = addr + done;
		u32 n = min_t(u32, max - 1 - done, min_t(u64, 64, PAGE_SIZE - (from & (PAGE_SIZE - 1))));
		u32 len;

		if (copy_from_kernel_nofault(dst + done, (const void *)(unsigned long)from, n)) {
			dst[0] = '\0';
			return -1;
		}
		len = strnlen(dst + done, n);
		done += len;
		if (len < n)
			break;
	}
	if (max)
		dst[done] = '\0';
	return done;
}

/* The user's memory is only read where it is present. */
int ktr_port_str_user(char *dst, u64 addr, u32 max)
{
	u32 done = 0;

	while (done + 1 < max) {
		u64 from = addr + done;
		u32 n = min_t(u32, max - 1 - done, min_t(u64, 64, PAGE_SIZE - (from & (PAGE_SIZE - 1))));
		u32 len;

		if (copy_from_user_nofault(dst + done, (const void __user *)(unsigned long)from, n)) {
			dst[0] = '\0';
			return -1;
		}
		len = strnlen(dst + done, n);
		done += len;
		if (len < n)
			break;
	}
	if (max)
		dst[done] = '\0';
	return done;
}
