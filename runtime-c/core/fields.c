// SPDX-License-Identifier: GPL-2.0
/*
 * Names of event fields by number: those of the script, then those that texts made at run time name. Names are added
 * while the main chunk runs, when no event is delivered yet, and stay until the end.
 */
#include "internal.h"

#define MAX_MORE 4096u

static char **more;
static u32 n_more, room;

u32 ktr_n_fields(void)
{
	return ktg_script.n_fields + n_more;
}

const char *ktr_field_name(u32 id)
{
	return id < ktg_script.n_fields ? ktg_script.fields[id] : more[id - ktg_script.n_fields];
}

static bool grow(void)
{
	u32 want = room ? 2 * room : 16;
	char **bigger = ktr_port_alloc(want * sizeof(*bigger));

	if (!bigger)
		return false;
	if (n_more)
		memcpy(bigger, more, n_more * sizeof(*bigger));
	ktr_port_free(more);
	more = bigger;
	room = want;
	return true;
}

int ktr_field_id(struct ktr_ctx *c, const char *name, u32 len)
{
	char *copy;
	u32 id;

	for (id = 0; id < ktr_n_fields(); id++)
		if (strlen(ktr_field_name(id)) == len && !memcmp(ktr_field_name(id), name, len))
			return (int)id;
	if (n_more == MAX_MORE)
		return ktr_fail(c, "too many names of fields");
	copy = n_more < room || grow() ? ktr_port_alloc(len + 1) : KTR_NULL;
	if (!copy)
		return ktr_fail(c, "no memory");
	memcpy(copy, name, len);
	copy[len] = 0;
	more[n_more++] = copy;
	return (int)id;
}

void ktr__fields_forget(void)
{
	while (n_more)
		ktr_port_free(more[--n_more]);
	ktr_port_free(more);
	more = KTR_NULL;
	room = 0;
}
