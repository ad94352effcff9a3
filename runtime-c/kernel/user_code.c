// SPDX-License-Identifier: GPL-2.0
/*
 * user_code.c - see user_code.h.
 *
 * Handlers look up mappings with the memory map's lock, which they try to take once. Where interrupts are off, the lock may
 * not be given back at once: somebody may wait for it, and waking needs locks that the interrupted code may hold. Then a hard
 * interrupt of ours gives it back, as soon as interrupts are on again.
 *
 * A file that is met for the first time gets the next number. Its name is known at once; its path and build id need to
 * sleep, so a worker finds them, and the file is held until then.
 */
#include "user_code.h"

#include <linux/ctype.h>
#include <linux/elf.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/irq_work.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched/mm.h>
#include <linux/seq_file.h>
#include <linux/workqueue.h>

#include "home.h"
#include "ktr_sites.h"
#include "ktr_sizes.h"
#include "proc.h"

#define MAX_FILES 512u		/* further files stay addresses */
#define N_SLOTS 1024u		/* a power of two, more than MAX_FILES */
#define NAME_BYTES 48
#define MAX_PHDRS 64u
#define NOTE_BUILD_ID 3u	/* NT_GNU_BUILD_ID of the ELF standard's headers */
#define MAX_NOTES 4096u
#define LOCK_TRIES 1000

struct code_file {
	/* what it is known by */
	const struct super_block *sb;	/* compared, never followed */
	u64 ino;
	u32 generation;
	dev_t dev;
	char name[NAME_BYTES];		/* for texts: its last name, made unique */
	/* the worker's */
	struct file *file;		/* until it has been looked at */
	char *path;			/* NULL: not known */
	u32 n_id;
	u8 id[KTR_FILE_ID_MAX];
};

struct code_table {
	u32 n;				/* files; whoever sees a number sees its file */
	unsigned long adding;		/* bit 0: somebody adds one */
	u16 slots[N_SLOTS];		/* number + 1 by hash */
	struct code_file files[MAX_FILES];
};

static_assert(sizeof(struct code_table) <= KTR_SIZE_USER_FILES);

static struct code_table *table;

/* A memory map to be unlocked. */
struct held_map {
	struct irq_work work;
	struct mm_struct *mm;
	struct mm_struct *drop;		/* its last reference, which is not to be given back in an interrupt */
};
static DEFINE_PER_CPU(struct held_map, held_maps);

/* ---- path and build id -------------------------------------------------------------------------------------- */

static bool read_at(struct file *file, void *to, size_t n, loff_t at)
{
	return kernel_read(file, to, n, &at) == (ssize_t)n;
}

/* The build id among notes. */
static void take_note(struct code_file *f, const u8 *notes, u32 n)
{
	u32 at = 0;

	while (n - at > sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr note;	/* 32-bit files have the same */
		u64 name, id, end;

		memcpy(&note, notes + at, sizeof(note));
		name = at + sizeof(note);
		id = name + round_up((u64)note.n_namesz, 4);
		end = id + round_up((u64)note.n_descsz, 4);
		if (end > n)
			return;
		if (note.n_type == NOTE_BUILD_ID && note.n_namesz == sizeof("GNU") && !memcmp(notes + name, "GNU", 4) &&
		    note.n_descsz && note.n_descsz <= sizeof(f->id)) {
			memcpy(f->id, notes + id, note.n_descsz);
			f->n_id = note.n_descsz;
			return;
		}
		at = end;
	}
}

static void read_notes(struct code_file *f, u64 offset, u64 size)
{
	u8 *notes = size <= MAX_NOTES ? kmalloc(size, GFP_KERNEL) : NULL;

	if (notes && read_at(f->file, notes, size, offset))
		take_note(f, notes, size);
	kfree(notes);
}

/* Reading may wait for another machine, or for a program that hangs: unloading must not. */
static bool is_local(const struct file *file)
{
	static const char *const served[] = { "fuse", "nfs", "cifs", "smb3", "ceph", "9p", "afs", "virtiofs" };
	const char *type = file_inode(file)->i_sb->s_type->name;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(served); i++)
		if (!strncmp(type, served[i], strlen(served[i])))
			return false;
	return true;
}

/* kernel_read() complains about files that have no read_iter(), or read() besides. */
static bool is_readable(const struct file *file)
{
	return file->f_mode & FMODE_CAN_READ && file->f_op->read_iter && !file->f_op->read;
}

static void find_id(struct code_file *f)
{
	union { Elf32_Ehdr narrow; Elf64_Ehdr wide; } head;
	union { Elf32_Phdr narrow; Elf64_Phdr wide; } segment;
	bool wide;
	u32 size, n, i;
	u64 at;

	if (!is_local(f->file) || !is_readable(f->file) || !read_at(f->file, &head, sizeof(head), 0) ||
	    memcmp(head.wide.e_ident, ELFMAG, SELFMAG))
		return;
	wide = head.wide.e_ident[EI_CLASS] == ELFCLASS64;
	size = wide ? sizeof(segment.wide) : sizeof(segment.narrow);
	at = wide ? head.wide.e_phoff : head.narrow.e_phoff;
	n = wide ? head.wide.e_phnum : head.narrow.e_phnum;
	if ((wide ? head.wide.e_phentsize : head.narrow.e_phentsize) != size)
		return;
	for (i = 0; i < min(n, MAX_PHDRS) && !f->n_id && read_at(f->file, &segment, size, at + i * size); i++)
		if (wide && segment.wide.p_type == PT_NOTE)
			read_notes(f, segment.wide.p_offset, segment.wide.p_filesz);
		else if (!wide && segment.narrow.p_type == PT_NOTE)
			read_notes(f, segment.narrow.p_offset, segment.narrow.p_filesz);
}

static void find_path(struct code_file *f)
{
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL), *path;

	if (!buf)
		return;
	path = d_path(&f->file->f_path, buf, PATH_MAX);
	if (!IS_ERR(path))
		f->path = kstrdup(path, GFP_KERNEL);
	kfree(buf);
}

static void drop_maps(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct mm_struct *mm = xchg(&per_cpu(held_maps, cpu).drop, NULL);

		if (mm)
			mmdrop(mm);
	}
}

static void look_at_files(struct work_struct *work)
{
	u32 i, n = smp_load_acquire(&table->n);

	drop_maps();
	for (i = 0; i < n; i++) {
		struct code_file *f = &table->files[i];

		if (!f->file)
			continue;
		find_path(f);
		find_id(f);
		fput(f->file);
		f->file = NULL;
	}
}

static DECLARE_WORK(look_work, look_at_files);

static void begin_to_look(struct irq_work *work)
{
	queue_work(system_unbound_wq, &look_work);
}

static DEFINE_IRQ_WORK(look_soon, begin_to_look);

/* ---- files -------------------------------------------------------------------------------------------------- */

static u32 hash_of(const struct inode *inode)
{
	return hash_64(inode->i_ino + (unsigned long)inode->i_sb, ilog2(N_SLOTS));
}

static bool is_file(const struct code_file *f, const struct inode *inode)
{
	return f->ino == inode->i_ino && f->sb == inode->i_sb && f->generation == inode->i_generation;
}

/* The number of a file, negative: it has none. *slot: where it is, or would be. */
static int find_file(const struct inode *inode, u32 *slot)
{
	for (*slot = hash_of(inode);; *slot = (*slot + 1) % N_SLOTS) {
		u32 entry = smp_load_acquire(&table->slots[*slot]);

		if (!entry)
			return -1;
		if (is_file(&table->files[entry - 1], inode))
			return entry - 1;
	}
}

/* Names stand in texts, where blanks and the like would end them. */
static void clean_name(char *name)
{
	for (; *name; name++)
		if (!isalnum(*name) && !strchr("._-", *name))
			*name = '_';
}

static bool name_taken(const char *name)
{
	u32 i;

	for (i = 0; i < table->n; i++)
		if (!strcmp(table->files[i].name, name))
			return true;
	return false;
}

static void make_name(struct code_file *f, struct file *file)
{
	char name[NAME_BYTES - 8];

	scnprintf(name, sizeof(name), "%pD", file);
	clean_name(name);
	strscpy(f->name, name, sizeof(f->name));
	if (name_taken(f->name))
		scnprintf(f->name, sizeof(f->name), "%s#%u", name, table->n);
}

static int add_file(struct file *file, u32 slot)
{
	const struct inode *inode = file_inode(file);
	struct code_file *f = &table->files[table->n];

	if (table->n == MAX_FILES)
		return -1;
	f->sb = inode->i_sb;
	f->ino = inode->i_ino;
	f->generation = inode->i_generation;
	f->dev = inode->i_sb->s_dev;
	make_name(f, file);
	f->file = get_file(file);
	smp_store_release(&table->n, table->n + 1);
	smp_store_release(&table->slots[slot], table->n);
	irq_work_queue(&look_soon);
	return table->n - 1;
}

/* The file's number, negative: it gets none, or not now. The caller's map keeps the file. */
static int number_of(struct file *file)
{
	unsigned long flags;
	u32 slot, tries = 0;
	int n = find_file(file_inode(file), &slot);

	if (n >= 0 || READ_ONCE(table->n) == MAX_FILES)
		return n;
	local_irq_save(flags);
	/* no lock of the kernel's: its functions can be probed, and this may be one of their handlers */
	while (test_and_set_bit_lock(0, &table->adding)) {
		if (++tries == LOCK_TRIES) {
			local_irq_restore(flags);
			return -1;
		}
		cpu_relax();
	}
	n = find_file(file_inode(file), &slot);
	if (n < 0)
		n = add_file(file, slot);
	clear_bit_unlock(0, &table->adding);
	local_irq_restore(flags);
	return n;
}

/* ---- mappings ----------------------------------------------------------------------------------------------- */

static void unlock_map(struct irq_work *work)
{
	struct held_map *held = container_of(work, struct held_map, work);
	struct mm_struct *mm = held->mm;

	up_read_non_owner(&mm->mmap_lock);
	if (!atomic_add_unless(&mm->mm_count, -1, 1)) {
		WRITE_ONCE(held->drop, mm);
		irq_work_queue(&look_soon);
	}
	WRITE_ONCE(held->mm, NULL);
}

/* False: not to be had now. *later: who gives it back; NULL: the caller. */
static bool lock_map(struct mm_struct *mm, struct held_map **later)
{
	*later = NULL;
	if (in_nmi())
		return false;
	if (irqs_disabled()) {
		if (IS_ENABLED(CONFIG_PREEMPT_RT))
			return false;
		*later = this_cpu_ptr(&held_maps);
		if ((*later)->mm || READ_ONCE((*later)->drop) || irq_work_is_busy(&(*later)->work))
			return false;
	}
	return down_read_trylock(&mm->mmap_lock);
}

static void give_map_back(struct mm_struct *mm, struct held_map *later)
{
	if (!later) {
		up_read(&mm->mmap_lock);
		return;
	}
	/* for lockdep: it is not this task that gives it back */
	rwsem_release(&mm->mmap_lock.dep_map, _RET_IP_);
	/* another CPU may end the process as soon as the lock is given back, which is not done with it then */
	mmgrab(mm);
	later->mm = mm;
	irq_work_queue(&later->work);
}

/* The mapping of the frame before is kept in *vma: most are in the same one. */
static u64 place_in_file(struct mm_struct *mm, u64 addr, struct vm_area_struct **vma)
{
	u64 offset;
	int n;

	if (!*vma || addr < (*vma)->vm_start || addr >= (*vma)->vm_end)
		*vma = find_vma(mm, addr);
	if (!*vma || addr < (*vma)->vm_start || !(*vma)->vm_file || !((*vma)->vm_flags & VM_EXEC))
		return addr;
	offset = addr - (*vma)->vm_start + ((u64)(*vma)->vm_pgoff << PAGE_SHIFT);
	n = offset <= KTR_CODE_OFFSET_MASK ? number_of((*vma)->vm_file) : -1;
	return n < 0 ? addr : KTR_CODE_MARK | (u64)n << KTR_CODE_FILE_SHIFT | offset;
}

void ktr_user_code_places(u64 *addrs, u32 n)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma = NULL;
	struct held_map *later;
	u32 i;

	if (!table || !n || !lock_map(mm, &later))
		return;
	for (i = 0; i < n; i++)
		addrs[i] = place_in_file(mm, addrs[i], &vma);
	give_map_back(mm, later);
}

u64 ktr_user_code_bytes(void)
{
	return table ? sizeof(*table) : 0;
}

u32 ktr_user_code_text(char *buf, u32 size, u64 frame)
{
	u32 n = (frame & ~KTR_CODE_MARK) >> KTR_CODE_FILE_SHIFT;

	if (!table || n >= smp_load_acquire(&table->n))
		return scnprintf(buf, size, "0x%llx", frame);
	return scnprintf(buf, size, "%s+0x%llx", table->files[n].name, frame & KTR_CODE_OFFSET_MASK);
}

/* ---- the file code ------------------------------------------------------------------------------------------ */

static void show_file(struct seq_file *m, const struct code_file *f)
{
	const char *path = f->path ?: "";
	u32 i;

	seq_printf(m, "%s %u:%u %llu ", f->name, MAJOR(f->dev), MINOR(f->dev), f->ino);
	for (i = 0; i < f->n_id; i++)
		seq_printf(m, "%02x", f->id[i]);
	if (!f->n_id)
		seq_putc(m, '-');
	seq_putc(m, ' ');
	for (; *path; path++)
		seq_printf(m, *path > ' ' && *path < 0x7f && *path != '%' ? "%c" : "%%%02X", (unsigned char)*path);
	seq_putc(m, '\n');
}

static int code_show(struct seq_file *m, void *unused)
{
	u32 i, n;

	if (!table)
		return 0;
	/* what has been printed with a number is to be found here */
	irq_work_sync(&look_soon);
	n = smp_load_acquire(&table->n);
	queue_work(system_unbound_wq, &look_work);
	flush_work(&look_work);
	for (i = 0; i < n; i++)
		show_file(m, &table->files[i]);
	return 0;
}

static int code_open(struct inode *inode, struct file *file)
{
	return single_open(file, code_show, NULL);
}

const struct proc_ops ktr_proc_code_ops = {
	.proc_open = code_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

/* ---- life --------------------------------------------------------------------------------------------------- */

int ktr_user_code_init(void)
{
	unsigned int cpu;

	if (!ktg_script.user_stacks)
		return 0;
	table = kvzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		init_irq_work(&per_cpu(held_maps, cpu).work, unlock_map);
	return 0;
}

void ktr_user_code_exit(void)
{
	unsigned int cpu;
	u32 i;

	if (!table)
		return;
	for_each_possible_cpu(cpu)
		irq_work_sync(&per_cpu(held_maps, cpu).work);
	irq_work_sync(&look_soon);
	flush_work(&look_work);		/* gives all files and maps back */
	for (i = 0; i < table->n; i++)
		kfree(table->files[i].path);
	kvfree(table);
	table = NULL;
}
