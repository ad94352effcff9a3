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

void ktr_limits_settle(void)
{
	u32 i;

	for (i = 0; i < ktg_script.n_limits; i++) {
		const struct ktr_script_limit *l = &ktg_script.limits[i];

		if (ktr_limits[l->id] == KTR_LIMIT_NOT_SET)
			ktr_limits[l->id] = l->value;
	}
	for (i = 0; i < KTR_N_LIMITS; i++)
		if (ktr_limits[i] == KTR_LIMIT_NOT_SET)
			ktr_limits[i] = ktr_limit_rows[i].def;
}

int ktr_limits_wrong(void)
{
	u32 i;

	for (i = 0; i < KTR_N_LIMITS; i++)
		if (ktr_limits[i] < ktr_limit_rows[i].least || ktr_limits[i] > ktr_limit_rows[i].most)
			return (int)i;
	return -1;
}
