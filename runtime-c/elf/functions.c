// SPDX-License-Identifier: GPL-2.0
/* Functions of a file by name. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf_internal.h"

#define NEAR_MATCHES 3
#define NEAR_DISTANCE 2

struct match {
	unsigned long long offset;
	int rank;			/* which of several names of one place is taken: the lowest */
	char *name;
};

struct search {
	struct ke_elf *e;
	const struct ke_query *q;
	struct ke_result *r;
	struct match *list;
	size_t n, room;
	bool ifunc;			/* the name is there, but as a function that chooses one */
	bool out_of_memory;
	struct near {
		char name[KTR_SITE_NAME_MAX + 1];
		unsigned int distance;
	} near[NEAR_MATCHES];
	size_t n_near;
};

/* ---- names that were nearly right ------------------------------------------------------------------------------ */

/* Edit distance, anything above NEAR_DISTANCE is as good as infinite. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[64];
	size_t na = strlen(a), nb = strlen(b);

	if (na >= 64 || nb >= 64 || na > nb + NEAR_DISTANCE || nb > na + NEAR_DISTANCE)
		return NEAR_DISTANCE + 1;
	for (size_t j = 0; j <= nb; j++)
		row[j] = (unsigned int)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned int corner = row[0];

		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned int best = corner + (a[i - 1] != b[j - 1]);

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			corner = row[j];
			row[j] = best;
		}
	}
	return row[nb];
}

static void note_near(struct search *s, const char *name)
{
	unsigned int d = distance(s->q->name, name);
	size_t at = s->n_near;

	if (d > NEAR_DISTANCE)
		return;
	for (size_t i = 0; i < s->n_near; i++)
		if (!strcmp(s->near[i].name, name))
			return;
	if (at == NEAR_MATCHES) {
		at = 0;
		for (size_t i = 1; i < NEAR_MATCHES; i++)
			if (s->near[i].distance > s->near[at].distance)
				at = i;
		if (s->near[at].distance <= d)
			return;
	} else {
		s->n_near++;
	}
	strcpy(s->near[at].name, name);
	s->near[at].distance = d;
}

static int compare_near(const void *a, const void *b)
{
	const struct near *x = a, *y = b;

	return x->distance != y->distance ? (int)x->distance - (int)y->distance : strcmp(x->name, y->name);
}

static void hint_near(struct search *s)
{
	size_t n = 0;

	if (!s->n_near)
		return;
	qsort(s->near, s->n_near, sizeof(s->near[0]), compare_near);
	n = (size_t)snprintf(s->r->hint, sizeof(s->r->hint), "did you mean");
	for (size_t i = 0; i < s->n_near && n < sizeof(s->r->hint); i++)
		n += (size_t)snprintf(s->r->hint + n, sizeof(s->r->hint) - n, "%s %.100s", i ? " or" : "",
				      s->near[i].name);
	if (n + 1 < sizeof(s->r->hint))
		strcat(s->r->hint, "?");
}

/* ---- collecting ------------------------------------------------------------------------------------------------ */

static int rank_of(const struct search *s, const GElf_Sym *sym, const char *name)
{
	int rank = 10 * (int)strspn(name, "_");

	if (!strcmp(name, s->q->name))
		return -1;
	if (GELF_ST_BIND(sym->st_info) == STB_WEAK)
		rank += 1;
	else if (GELF_ST_BIND(sym->st_info) == STB_LOCAL)
		rank += 2;
	return rank;
}

static void add_match(struct search *s, unsigned long long offset, const GElf_Sym *sym, const char *name)
{
	struct match *m;

	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 64;
		struct match *bigger = realloc(s->list, room * sizeof(*bigger));

		if (!bigger) {
			s->out_of_memory = true;
			return;
		}
		s->list = bigger;
		s->room = room;
	}
	m = &s->list[s->n];
	m->offset = offset;
	m->rank = rank_of(s, sym, name);
	m->name = ke_copy(s->r, name, strlen(name));
	if (m->name)
		s->n++;
	else
		s->out_of_memory = true;
}

static void look_at(struct search *s, const GElf_Sym *sym, const char *name)
{
	unsigned int type = GELF_ST_TYPE(sym->st_info);
	unsigned long long offset;

	if (type != STT_FUNC && type != STT_GNU_IFUNC)
		return;
	if (fnmatch(s->q->name, name, 0)) {
		note_near(s, name);
		return;
	}
	if (type == STT_GNU_IFUNC) {
		s->ifunc = true;
		return;
	}
	/* the program begins there: there is no return address */
	if (s->q->kind == KE_RETURNS && !strcmp(name, "_start"))
		return;
	if (ke_file_offset(s->e, sym->st_value, PF_X, &offset))
		add_match(s, offset, sym, name);
}

static int compare(const void *a, const void *b)
{
	const struct match *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void keep_one_name_each(struct search *s)
{
	size_t n = 0;

	if (s->n)
		qsort(s->list, s->n, sizeof(*s->list), compare);
	for (size_t i = 0; i < s->n; i++)
		if (!n || s->list[i].offset != s->list[n - 1].offset)
			s->list[n++] = s->list[i];
	s->n = n;
}

static enum ke_status hand_over(struct search *s)
{
	struct ktr_site *sites;

	keep_one_name_each(s);
	if (s->n > KTR_SITES_MAX)
		return ke_failed(s->r, KE_UNUSABLE, "matches %zu functions; at most %u can be traced by one event", s->n,
				 KTR_SITES_MAX);
	sites = s->out_of_memory ? NULL : ke_alloc(s->r, (s->n + !s->n) * sizeof(*sites));
	if (!sites)
		return ke_failed(s->r, KE_UNUSABLE, "not enough memory");
	for (size_t i = 0; i < s->n; i++) {
		sites[i].offset = s->list[i].offset;
		sites[i].name = s->list[i].name;
	}
	s->r->sites.sites = sites;
	s->r->sites.n_sites = (unsigned int)s->n;
	return KE_FOUND;
}

static bool is_pattern(const char *name)
{
	return strpbrk(name, "*?[");
}

static enum ke_status nothing(struct search *s, bool stripped)
{
	if (s->ifunc) {
		snprintf(s->r->hint, sizeof(s->r->hint), "try the variants: *%.200s_*", s->q->name);
		return ke_failed(s->r, KE_NO_MATCH,
				 "%.200s stands for one of several functions, chosen when the program starts",
				 s->q->name);
	}
	hint_near(s);
	if (stripped && !*s->r->hint)
		snprintf(s->r->hint, sizeof(s->r->hint),
			 "it is stripped; install its debug symbols to see all functions");
	return ke_failed(s->r, KE_NO_MATCH, is_pattern(s->q->name) ? "has no function that matches %.200s" :
			 "has no function %.200s", s->q->name);
}

/* Go moves stacks, and the places where return addresses are with them. */
static bool is_go(struct ke_elf *e)
{
	GElf_Shdr header;

	return ke_section(e, ".gopclntab", &header) || ke_section(e, ".note.go.buildid", &header);
}

enum ke_status ke_find_functions(struct ke_elf *e, const struct ke_query *q, struct ke_result *r)
{
	struct search s = { .e = e, .q = q, .r = r };
	char name[KTR_SITE_NAME_MAX + 1];
	struct ke_symbols symbols;
	enum ke_status status;
	bool stripped;

	if (q->kind == KE_RETURNS && is_go(e))
		return ke_failed(r, KE_UNUSABLE, "is a Go program: probes of returns would crash it");
	ke_symbols_open(&symbols, e, r->sites.path, &r->sites.id);
	stripped = symbols.stripped;
	for (size_t t = 0; t < symbols.n_tables; t++)
		for (size_t i = 1; i < symbols.tables[t].n; i++) {
			GElf_Sym sym;

			if (ke_symbol(&symbols, t, i, &sym, name))
				look_at(&s, &sym, name);
		}
	ke_symbols_close(&symbols);
	status = s.n || s.out_of_memory ? hand_over(&s) : nothing(&s, stripped);
	free(s.list);
	return status;
}
