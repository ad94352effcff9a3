// SPDX-License-Identifier: GPL-2.0
#include "folded.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 64u	/* a power of two */

static size_t hash_of(const char *p, size_t n)
{
	unsigned long long h = 14695981039346656037ull;	/* FNV-1a */

	while (n--)
		h = (h ^ (unsigned char)*p++) * 1099511628211ull;
	return (size_t)(h ^ h >> 32);
}

/* The slot of these frames, or the free one where they belong. */
static size_t *slot_of(const struct kt_folded *f, const char *frames, size_t len)
{
	size_t at = hash_of(frames, len);

	for (;; at++) {
		size_t *slot = &f->slots[at & (f->n_slots - 1)];
		const struct kt_stack *s = *slot ? &f->list[*slot - 1] : NULL;

		if (!s || (s->len == len && !memcmp(s->frames, frames, len)))
			return slot;
	}
}

/* Room for one more stack; the hash table stays half empty. */
static bool grow(struct kt_folded *f)
{
	size_t room = f->room ? f->room * 2 : FIRST_ROOM;
	struct kt_stack *list;
	size_t *slots;

	if (f->n < f->room)
		return true;
	list = realloc(f->list, room * sizeof(*list));
	if (!list)
		return false;
	f->list = list;
	slots = calloc(room * 2, sizeof(*slots));
	if (!slots)
		return false;
	free(f->slots);
	f->slots = slots;
	f->n_slots = room * 2;
	f->room = room;
	for (size_t i = 0; i < f->n; i++)
		*slot_of(f, list[i].frames, list[i].len) = i + 1;
	return true;
}

static void add_stack(struct kt_folded *f, const char *frames, size_t len, unsigned long long count)
{
	size_t *slot;
	char *copy;

	if (!grow(f)) {
		f->failed = true;
		return;
	}
	slot = slot_of(f, frames, len);
	if (!*slot) {
		copy = malloc(len);
		if (!copy) {
			f->failed = true;
			return;
		}
		memcpy(copy, frames, len);
		f->list[f->n] = (struct kt_stack){ copy, len, 0 };
		*slot = ++f->n;
	}
	f->list[*slot - 1].count += count;
	f->total += count;
}

/* Splits off the number behind the last blank; false: there is none, or nothing before it. */
static bool split(const char *line, size_t n, size_t *len, unsigned long long *count)
{
	size_t at = n;

	*count = 0;
	while (at && line[at - 1] >= '0' && line[at - 1] <= '9')
		at--;
	if (at < 2 || at == n || n - at > 19 || line[at - 1] != ' ')
		return false;
	*len = at - 1;
	for (; at < n; at++)
		*count = *count * 10 + (unsigned long long)(line[at] - '0');
	return true;
}

void kt_folded_add(struct kt_folded *f, const char *lines, size_t n)
{
	while (n) {
		const char *end = memchr(lines, '\n', n);
		size_t bytes = end ? (size_t)(end - lines) : n, len;
		unsigned long long count;

		if (!split(lines, bytes, &len, &count))
			f->odd += bytes != 0;
		else if (count)
			add_stack(f, lines, len, count);
		bytes += end != NULL;
		lines += bytes;
		n -= bytes;
	}
}

/* The separator comes before everything else, so that whole frames are compared. */
static int rank(char c)
{
	return c == ';' ? -1 : (unsigned char)c;
}

static int compare(const void *left, const void *right)
{
	const struct kt_stack *a = left, *b = right;

	for (size_t i = 0; i < a->len && i < b->len; i++)
		if (a->frames[i] != b->frames[i])
			return rank(a->frames[i]) < rank(b->frames[i]) ? -1 : 1;
	return a->len < b->len ? -1 : a->len > b->len;
}

void kt_folded_sort(struct kt_folded *f)
{
	if (f->n)
		qsort(f->list, f->n, sizeof(*f->list), compare);
	free(f->slots);
	f->slots = NULL;
	f->n_slots = 0;
}

void kt_folded_free(struct kt_folded *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->list[i].frames);
	free(f->list);
	free(f->slots);
	memset(f, 0, sizeof(*f));
}
