// SPDX-License-Identifier: GPL-2.0
/* Opening ELF files; sections, segments, identity. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_internal.h"

int ke_elf_open(struct ke_elf *e, int fd)
{
	memset(e, 0, sizeof(*e));
	e->fd = fd;
	if (fd < 0)
		return -1;
	elf_version(EV_CURRENT);
	/* not mapped: a file that is cut short meanwhile would end us */
	e->elf = elf_begin(fd, ELF_C_READ, NULL);
	if (e->elf && elf_kind(e->elf) == ELF_K_ELF && gelf_getehdr(e->elf, &e->header) &&
	    !elf_getshdrstrndx(e->elf, &e->section_names))
		return 0;
	ke_elf_close(e);
	return -1;
}

void ke_elf_close(struct ke_elf *e)
{
	if (e->elf)
		elf_end(e->elf);
	if (e->fd >= 0)
		close(e->fd);
	e->elf = NULL;
	e->fd = -1;
}

Elf_Scn *ke_section(struct ke_elf *e, const char *name, GElf_Shdr *header)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(e->elf, scn))) {
		const char *s = gelf_getshdr(scn, header) ? elf_strptr(e->elf, e->section_names, header->sh_name) : NULL;

		if (s && !strcmp(s, name))
			return scn;
	}
	return NULL;
}

Elf_Scn *ke_section_of_type(struct ke_elf *e, unsigned int type, GElf_Shdr *header)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(e->elf, scn)))
		if (gelf_getshdr(scn, header) && header->sh_type == type)
			return scn;
	return NULL;
}

/* Calls visit() for each loaded segment until it says true; false: it never did. */
static bool any_segment(struct ke_elf *e, unsigned int flags, bool (*visit)(const GElf_Phdr *p, void *arg), void *arg)
{
	size_t n;

	if (elf_getphdrnum(e->elf, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr p;

		if (gelf_getphdr(e->elf, (int)i, &p) && p.p_type == PT_LOAD && (p.p_flags & flags) == flags &&
		    visit(&p, arg))
			return true;
	}
	return false;
}

struct place {
	unsigned long long addr;
	unsigned long long offset;
};

static bool holds_address(const GElf_Phdr *p, void *arg)
{
	struct place *at = arg;

	if (at->addr < p->p_vaddr || at->addr - p->p_vaddr >= p->p_filesz)
		return false;
	at->offset = at->addr - p->p_vaddr + p->p_offset;
	return true;
}

static bool holds_offset(const GElf_Phdr *p, void *arg)
{
	const struct place *at = arg;

	return at->offset >= p->p_offset && at->offset - p->p_offset < p->p_filesz;
}

bool ke_file_offset(struct ke_elf *e, unsigned long long addr, unsigned int flags, unsigned long long *offset)
{
	struct place at = { addr, 0 };
	bool found = any_segment(e, flags, holds_address, &at);

	*offset = at.offset;
	return found;
}

bool ke_offset_is_code(struct ke_elf *e, unsigned long long offset)
{
	struct place at = { 0, offset };

	return any_segment(e, PF_X, holds_offset, &at);
}

/* ---- identity ------------------------------------------------------------------------------------------------- */

/* The build id among notes. */
static bool id_in_notes(struct ke_elf *e, unsigned long long offset, size_t size, bool wide, struct ktr_file_id *id)
{
	Elf_Data *data = elf_getdata_rawchunk(e->elf, (int64_t)offset, size, wide ? ELF_T_NHDR8 : ELF_T_NHDR);
	size_t at = 0, name, desc;
	GElf_Nhdr note;

	while (data && (at = gelf_getnote(data, at, &note, &name, &desc))) {
		const char *bytes = data->d_buf;

		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != sizeof("GNU") ||
		    memcmp(bytes + name, "GNU", sizeof("GNU")) || !note.n_descsz)
			continue;
		id->offset = offset + desc;
		id->n_bytes = note.n_descsz < KTR_FILE_ID_MAX ? note.n_descsz : KTR_FILE_ID_MAX;
		memcpy(id->bytes, bytes + desc, id->n_bytes);
		return true;
	}
	return false;
}

/* By section first: program headers of separate debug files may point to what is not there. */
static bool find_build_id(struct ke_elf *e, struct ktr_file_id *id)
{
	GElf_Shdr header;
	size_t n;

	if (ke_section(e, ".note.gnu.build-id", &header) && header.sh_type == SHT_NOTE &&
	    id_in_notes(e, header.sh_offset, header.sh_size, false, id))
		return true;
	if (elf_getphdrnum(e->elf, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr p;

		if (gelf_getphdr(e->elf, (int)i, &p) && p.p_type == PT_NOTE &&
		    id_in_notes(e, p.p_offset, p.p_filesz, p.p_align == 8, id))
			return true;
	}
	return false;
}

static int hash_file(int fd, struct ktr_file_id *id)
{
	unsigned char buf[16384];
	size_t have = 0;
	off_t at = 0;

	for (;;) {
		ssize_t n = pread(fd, buf + have, sizeof(buf) - have, at);

		if (n < 0)
			return -1;
		have += (size_t)n;
		at += n;
		if (n && have < sizeof(buf))
			continue;	/* whole pieces, so that their ends do not matter */
		id->hash = ktr_file_hash(id->hash, buf, have);
		have = 0;
		if (!n)
			break;
	}
	id->size = (unsigned long long)at;
	return 0;
}

int ke_file_id(struct ke_elf *e, struct ktr_file_id *id)
{
	memset(id, 0, sizeof(*id));
	return find_build_id(e, id) ? 0 : hash_file(e->fd, id);
}
