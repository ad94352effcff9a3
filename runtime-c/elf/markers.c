// SPDX-License-Identifier: GPL-2.0
/*
 * Static markers: the notes of .note.stapsdt, each the address of a marker, of its semaphore, its name and arguments.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "elf_internal.h"

#define NOTE_TYPE 3
#define NOTE_NAME "stapsdt"

struct marker {
	unsigned long long addr, semaphore;
	const char *provider, *name, *args;
};

struct search {
	struct ke_elf *e;
	const struct ke_query *q;
	struct ke_result *r;
	struct ke_symbols symbols;
	unsigned long long base;	/* address of .stapsdt.base; 0: there is none */
	struct ktr_site *sites;
	struct ke_marker_text *texts;
	size_t n, room;
	bool any;
};

static unsigned long long word_at(const struct ke_elf *e, const unsigned char *p, unsigned int i)
{
	bool wide = gelf_getclass(e->elf) == ELFCLASS64;
	unsigned long long word = 0;
	size_t size = wide ? 8 : 4;

	for (size_t k = 0; k < size; k++)
		word |= (unsigned long long)p[i * size + k] << (8 * k);
	return word;
}

/* Text at *p, moved behind its NUL; NULL: there is no NUL before the end. */
static const char *take_text(const unsigned char **p, const unsigned char *end)
{
	const char *text = (const char *)*p;
	const unsigned char *nul = memchr(*p, 0, (size_t)(end - *p));

	if (!nul)
		return NULL;
	*p = nul + 1;
	return text;
}

static bool parse_note(const struct search *s, const unsigned char *p, size_t size, struct marker *m)
{
	size_t words = gelf_getclass(s->e->elf) == ELFCLASS64 ? 24 : 12;
	const unsigned char *end = p + size;
	unsigned long long moved;

	if (size < words)
		return false;
	m->addr = word_at(s->e, p, 0);
	m->semaphore = word_at(s->e, p, 2);
	/* the whole file may have been moved to other addresses since; notes are not adjusted then */
	moved = s->base && word_at(s->e, p, 1) ? s->base - word_at(s->e, p, 1) : 0;
	m->addr += moved;
	if (m->semaphore)
		m->semaphore += moved;
	p += words;
	m->provider = take_text(&p, end);
	m->name = m->provider ? take_text(&p, end) : NULL;
	m->args = m->name && p < end ? take_text(&p, end) : "";
	return m->name && *m->name && m->args;
}

static bool grow(struct search *s)
{
	size_t room = s->room ? 2 * s->room : 32;
	struct ktr_site *sites = realloc(s->sites, room * sizeof(*sites));
	struct ke_marker_text *texts;

	if (!sites)
		return false;
	s->sites = sites;
	texts = realloc(s->texts, room * sizeof(*texts));
	if (!texts)
		return false;
	s->texts = texts;
	s->room = room;
	return true;
}

static void add(struct search *s, const struct marker *m)
{
	struct ktr_marker_arg args[KTR_MARKER_ARGS_MAX], *copy;
	struct ktr_site site = { 0 };
	struct ke_marker_text text;

	if (!ke_file_offset(s->e, m->addr, PF_X, &site.offset))
		return;
	if (m->semaphore && !ke_file_offset(s->e, m->semaphore, PF_W, &site.counter))
		return;
	if (s->n > KTR_SITES_MAX || (s->n == s->room && !grow(s)))
		return;
	site.name = ke_copy(s->r, m->name, strnlen(m->name, KTR_SITE_NAME_MAX));
	text.provider = ke_copy(s->r, m->provider, strlen(m->provider));
	text.args = ke_copy(s->r, m->args, strlen(m->args));
	site.n_args = s->e->header.e_machine == EM_AARCH64 ? ke_parse_marker_args_arm64(m->args, args) :
		      ke_parse_marker_args(m->args, &s->symbols, m->addr, args);
	copy = ke_alloc(s->r, (site.n_args + 1) * sizeof(*copy));
	if (!site.name || !text.provider || !text.args || !copy)
		return;
	memcpy(copy, args, site.n_args * sizeof(*copy));
	site.args = copy;
	s->sites[s->n] = site;
	s->texts[s->n] = text;
	s->n++;
}

static void look_at(struct search *s, const struct marker *m)
{
	s->any = true;
	if (fnmatch(s->q->name, m->name, 0))
		return;
	if (s->q->provider && fnmatch(s->q->provider, m->provider, 0))
		return;
	add(s, m);
}

static void walk_notes(struct search *s, Elf_Data *data)
{
	size_t at = 0, name, desc;
	GElf_Nhdr note;

	while ((at = gelf_getnote(data, at, &note, &name, &desc))) {
		const unsigned char *bytes = data->d_buf;
		struct marker m;

		if (note.n_type == NOTE_TYPE && note.n_namesz == sizeof(NOTE_NAME) &&
		    !memcmp(bytes + name, NOTE_NAME, sizeof(NOTE_NAME)) &&
		    parse_note(s, bytes + desc, note.n_descsz, &m))
			look_at(s, &m);
	}
}

static enum ke_status hand_over(struct search *s)
{
	struct ktr_site *sites = ke_alloc(s->r, s->n * sizeof(*sites));
	struct ke_marker_text *texts = ke_alloc(s->r, s->n * sizeof(*texts));

	if (s->n > KTR_SITES_MAX)
		return ke_failed(s->r, KE_UNUSABLE, "matches more than %u markers", KTR_SITES_MAX);
	if (!sites || !texts)
		return ke_failed(s->r, KE_UNUSABLE, "not enough memory");
	memcpy(sites, s->sites, s->n * sizeof(*sites));
	memcpy(texts, s->texts, s->n * sizeof(*texts));
	s->r->sites.sites = sites;
	s->r->sites.n_sites = (unsigned int)s->n;
	s->r->texts = texts;
	return KE_FOUND;
}

enum ke_status ke_find_markers(struct ke_elf *e, const struct ke_query *q, struct ke_result *r)
{
	struct search s = { .e = e, .q = q, .r = r };
	GElf_Shdr header;
	enum ke_status status;
	Elf_Scn *scn;
	Elf_Data *data;

	if (ke_section(e, ".stapsdt.base", &header))
		s.base = header.sh_addr;
	scn = ke_section(e, ".note.stapsdt", &header);
	data = scn ? elf_getdata(scn, NULL) : NULL;
	ke_symbols_open(&s.symbols, e, r->sites.path, &r->sites.id);
	if (data)
		walk_notes(&s, data);
	ke_symbols_close(&s.symbols);
	if (s.n)
		status = hand_over(&s);
	else if (s.any)
		status = ke_failed(r, KE_NO_MATCH, "has no marker %s%s%.200s", q->provider ? q->provider : "",
				   q->provider ? ":" : "", q->name);
	else
		status = ke_failed(r, KE_NO_MATCH, "has no static markers");
	free(s.sites);
	free(s.texts);
	return status;
}
