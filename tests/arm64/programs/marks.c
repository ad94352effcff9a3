// SPDX-License-Identifier: GPL-2.0
/* A static marker whose note is written by hand as sys/sdt.h would, with arguments of all forms. usage: marks N */
#include <stdio.h>
#include <stdlib.h>

#define NOTE(name, args) \
	"990: nop\n" \
	".pushsection .note.stapsdt,\"?\",\"note\"\n" \
	".balign 4\n" \
	".4byte 992f-991f, 994f-993f, 3\n" \
	"991: .asciz \"stapsdt\"\n" \
	"992: .balign 4\n" \
	"993: .8byte 990b\n" \
	".8byte _.stapsdt.base\n" \
	".8byte 0\n" \
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

int main(int argc, char **argv)
{
	long n = argc > 1 ? atoi(argv[1]) : 1, i;

	for (i = 0; i < n; i++) {
		register long number __asm__("x19") = i;
		register long *row __asm__("x20") = table;

		printf("%ld %d -5 %ld %ld 0\n", i, -(int)i, row[0], row[i]);
		__asm__ volatile("neg w21, w19\n"
				 NOTE("all", "8@x19 -4@w21 -4@-5 8@[x20] 8@[x20, x19, lsl 3] 4@wzr 8f@d0")
				 : : "r"(number), "r"(row) : "x21", "memory");
	}
	return 0;
}
