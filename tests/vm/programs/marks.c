// SPDX-License-Identifier: GPL-2.0
/*
 * Static markers, their notes written by hand as sys/sdt.h would: arguments of all forms, semaphores, a marker in several
 * places. Says what each marker is given, and what its semaphores are. usage: marks N
 */
#include <stdio.h>
#include <stdlib.h>

#define SEMAPHORE(name) \
	volatile unsigned short name __attribute__((section(".probes"), used))

SEMAPHORE(marks_guarded_semaphore);
SEMAPHORE(marks_other_semaphore);

/* The note of a marker: provider "marks", and its place, here. */
#define NOTE(name, semaphore, args) \
	"990: nop\n" \
	".pushsection .note.stapsdt,\"?\",\"note\"\n" \
	".balign 4\n" \
	".4byte 992f-991f, 994f-993f, 3\n" \
	"991: .asciz \"stapsdt\"\n" \
	"992: .balign 4\n" \
	"993: .8byte 990b\n" \
	".8byte _.stapsdt.base\n" \
	".8byte " semaphore "\n" \
	".asciz \"marks\"\n" \
	".asciz \"" name "\"\n" \
	".asciz \"" args "\"\n" \
	"994: .balign 4\n" \
	".popsection\n" \
	".ifndef _.stapsdt.base\n" \
	".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n" \
	".weak _.stapsdt.base\n" \
	".hidden _.stapsdt.base\n" \
	"_.stapsdt.base: .space 1\n" \
	".size _.stapsdt.base, 1\n" \
	".popsection\n" \
	".endif\n"

static long table[8] = { 100, 101, 102, 103, 104, 105, 106, 107 };
int counter_var = -77;
unsigned char byte_var = 200;


static void registers(int a, unsigned int b, short c, signed char d, long e)
{
	register long r9 asm("r9") = e;

	asm volatile(NOTE("registers", "0", "-4@%%eax 4@%%ebx -2@%%cx -1@%%dl 8@%%r9 1@%%ah")
		     : : "a"(a), "b"(b), "c"(c), "d"(d), "r"(r9));
}

static void memory(long index)
{
	struct {
		int first;
		unsigned short second;
		long third;
	} local = { -5, 65535, 1l << 40 };

	asm volatile(NOTE("memory", "0",
			  "-4@(%%rdi) 2@4(%%rdi) 8@8(%%rdi) -8@(%%rsi,%%rdx,8) 8@8(%%rsi,%%rdx,8) "
			  "-4@counter_var(%%rip) 1@byte_var(%%rip) -4@$-9 8@$4096 8f@%%xmm0 4@no_such_symbol(%%rip) "
			  "-8@16(%%rsi)")
		     : : "D"(&local), "S"(table), "d"(index), "m"(local), "m"(table));
}

static void twice(int n)
{
	asm volatile(NOTE("twice", "0", "-4@%%eax") : : "a"(n));
	asm volatile("nop");
	asm volatile(NOTE("twice", "0", "-4@%%ecx") : : "c"(n + 1000));
}

static void guarded(int n)
{
	if (marks_guarded_semaphore)
		asm volatile(NOTE("guarded", "marks_guarded_semaphore", "-4@%%eax") : : "a"(n));
}

static void other(int n)
{
	if (marks_other_semaphore)
		asm volatile(NOTE("other", "marks_other_semaphore", "-4@%%eax") : : "a"(n));
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1, i;

	for (i = 0; i < n; i++) {
		registers(-i, 4000000000u + i, -2 - i, -3, 1234567890123l + i);
		printf("registers %d %u %d %d %ld %d\n", -i, 4000000000u + i, -2 - i, -3, 1234567890123l + i,
		       (unsigned int)-i >> 8 & 255);
		memory(i & 3);
		printf("memory %d %d %ld %ld %ld %d %d %d %d nil nil %ld\n", -5, 65535, 1l << 40, table[i & 3],
		       table[(i & 3) + 1], counter_var, byte_var, -9, 4096, table[2]);
		twice(i);
		printf("twice %d\ntwice %d\n", i, i + 1000);
		guarded(i);
		if (marks_guarded_semaphore)
			printf("guarded %d\n", i);
		other(i);
	}
	fprintf(stderr, "semaphores %d %d\n", marks_guarded_semaphore, marks_other_semaphore);
	return 0;
}
