// SPDX-License-Identifier: GPL-2.0
/* Calls functions and says with what; the cases compare it with what probes of them saw. usage: calls N */
#include <stdio.h>
#include <stdlib.h>

#define KEEP __attribute__((noinline, noclone, used))

struct item {
	int id;
	const char *name;
	struct item *next;
};

/* Pages that nothing else lies on, touched before they are probed. */
static struct item items[2] = { { 7, "seven", &items[1] }, { -8, "minus eight", NULL } };

KEEP int add3(int a, int b, int c)
{
	return a + b - c;
}

KEEP long many(long a, long b, long c, long d, long e, long f, long g)
{
	return a ^ b ^ c ^ d ^ e ^ f ^ g;
}

KEEP const char *name_of(const struct item *i)
{
	return i->next ? i->next->name : i->name;
}

static KEEP int hidden(int n)
{
	return n ? hidden(n - 1) + 1 : 0;
}

/* One place, two names. */
int twin(int n) __attribute__((alias("_twin")));
KEEP int _twin(int n)
{
	return 2 * n;
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1, i;

	for (i = 0; i < n; i++) {
		printf("add3 %d %d %d -> %d\n", -i, 10 * i, 5, add3(-i, 10 * i, 5));
		printf("many %d %d %d %d %d %d -> %ld\n", i, i + 1, i + 2, i + 3, i + 4, i + 5,
		       many(i, i + 1, i + 2, i + 3, i + 4, i + 5, i + 6));
		printf("name_of %d %s -> %s\n", items[i & 1].id, items[i & 1].name, name_of(&items[i & 1]));
		printf("hidden %d\n", hidden(3));
		printf("twin %d -> %d\n", i, twin(i));
	}
	return 0;
}
