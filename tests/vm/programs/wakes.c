/*
 * wakes SECONDS: sleeps ten milliseconds again and again; the last line tells how often it woke and by how many
 * milliseconds it was late at most.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SLEEP_NS 10000000ll

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

int main(int argc, char **argv)
{
	const struct timespec nap = { .tv_nsec = SLEEP_NS };
	long long before = now_ns(), end = before + atoll(argv[argc - 1]) * 1000000000ll, worst = 0;
	unsigned int times = 0;

	while (before < end) {
		long long after, late;

		nanosleep(&nap, NULL);
		after = now_ns();
		late = after - before - SLEEP_NS;
		if (late > worst)
			worst = late;
		before = after;
		times++;
	}
	printf("%u %lld\n", times, worst / 1000000);
	return 0;
}
