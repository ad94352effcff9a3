// SPDX-License-Identifier: GPL-2.0
/* A counter on a function of a program: file and offset are parameters. */
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/uprobes.h>

#include "hw.h"

static char *file;
module_param(file, charp, 0);
static ulong offset;
module_param(offset, ulong, 0);

static DEFINE_PER_CPU(u64, n);

static int hook(struct uprobe_consumer *uc, struct pt_regs *regs)
{
	this_cpu_inc(n);
	return 0;
}

static struct uprobe_consumer consumer = { .handler = hook };
static struct path path;

HW_SHOW_EVENTS(hw_sum(&n));

#ifdef HW_UPROBE_OBJECT	/* registration gives an object: Kbuild looks into the headers */
static struct uprobe *uprobe;

static int hook_up(struct inode *inode)
{
	uprobe = uprobe_register(inode, offset, 0, &consumer);
	return PTR_ERR_OR_ZERO(uprobe);
}

static void unhook(struct inode *inode)
{
	uprobe_unregister_nosync(uprobe, &consumer);
	uprobe_unregister_sync();
}
#else
static int hook_up(struct inode *inode)
{
	return uprobe_register(inode, offset, &consumer);
}

static void unhook(struct inode *inode)
{
	uprobe_unregister(inode, offset, &consumer);
}
#endif

static int attach(void)
{
	int err = kern_path(file, LOOKUP_FOLLOW, &path);

	if (err)
		return err;
	err = hook_up(d_real_inode(path.dentry));
	if (err)
		path_put(&path);
	return err;
}

static void detach(void)
{
	unhook(d_real_inode(path.dentry));
	path_put(&path);
}

HW_MODULE(attach, detach);
