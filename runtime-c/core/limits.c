// SPDX-License-Identifier: GPL-2.0
/* The limits that a script's module has (ktr_limits.h): their values, of those who may set them. */
#include "internal.h"

s64 ktr_limits[KTR_N_LIMITS] = {
#define NOT_SET(NAME, name, def, least, most, what, over, test) [KTR_LIM_##NAME] = KTR_LIMIT_NOT_SET,
	KTR_LIMIT_LIST(NOT_SET)
#undef NOT_SET
};

const struct ktr_limit_row ktr_limit_rows[KTR_N_LIMITS] = {
#define ROW(NAME, name, def, least, most, what, over, test) [KTR_LIM_##NAME] = { #name, def, least, most },
	KTR_LIMIT_LIST(ROW)
#undef ROW
};

/* Who set a limit, the weakest first. */
enum setter { BY_DEFAULT, BY_BUILD, BY_LOADER };

static enum setter settle_one(u32 id)
{
	u32 i;

	if (ktr_limits[id] != KTR_LIMIT_NOT_SET)
		return BY_LOADER;
	ktr_limits[id] = ktr_limit_rows[id].def;
	for (i = 0; i < ktg_script.n_limits; i++) {
		if (ktg_script.limits[i].id != id)
			continue;
		ktr_limits[id] = ktg_script.limits[i].value;
		return BY_BUILD;
	}
	return BY_DEFAULT;
}

/* Who asks for little memory alone means the reserve too: one that others chose shrinks to it. */
void ktr_limits_settle(void)
{
	s64 *memory = &ktr_limits[KTR_LIM_MEMORY_KB], *reserve = &ktr_limits[KTR_LIM_RESERVE_KB];
	enum setter by[KTR_N_LIMITS];
	u32 i;

	for (i = 0; i < KTR_N_LIMITS; i++)
		by[i] = settle_one(i);
	if (*reserve > *memory && by[KTR_LIM_RESERVE_KB] < by[KTR_LIM_MEMORY_KB])
		*reserve = *memory;
}

int ktr_limits_wrong(void)
{
	u32 i;

	for (i = 0; i < KTR_N_LIMITS; i++)
		if (ktr_limits[i] < ktr_limit_rows[i].least || ktr_limits[i] > ktr_limit_rows[i].most)
			return (int)i;
	return -1;
}
