// SPDX-License-Identifier: GPL-2.0
/* uprobe_register() returns a handle, unregistering is split in two: 3c83a9ad0295, 04b01625da13 (v6.12). */
#include <linux/uprobes.h>

struct uprobe *probe(struct inode *inode, struct uprobe_consumer *uc)
{
	struct uprobe *u = uprobe_register(inode, 0, 0, uc);

	uprobe_unregister_nosync(u, uc);
	uprobe_unregister_sync();
	return u;
}
