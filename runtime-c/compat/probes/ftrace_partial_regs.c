// SPDX-License-Identifier: GPL-2.0
/* The registers that the function tracer has saved, as a struct pt_regs: b9b55c8912ce (v6.14, and stable kernels before). */
#include <linux/ftrace.h>

struct pt_regs *probe(struct ftrace_regs *fregs, struct pt_regs *room)
{
	return ftrace_partial_regs(fregs, room);
}
