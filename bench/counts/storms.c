// SPDX-License-Identifier: GPL-2.0
/*
 * storms.c - events on all CPUs at once, and what a script that counted them must say.
 *
 * usage: storms CPUS N      on each of CPUS CPUs N events that hit the same variable and element, N / 4 with random keys,
 *                           N / 8 that make and take away elements; prints the counts by key, as the script does
 *        storms same N      N events of the first kind on the current CPU
 *        storms quiet       tells the script that from now on it may clear nothing
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_CPUS 4
#define KEYS 4096
#define CHURN_KEYS 256		/* of each CPU */
#define QUIET 123456789

/* What must have been counted, by all processes. */
struct expected {
	uint32_t random[MAX_CPUS][KEYS];
	uint32_t churn[MAX_CPUS][CHURN_KEYS];
};

static uint32_t next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void same(long n)
{
	while (n--)
		syscall(SYS_getppid);
}

static void any_key(struct expected *e, int cpu, uint32_t *state)
{
	uint32_t key = next(state) % KEYS;

	syscall(SYS_lseek, -1, (long)key, 100 + (long)(key % 5));
	e->random[cpu][key]++;
}

static void come_and_go(struct expected *e, int cpu, uint32_t *state)
{
	uint32_t i = next(state) % CHURN_KEYS, goes = next(state) % 7 == 0;

	syscall(SYS_sync_file_range, -1, (long)(cpu * CHURN_KEYS + i), 0L, (long)goes);
	e->churn[cpu][i] = goes ? 0 : e->churn[cpu][i] + 1;
}

static void storm(struct expected *e, int cpu, long n)
{
	uint32_t state = 12345u + (uint32_t)cpu;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		exit(1);
	for (long i = 0; i < n; i += 8) {
		same(8);
		any_key(e, cpu, &state);
		any_key(e, cpu, &state);
		come_and_go(e, cpu, &state);
	}
}

static void print(const struct expected *e, int cpus)
{
	for (int key = 0; key < KEYS; key++) {
		uint32_t n = 0;

		for (int cpu = 0; cpu < cpus; cpu++)
			n += e->random[cpu][key];
		if (n)
			printf("random %d %u\n", key, n);
	}
	for (int cpu = 0; cpu < cpus; cpu++)
		for (int i = 0; i < CHURN_KEYS; i++)
			if (e->churn[cpu][i])
				printf("churn %d %u\n", cpu * CHURN_KEYS + i, e->churn[cpu][i]);
}

int main(int argc, char **argv)
{
	struct expected *e;
	int cpus, status, bad = 0;

	if (argc == 2 && !strcmp(argv[1], "quiet")) {
		syscall(SYS_getpgid, QUIET);
		return 0;
	}
	if (argc != 3)
		return 2;
	if (!strcmp(argv[1], "same")) {
		same(atol(argv[2]));
		return 0;
	}
	cpus = atoi(argv[1]);
	e = mmap(NULL, sizeof(*e), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (e == MAP_FAILED || cpus < 1 || cpus > MAX_CPUS)
		return 1;
	for (int cpu = 0; cpu < cpus; cpu++) {
		if (!fork()) {
			storm(e, cpu, atol(argv[2]));
			_exit(0);
		}
	}
	while (wait(&status) > 0)
		bad |= status;
	print(e, cpus);
	return bad ? 1 : 0;
}
