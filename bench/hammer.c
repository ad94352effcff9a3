// SPDX-License-Identifier: GPL-2.0
/*
 * hammer.c - the workloads: loops that make one event per round, with the time around them.
 *
 * usage: hammer LOOP          prints the guest instructions per round, times 100 (the first quartile of many short batches)
 *        hammer drain FILE    reads FILE for ever: the reader of a hand-written module's output
 *
 * The time stamp counter of a guest that counts instructions is that count. Batches are shorter than the time between two
 * timer ticks, so that many see none. A tick takes thousands of instructions: the median would be with or without one
 * wherever about half of the batches see one, the first quartile is without.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <x86intrin.h>

#define BATCHES 41
#define ROUNDS 1000
#define ROUNDS_WITH_READER 100	/* output of a batch fits into the buffers */

static int zero_fd;

/* What a probe on a user function counts. It begins with a push, as most functions do, whatever the compiler thinks. */
__attribute__((naked, noinline)) void hammer_target(void)
{
	__asm__ volatile("push %rbp\n\tpop %rbp\n\tret");
}

static void getppid_loop(int n)
{
	for (int i = 0; i < n; i++)
		syscall(SYS_getppid);
}

static void lseek_loop(int n)
{
	for (int i = 0; i < n; i++)
		syscall(SYS_lseek, zero_fd, 4242, SEEK_SET);
}

static void read_loop(int n)
{
	char byte;

	for (int i = 0; i < n; i++)
		syscall(SYS_read, zero_fd, &byte, 1);
}

/* Each yield goes to the other process and back: two switches, of which each process makes one. */
static void yield_loop(int n)
{
	for (int i = 0; i < n / 2; i++)
		syscall(SYS_sched_yield);
}

static void function_loop(int n)
{
	for (int i = 0; i < n; i++)
		hammer_target();
}

static const struct loop {
	const char *name;
	void (*run)(int n);
	int rounds;
	int pause_us;		/* between batches, for a reader */
} loops[] = {
	{ "getppid", getppid_loop, ROUNDS, 0 },
	{ "getppid-read", getppid_loop, ROUNDS_WITH_READER, 100000 },
	{ "lseek", lseek_loop, ROUNDS, 0 },
	{ "read", read_loop, ROUNDS, 0 },
	{ "yield", yield_loop, ROUNDS, 0 },
	{ "function", function_loop, ROUNDS, 0 },
};

static int by_size(const void *a, const void *b)
{
	unsigned long long x = *(const unsigned long long *)a, y = *(const unsigned long long *)b;

	return x < y ? -1 : x > y;
}

static unsigned long long measure(const struct loop *l)
{
	unsigned long long t[BATCHES];

	for (int i = 0; i < BATCHES; i++) {
		if (l->pause_us)
			usleep(l->pause_us);
		t[i] = __rdtsc();
		l->run(l->rounds);
		t[i] = __rdtsc() - t[i];
	}
	qsort(t, BATCHES, sizeof(t[0]), by_size);
	return t[BATCHES / 4] * 100 / l->rounds;
}

static void start_partner(void)
{
	pid_t parent = getpid();

	if (fork())
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == parent)
		sched_yield();
	_exit(0);
}

static int drain(const char *path)
{
	static char buf[65536];
	int fd = open(path, O_RDONLY);

	if (fd < 0) {
		perror(path);
		return 1;
	}
	for (;;)
		if (read(fd, buf, sizeof(buf)) <= 0)
			usleep(10000);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "drain"))
		return drain(argv[2]);
	zero_fd = open("/dev/zero", O_RDONLY);
	for (size_t i = 0; argc == 2 && i < sizeof(loops) / sizeof(loops[0]); i++) {
		if (strcmp(argv[1], loops[i].name))
			continue;
		if (!strcmp(argv[1], "yield"))
			start_partner();
		printf("%llu\n", measure(&loops[i]));
		return 0;
	}
	fputs("usage: hammer LOOP | hammer drain FILE\n", stderr);
	return 2;
}
