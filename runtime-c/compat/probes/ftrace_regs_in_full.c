// SPDX-License-Identifier: GPL-2.0
/* struct ftrace_regs is open, and holds all registers: before 7888af4166d4 (v6.13); on arm64 before 26299b3f6ba2 (v6.2). */
#include <linux/ftrace.h>

struct pt_regs *probe(struct ftrace_regs *fregs)
{
	return &fregs->regs;
}
