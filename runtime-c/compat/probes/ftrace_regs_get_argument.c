// SPDX-License-Identifier: GPL-2.0
/* ftrace_regs_get_argument() and its relatives, 94d095ffa0e1 (v6.2), next to a struct that later became opaque. */
#include <linux/ftrace.h>

unsigned long probe(struct ftrace_regs *fregs)
{
	return ftrace_regs_get_argument(fregs, 0) + ftrace_regs_get_stack_pointer(fregs);
}
