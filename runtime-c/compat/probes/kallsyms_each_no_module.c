// SPDX-License-Identifier: GPL-2.0
/* Walking over symbols tells no module. 3703bd54cd37 "kallsyms: Delete an unused parameter related to ..." (v6.4) */
#include <linux/kallsyms.h>

int probe(int (*f)(void *data, const char *name, unsigned long addr));
int probe(int (*f)(void *data, const char *name, unsigned long addr))
{
	return kallsyms_on_each_symbol(f, NULL);
}
