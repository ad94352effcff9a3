// SPDX-License-Identifier: GPL-2.0
/* Spends its time in inner(), called by outer(); yields now and then. usage: spins MILLISECONDS */
#include <sched.h>
#include <stdlib.h>
#include <time.h>

#define KEEP __attribute__((noinline, noclone, used))

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

KEEP int inner(int n)
{
	volatile int sum = 0;

	for (int i = 0; i < 20000; i++)
		sum += i * n;
	return sum;
}

/* Two calls, so that neither is the function's end. */
KEEP int outer(int n)
{
	int a = inner(n);

	sched_yield();
	return a + inner(n + 1);
}

int main(int argc, char **argv)
{
	long long end = now() + (argc > 1 ? atoi(argv[1]) : 100);
	int sum = 0;

	while (now() < end)
		sum += outer(sum);
	return sum == 1;
}
