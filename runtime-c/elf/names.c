// SPDX-License-Identifier: GPL-2.0
/* Names of offsets: the functions of a file by where they are. */
#include "ke_names.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "elf_internal.h"

struct function {
	unsigned long long offset;
	unsigned long long size;	/* 0: not known */
	size_t name;			/* in texts */
	unsigned int rank;		/* which of several names of one place is taken: the lowest */
};

/* Functions without a size, mostly written in assembler, end where the next one begins, or after this. */
#define UNSIZED_BYTES 4096u

struct ke_names {
	struct function *list;		/* by offset */
	size_t n, room;
	char *texts;
	size_t n_texts, texts_room;
};

/* ---- the right file ------------------------------------------------------------------------------------------ */

static bool same_file(struct ke_elf *e, const struct ke_file_known *known)
{
	struct ktr_file_id id;
	struct stat st;

	if (known->n_id)
		return !ke_file_id(e, &id) && id.n_bytes == known->n_id && !memcmp(id.bytes, known->id, known->n_id);
	return !fstat(e->fd, &st) && st.st_ino == known->inode && major(st.st_dev) == known->major &&
	       minor(st.st_dev) == known->minor;
}

/* Anything but a regular file may wait, or do something, when it is opened. */
static int open_regular(const char *path)
{
	struct stat st;

	return stat(path, &st) || !S_ISREG(st.st_mode) ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/* ---- collecting ---------------------------------------------------------------------------------------------- */

static bool grow(void **list, size_t *room, size_t wanted, size_t size)
{
	size_t bigger = *room ? *room : 256;
	void *p;

	if (wanted <= *room)
		return true;
	while (bigger < wanted)
		bigger *= 2;
	p = realloc(*list, bigger * size);
	if (!p)
		return false;
	*list = p;
	*room = bigger;
	return true;
}

static unsigned int rank_of(const GElf_Sym *sym, const char *name)
{
	unsigned int rank = 10 * (unsigned int)strspn(name, "_");

	if (GELF_ST_BIND(sym->st_info) == STB_WEAK)
		rank += 1;
	else if (GELF_ST_BIND(sym->st_info) == STB_LOCAL)
		rank += 2;
	return rank;
}

static bool add(struct ke_names *names, unsigned long long offset, const GElf_Sym *sym, const char *name)
{
	size_t len = strlen(name) + 1;

	if (!grow((void **)&names->list, &names->room, names->n + 1, sizeof(*names->list)) ||
	    !grow((void **)&names->texts, &names->texts_room, names->n_texts + len, 1))
		return false;
	memcpy(names->texts + names->n_texts, name, len);
	names->list[names->n++] = (struct function){ offset, sym->st_size, names->n_texts, rank_of(sym, name) };
	names->n_texts += len;
	return true;
}

static bool add_all(struct ke_names *names, struct ke_elf *e, const struct ke_symbols *symbols)
{
	char name[KTR_SITE_NAME_MAX + 1];
	unsigned long long offset;
	GElf_Sym sym;

	for (size_t t = 0; t < symbols->n_tables; t++)
		for (size_t i = 1; i < symbols->tables[t].n; i++)
			if (ke_symbol(symbols, t, i, &sym, name) && GELF_ST_TYPE(sym.st_info) == STT_FUNC &&
			    ke_file_offset(e, sym.st_value, PF_X, &offset) && !add(names, offset, &sym, name))
				return false;
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct function *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return (x->rank > y->rank) - (x->rank < y->rank);
}

static void sort(struct ke_names *names)
{
	size_t n = 0;

	if (names->n)
		qsort(names->list, names->n, sizeof(*names->list), compare);
	for (size_t i = 0; i < names->n; i++)
		if (!n || names->list[i].offset != names->list[n - 1].offset)
			names->list[n++] = names->list[i];
	names->n = n;
}

struct ke_names *ke_names_open(const char *path, const struct ke_file_known *known)
{
	struct ke_names *names = NULL;
	struct ke_symbols symbols;
	struct ktr_file_id id;
	struct ke_elf e;

	if (ke_elf_open(&e, open_regular(path)))
		return NULL;
	if (same_file(&e, known) && !ke_file_id(&e, &id))
		names = calloc(1, sizeof(*names));
	if (names) {
		bool done;

		ke_symbols_open(&symbols, &e, path, &id);
		done = add_all(names, &e, &symbols);
		ke_symbols_close(&symbols);
		sort(names);
		if (!done) {
			ke_names_close(names);
			names = NULL;
		}
	}
	ke_elf_close(&e);
	return names;
}

void ke_names_close(struct ke_names *names)
{
	if (!names)
		return;
	free(names->list);
	free(names->texts);
	free(names);
}

/* ---- looking up ---------------------------------------------------------------------------------------------- */

const char *ke_name_at(const struct ke_names *names, unsigned long long offset, unsigned long long *within)
{
	size_t low = 0, high = names->n;
	const struct function *f;

	/* the first one behind it */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (names->list[middle].offset <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	f = &names->list[low - 1];
	*within = offset - f->offset;
	/* a return address may be the first one behind a function that ends in a call */
	return *within > (f->size ? f->size : UNSIZED_BYTES) ? NULL : names->texts + f->name;
}
