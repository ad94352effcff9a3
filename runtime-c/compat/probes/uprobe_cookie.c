// SPDX-License-Identifier: GPL-2.0
/* Handlers of uprobes get a word that entry and return share: da09a9e0c3ea (v6.13). */
#include <linux/uprobes.h>

void probe(struct uprobe_consumer *uc, int (*handler)(struct uprobe_consumer *uc, struct pt_regs *regs, __u64 *data))
{
	uc->handler = handler;
}
