// SPDX-License-Identifier: GPL-2.0
/* hrtimer_setup(), 908a1d775422 (v6.13); it replaces hrtimer_init(), which is gone since v6.15. */
#include <linux/hrtimer.h>

void probe(struct hrtimer *t, enum hrtimer_restart (*f)(struct hrtimer *t))
{
	hrtimer_setup(t, f, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
}
