/* SPDX-License-Identifier: GPL-2.0 */
/* Stacks and their counts, collected from lines "frame;frame;frame count", the outermost frame first. */
#ifndef KTRUN_FOLDED_H
#define KTRUN_FOLDED_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kt_stack {
	char *frames;			/* not NUL-terminated; allocated */
	size_t len;
	unsigned long long count;	/* not 0 */
};

/* All zero: empty. */
struct kt_folded {
	struct kt_stack *list;		/* stacks differ */
	size_t n, room;
	size_t *slots;			/* hash table: index into list plus one; 0: free */
	size_t n_slots;			/* a power of two, or 0 */
	unsigned long long total;
	unsigned long long odd;		/* lines that are no stack with a count */
	bool failed;			/* memory was short: something is missing */
};

/* Whole lines, the last one perhaps without a line break. Equal stacks add up. */
void kt_folded_add(struct kt_folded *f, const char *lines, size_t n);
/* Puts stacks that share frames, from the outermost on, beside each other. Nothing can be added after it. */
void kt_folded_sort(struct kt_folded *f);
void kt_folded_free(struct kt_folded *f);

#ifdef __cplusplus
}
#endif

#endif
