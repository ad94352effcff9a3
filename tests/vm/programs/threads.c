// SPDX-License-Identifier: GPL-2.0
/*
 * threads N ROUNDS GO: N threads, the first being the process itself. When the file GO is there, each calls getppid() and
 * work() ROUNDS times; the first does so without a rest and is gone long before the others. Each says its number.
 *
 * threads exec GO: a thread other than the first turns the process into a shell, which starts a child that writes.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAP_US 3000

static int rounds;
static const char *go;

__attribute__((noinline, noclone, used)) int work(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n + 1;
}

static void wait_for_go(void)
{
	while (access(go, F_OK))
		usleep(NAP_US);
}

static void *run(void *nap)
{
	int i;

	printf("thread %d\n", gettid());
	fflush(stdout);
	wait_for_go();
	for (i = 0; i < rounds; i++) {
		getppid();
		work(i);
		if (nap)
			usleep(NAP_US);
	}
	return NULL;
}

static void *become_shell(void *unused)
{
	(void)unused;
	wait_for_go();
	execl("/bin/sh", "sh", "-c", "echo shell; (exec sh -c 'echo child $$; usleep 1'); true", NULL);
	return NULL;
}

int main(int argc, char **argv)
{
	int n = argc == 4 ? atoi(argv[1]) : 2, i;
	pthread_t thread;

	if (argc < 3)
		return 2;
	go = argv[argc - 1];
	rounds = atoi(argv[2]);
	for (i = 1; i < n; i++)
		if (pthread_create(&thread, NULL, strcmp(argv[1], "exec") ? run : become_shell, argv))
			return 1;
	if (argc == 3)
		pause();
	run(NULL);
	pthread_exit(NULL);	/* the others go on */
}
