// SPDX-License-Identifier: GPL-2.0
/*
 * user_file.c - see user_file.h.
 *
 * ELF files are read in user space, by the translator and by ktrun. Here it is only compared whether the file is the one
 * that they read: offsets into another build would put breakpoints into the middle of instructions.
 */
#include "user_file.h"

#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/namei.h>

#include "ktr_sites.h"

#define KTR_PIECE 4096

/* ---- opening ------------------------------------------------------------------------------------------------ */

/* Opens a regular file; anything else might wait for a partner. */
static struct file *open_regular(const char *name)
{
	struct file *file;
	struct path path;
	int err = kern_path(name, LOOKUP_FOLLOW, &path);

	if (err)
		return ERR_PTR(err);
	file = d_is_reg(path.dentry) ? dentry_open(&path, O_RDONLY | O_LARGEFILE, current_cred()) : ERR_PTR(-EISDIR);
	path_put(&path);
	return file;
}

/* 1: the same, 0: not, -errno: cannot be read. */
static int same_bytes(struct file *file, const struct ktr_file_id *id)
{
	unsigned char bytes[KTR_FILE_ID_MAX];
	loff_t at = id->offset;
	ssize_t n = kernel_read(file, bytes, id->n_bytes, &at);

	if (n < 0)
		return n;
	return n == id->n_bytes && !memcmp(bytes, id->bytes, n);
}

static int same_hash(struct file *file, const struct ktr_file_id *id)
{
	unsigned char *piece;
	u64 h = 0;
	loff_t at = 0;
	ssize_t n;

	if (i_size_read(file_inode(file)) != id->size)
		return 0;
	piece = kmalloc(KTR_PIECE, GFP_KERNEL);
	if (!piece)
		return -ENOMEM;
	/* a short piece is the last one, or the file is not what it was */
	while ((n = kernel_read(file, piece, KTR_PIECE, &at)) > 0) {
		h = ktr_file_hash(h, piece, n);
		if (ktr_life_must_end()) {
			n = -EINTR;
			break;
		}
		cond_resched();
	}
	kfree(piece);
	return n < 0 ? n : h == id->hash;
}

static int same_file(struct file *file, const struct ktr_file_id *id)
{
	return id->n_bytes ? same_bytes(file, id) : same_hash(file, id);
}

/* ---- sites -------------------------------------------------------------------------------------------------- */

static int grow_sites(struct ktr_user_sites *us)
{
	u32 room = us->room ? 2 * us->room : 16;
	struct ktr_site *bigger;

	if (us->n >= KTR_SITES_MAX)
		return -E2BIG;
	bigger = kvcalloc(room, sizeof(*bigger), GFP_KERNEL);
	if (!bigger)
		return -ENOMEM;
	if (us->n)
		memcpy(bigger, us->owned, us->n * sizeof(*bigger));
	kvfree(us->owned);
	us->owned = bigger;
	us->sites = bigger;
	us->room = room;
	return 0;
}

int ktr_user_add(struct ktr_user_sites *us, const struct ktr_site *site)
{
	int err = us->n == us->room ? grow_sites(us) : 0;
	struct ktr_site *copy;

	if (err)
		return err;
	copy = &us->owned[us->n];
	*copy = *site;
	copy->name = kstrdup(site->name, GFP_KERNEL);
	copy->args = NULL;
	if (site->n_args)
		copy->args = kmemdup(site->args, site->n_args * sizeof(*site->args), GFP_KERNEL);
	if (!copy->name || (site->n_args && !copy->args)) {
		kfree(copy->name);
		kfree(copy->args);
		return -ENOMEM;
	}
	us->n++;
	return 0;
}

void ktr_user_free(struct ktr_user_sites *us)
{
	u32 i;

	for (i = 0; us->owned && i < us->n; i++) {
		kfree(us->owned[i].name);
		kfree(us->owned[i].args);
	}
	kvfree(us->owned);
	if (us->file)
		fput(us->file);
	memset(us, 0, sizeof(*us));
}

/* ---- which of the two ways ---------------------------------------------------------------------------------- */

static int cannot_open(struct ktr_ctx *c, const struct ktr_probe *p, const char *path, int err)
{
	if (err == -ENOENT || err == -ENOTDIR)
		return ktr_fail(c, "cannot trace %s: there is no file %s", p->text, path);
	if (err == -EISDIR)
		return ktr_fail(c, "cannot trace %s: %s is not a file", p->text, path);
	return ktr_fail(c, "cannot trace %s: cannot open %s (error %d)", p->text, path, (s64)err);
}

/* The table that the translator made. 1: it holds, 0: not for this file, KTR_ERR: nor can anybody else help. */
static int use_table(struct ktr_ctx *c, const struct ktr_probe *p, struct ktr_user_sites *us)
{
	bool alone = !ktr_resolver_there();
	struct file *file = open_regular(p->sites->path);
	int same;

	if (IS_ERR(file))
		return alone ? cannot_open(c, p, p->sites->path, PTR_ERR(file)) : 0;
	same = same_file(file, &p->sites->id);
	if (same > 0) {
		us->file = file;
		us->sites = p->sites->sites;
		us->n = p->sites->n_sites;
		return 1;
	}
	fput(file);
	if (same == -EINTR)
		return ktr_exit(c);
	if (same < 0)
		return ktr_fail(c, "cannot trace %s: cannot read %s (error %d)", p->text, p->sites->path, (s64)same);
	if (!p->event)
		return ktr_fail(c, "cannot trace %s: the file is another build, where the offset means something else",
				p->text);
	return alone ? ktr_fail(c, "cannot trace %s: the file is another build: load with ktrun, or build again",
				p->text) : 0;
}

/* An offset was given and nothing is known about the file: the user's word counts. */
static int use_offset(struct ktr_ctx *c, const struct ktr_probe *p, struct ktr_user_sites *us)
{
	struct ktr_site site = { .offset = p->offset };
	char name[32];
	struct file *file = open_regular(p->path);

	if (IS_ERR(file))
		return cannot_open(c, p, p->path, PTR_ERR(file));
	us->file = file;
	snprintf(name, sizeof(name), "0x%llx", p->offset);
	site.name = name;
	return ktr_user_add(us, &site) ? ktr_fail(c, "no memory") : 0;
}

int ktr_user_resolve(struct ktr_ctx *c, const struct ktr_probe *p, struct ktr_user_sites *us)
{
	int rc = p->sites ? use_table(c, p, us) : 0;

	if (rc)
		return rc < 0 ? rc : 0;
	if (ktr_resolver_there())
		return ktr_resolver_ask(c, p, us);
	if (!p->event && p->path[0] == '/')
		return use_offset(c, p, us);
	return ktr_fail(c, "cannot trace %s: its place is not known: load the module with ktrun", p->text);
}
