// SPDX-License-Identifier: GPL-2.0
/*
 * fn_names.c - see fn_names.h.
 *
 * A hash table by address that only grows: readers need no lock. Who adds a name takes a flag; who finds it taken does
 * not wait (it may have interrupted the other) but does without.
 */
#include "fn_names.h"

#include <linux/hash.h>
#include <linux/mm.h>

#include "attach.h"

#define NAMES_BITS 15
#define NAMES_SLOTS (1u << NAMES_BITS)
#define NAMES_MAX (NAMES_SLOTS / 4 * 3)
#define NAMES_TEXT (1024u * 1024)

struct name_slot {
	unsigned long key;
	const struct ktr_str *name;
};

struct names {
	struct name_slot slots[NAMES_SLOTS];
	u32 n;
	u32 used;		/* bytes of text[] */
	char text[NAMES_TEXT] __aligned(8);
};

/* A name that was known when the script was loaded. */
struct kept_name {
	struct kept_name *next;
	struct ktr_str str;
};

static struct names *names;
static struct kept_name *kept;
static unsigned long adding;	/* bit 0: somebody does */

u32 ktr_fn_event_name(char *buf, u32 size, const char *symbol, bool ret)
{
	u32 n = scnprintf(buf, size, "%s%s", ret ? "ret_" : "", symbol), i;

	for (i = 0; i < n; i++) {
		char ch = buf[i];

		if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9')))
			buf[i] = '_';
	}
	return n;
}

u32 ktr_fn_symbol_name(char *buf, u32 size, unsigned long addr, bool ret)
{
	char symbol[KTR_NAME_BYTES];

	ktr_port_symbolize(symbol, sizeof(symbol), addr, false);
	return ktr_fn_event_name(buf, size, symbol, ret);
}

void ktr_fn_names_want(void)
{
	if (!names)
		names = kvzalloc(sizeof(*names), GFP_KERNEL | __GFP_NOWARN);
}

static void fill(struct ktr_str *s, const char *text, u32 n)
{
	s->hash = ktr_hash_bytes(text, n);
	s->len = n;
	memcpy(s->s, text, n + 1);
}

const struct ktr_str *ktr_fn_names_keep(const char *symbol, bool ret)
{
	char buf[KTR_NAME_BYTES];
	u32 n = ktr_fn_event_name(buf, sizeof(buf), symbol, ret);
	struct kept_name *k = kmalloc(sizeof(*k) + n + 1, GFP_KERNEL);

	if (!k)
		return NULL;
	fill(&k->str, buf, n);
	k->next = kept;
	kept = k;
	return &k->str;
}

void ktr_fn_names_exit(void)
{
	while (kept) {
		struct kept_name *k = kept;

		kept = k->next;
		kfree(k);
	}
	kvfree(names);
	names = NULL;
}

u64 ktr_fn_names_bytes(void)
{
	return names ? sizeof(*names) : 0;
}

/* Context: the flag is ours. */
static const struct ktr_str *make(unsigned long addr, bool ret)
{
	char buf[KTR_NAME_BYTES];
	u32 n = ktr_fn_symbol_name(buf, sizeof(buf), addr, ret);
	struct ktr_str *s = (struct ktr_str *)(names->text + names->used);
	u32 bytes = ALIGN(sizeof(*s) + n + 1, 8);

	if (bytes > NAMES_TEXT - names->used)
		return NULL;
	names->used += bytes;
	fill(s, buf, n);
	return s;
}

static const struct ktr_str *add(struct name_slot *slot, unsigned long key, unsigned long addr, bool ret)
{
	const struct ktr_str *s = NULL;

	if (test_and_set_bit(0, &adding))
		return NULL;
	if (!slot->key && names->n < NAMES_MAX)
		s = make(addr, ret);
	if (s) {
		slot->name = s;
		names->n++;
		smp_store_release(&slot->key, key);
	}
	clear_bit_unlock(0, &adding);
	return s;
}

const struct ktr_str *ktr_fn_names_get(unsigned long addr, bool ret)
{
	unsigned long key = addr | ret;		/* entries are even */
	u32 i = hash_long(key, NAMES_BITS);

	if (!names)
		return NULL;
	for (;; i = (i + 1) % NAMES_SLOTS) {
		struct name_slot *slot = &names->slots[i];
		unsigned long k = smp_load_acquire(&slot->key);

		if (k == key)
			return slot->name;
		if (!k)
			return add(slot, key, addr, ret);
	}
}
