/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ktr_cpu_x86.h - variables of which each CPU has its own, on x86-64; part of ktr.h, which includes it for modules.
 *
 * Each function but ktr__cpu_raise() is one instruction on this CPU's copy, or two of which an interrupt may come between
 * without harm: no lock prefix, no matter on which CPU it runs. `at` is an address relative to the CPU's area. An
 * architecture that has such instructions gets a header like this one, and leaves and quick handlers with it
 * (KTR_HAVE_LEAVES); elsewhere the ordinary handlers do their work.
 */
#ifndef KTR_CPU_X86_H
#define KTR_CPU_X86_H

#define KTR_HAVE_LEAVES 1
#define KTR_PER_CPU __attribute__((section(".data..percpu")))
#define KTR__OWN "%%gs:"	/* operand prefix: this CPU's copy */

/* Whether a word is not 0. */
static KTR_INLINE bool ktr__cpu_is_set(const u64 *word)
{
	bool set;

	__asm__ volatile("cmpq $0, " KTR__OWN "%1" : "=@ccne"(set) : "m"(*word) : "memory");
	return set;
}

static KTR_INLINE void ktr__cpu_inc(s64 *word)
{
	__asm__ volatile("incq " KTR__OWN "%0" : "+m"(*word));
}

static KTR_INLINE void ktr__cpu_add(s64 *word, s64 d)
{
	__asm__ volatile("addq %1, " KTR__OWN "%0" : "+m"(*word) : "er"(d));
}

static KTR_INLINE void ktr__cpu_add_at(unsigned long at, s64 d)
{
	__asm__ volatile("addq %1, " KTR__OWN "(%0)" : : "r"(at), "er"(d) : "memory");
}

/* Number i of the words at `at`. */
static KTR_INLINE void ktr__cpu_inc_at(unsigned long at, u64 i)
{
	__asm__ volatile("incq " KTR__OWN "(%0,%1,8)" : : "r"(at), "r"(i) : "memory");
}

/* 128 bits in words number i and i + 1; i: a constant. */
static KTR_INLINE void ktr__cpu_add128_at(unsigned long at, u32 i, s64 x)
{
	__asm__ volatile("addq %1, " KTR__OWN "%c3(%0)\n\tadcq %2, " KTR__OWN "8+%c3(%0)"
			 : : "r"(at), "r"(x), "r"(x >> 63), "i"(i * 8) : "memory");
}

/* 192 bits, of which the upper 64 get the carry only. */
static KTR_INLINE void ktr__cpu_add192_at(unsigned long at, u64 low, u64 high)
{
	__asm__ volatile("addq %1, " KTR__OWN "(%0)\n\tadcq %2, " KTR__OWN "8(%0)\n\tadcq $0, " KTR__OWN "16(%0)"
			 : : "r"(at), "r"(low), "r"(high) : "memory");
}

static KTR_INLINE bool ktr__cpu_is_less_at(unsigned long at, u64 v)
{
	bool less;

	__asm__ volatile("cmpq %2, " KTR__OWN "(%1)" : "=@ccb"(less) : "r"(at), "r"(v) : "memory");
	return less;
}

/* The larger of what is there and v. */
static inline void ktr__cpu_raise(unsigned long at, u64 v)
{
	u64 had;

	__asm__ volatile("movq " KTR__OWN "(%1), %0" : "=r"(had) : "r"(at) : "memory");
	while (had < v) {
		bool done;

		__asm__ volatile("cmpxchgq %3, " KTR__OWN "(%2)"
				 : "=@ccz"(done), "+a"(had) : "r"(at), "r"(v) : "memory");
		if (done)
			break;
	}
}

/* A word that is the current thread's, no CPU's: in one instruction, for an interrupt may add too. */
static KTR_INLINE void ktr__own_add(s64 *word, s64 d)
{
	__asm__ volatile("addq %1, %0" : "+m"(*word) : "er"(d));
}

#endif
