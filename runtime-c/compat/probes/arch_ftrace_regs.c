// SPDX-License-Identifier: GPL-2.0
/* struct ftrace_regs is opaque, arch_ftrace_regs() opens it: 7888af4166d4 (v6.13, and stable kernels after 6.12.0). */
#include <linux/ftrace.h>

struct pt_regs *probe(struct ftrace_regs *fregs)
{
	return &arch_ftrace_regs(fregs)->regs;
}
