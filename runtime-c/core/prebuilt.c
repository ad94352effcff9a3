// SPDX-License-Identifier: GPL-2.0
/*
 * prebuilt.c - the script's instances of prebuilt tapsets (ktr_tapset.h), and what those may call.
 *
 * An instance is made by the main chunk, before events are delivered, and lives until the script ends: looking for one needs no
 * lock. A script has a few.
 */
#include "internal.h"
#include "ktr_tapset.h"

/* Source positions of the n-th tapset's lines begin with n times this. */
#define LINES_EACH (1u << 24)
#define MOST_TAPSETS 255u

struct instance {
	struct instance *next;
	const struct ktr_prebuilt *tapset;
	u32 first_pos;			/* position of its line 0 */
	struct ktr_cell cells[];
};

static struct instance *instances;	/* the last one first */

const struct ktr_calls ktr__calls = {
#define KTR_CALL(type, name, params, args) .name = name,
#include "ktr_calls.def"
#undef KTR_CALL
#define LIB_MEMBER(id, text) .ktr_lib_##id = ktr_lib_##id,
	KTR_LIB_LIST(LIB_MEMBER)
#undef LIB_MEMBER
};

static struct instance *instance_of(const struct ktr_prebuilt *p)
{
	struct instance *i = __atomic_load_n(&instances, __ATOMIC_ACQUIRE);

	while (i && i->tapset != p)
		i = i->next;
	return i;
}

int ktr_link_tapset(struct ktr_ctx *c, const struct ktr_prebuilt *p)
{
	u32 n = instances ? instances->first_pos / LINES_EACH + 1 : 1;
	struct ktr_func init = { .code = p->init, .name = p->name };
	struct instance *i;

	if (instance_of(p))
		return 0;
	if (n > MOST_TAPSETS)
		return ktr_fail(c, "more than %u tapsets", MOST_TAPSETS);
	i = ktr_port_alloc(sizeof(*i) + p->n_cells * sizeof(i->cells[0]));
	if (!i || ktr__ffi_prepare(p->ffi)) {
		ktr_port_free(i);
		return ktr_fail(c, "the tapset '%s': out of memory", p->name);
	}
	i->tapset = p;
	i->first_pos = n * LINES_EACH;
	i->next = instances;
	__atomic_store_n(&instances, i, __ATOMIC_RELEASE);
	return ktr_call_func(c, &init, KTR_NULL, 0, KTR_NULL, 0);
}

struct ktr_cell *ktr_tapset_cells(struct ktr_ctx *c, const struct ktr_prebuilt *p)
{
	(void)c;
	return instance_of(p)->cells;
}

void ktr_tapset_at(struct ktr_ctx *c, const struct ktr_prebuilt *p, u32 line)
{
	ktr_at(c, instance_of(p)->first_pos + line);
}

const char *ktr__tapset_file(u32 pos, u32 *line)
{
	struct instance *i = instances;
	u32 n;

	while (i && i->first_pos > pos)
		i = i->next;
	if (!i)
		return KTR_NULL;
	*line = pos - i->first_pos;
	for (n = i->tapset->n_files - 1; n && *line < i->tapset->files[n].first_line; n--)
		;
	*line -= i->tapset->files[n].first_line - 1;
	return i->tapset->files[n].file;
}

struct ktr_cell *ktr__tapset_cell(u32 n, const char **name)
{
	struct instance *i;

	for (i = __atomic_load_n(&instances, __ATOMIC_ACQUIRE); i; n -= i->tapset->n_cells, i = i->next) {
		if (n < i->tapset->n_cells) {
			*name = i->tapset->cell_names[n];
			return &i->cells[n];
		}
	}
	return KTR_NULL;
}

void ktr__tapsets_exit(void)
{
	while (instances) {
		struct instance *i = instances;

		instances = i->next;
		ktr_port_free(i);
	}
}
