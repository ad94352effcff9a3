// SPDX-License-Identifier: GPL-2.0
/*
 * registers N - N rounds of system calls, a page fault, a signal and a new process, with a value of its own in every register that
 * these must leave alone. Exit status 1, and which register, when one has changed; 0: none has.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { N_KEPT = 12, PAGE = 4096 };
static const char *const names[N_KEPT] = { "rbx", "rbp", "r12", "r13", "r14", "r15", "r8", "r9", "rdi", "rsi", "rdx", "r10" };

/*
 * Calls the system, or where nr is negative reads the byte at args[0], with args[0..3] in rdi, rsi, rdx and r10, and patterns in the
 * other registers; what all of them hold then is in after[], in the order of names[].
 */
long with_registers(long nr, const long args[4], unsigned long after[N_KEPT]);
#define PATTERN(n) (0x0123456789abcd00ul + (n))

asm(".text\n"
    "with_registers:\n"
    "	push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15; push %rdx\n"
    "	mov %rdi, %rax\n"
    "	mov 24(%rsi), %r10\n"
    "	mov 16(%rsi), %rdx\n"
    "	mov (%rsi), %rdi\n"
    "	mov 8(%rsi), %rsi\n"
    "	movabs $0x0123456789abcd00, %rbx\n"
    "	lea 1(%rbx), %rbp; lea 2(%rbx), %r12; lea 3(%rbx), %r13; lea 4(%rbx), %r14; lea 5(%rbx), %r15\n"
    "	lea 6(%rbx), %r8; lea 7(%rbx), %r9\n"
    "	test %rax, %rax\n"
    "	js 1f\n"
    "	syscall\n"
    "	jmp 2f\n"
    "1:	movzbl (%rdi), %eax\n"
    "2:	pop %rcx\n"
    "	mov %rbx, (%rcx); mov %rbp, 8(%rcx); mov %r12, 16(%rcx); mov %r13, 24(%rcx); mov %r14, 32(%rcx); mov %r15, 40(%rcx)\n"
    "	mov %r8, 48(%rcx); mov %r9, 56(%rcx); mov %rdi, 64(%rcx); mov %rsi, 72(%rcx); mov %rdx, 80(%rcx); mov %r10, 88(%rcx)\n"
    "	pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
    "	ret\n");

static void check(const char *what, const long args[4], const unsigned long after[N_KEPT])
{
	for (int i = 0; i < N_KEPT; i++) {
		unsigned long before = i < 8 ? PATTERN(i) : (unsigned long)args[i - 8];

		if (after[i] != before) {
			printf("%s changed %s from %#lx to %#lx\n", what, names[i], before, after[i]);
			exit(1);
		}
	}
}

static long checked(const char *what, long nr, long a, long b, long c)
{
	const long args[4] = { a, b, c, 0 };
	unsigned long after[N_KEPT];
	long rc = with_registers(nr, args, after);

	check(what, args, after);
	return rc;
}

static void on_signal(int number)
{
	(void)number;
}

static void one_round(void)
{
	struct timespec nap = { 0, 1000 };
	char *fresh = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int ends[2], status = 0;
	long child;
	char byte = 'x';

	if (fresh == MAP_FAILED || pipe(ends))
		exit(2);
	checked("a page fault", -1, (long)fresh, 0, 0);
	checked("getppid", SYS_getppid, 1, 2, 3);
	checked("an unknown call", 100000, 1, 2, 3);
	checked("nanosleep", SYS_nanosleep, (long)&nap, 0, 0);
	checked("kill", SYS_kill, getpid(), SIGUSR1, 0);
	child = checked("fork", SYS_fork, 1, 2, 3);
	if (!child) {
		checked("write", SYS_write, ends[1], (long)&byte, 1);
		_exit(0);
	}
	if (child < 0 && child != -EAGAIN)
		exit(2);
	if (child > 0) {
		checked("read", SYS_read, ends[0], (long)&byte, 1);
		checked("wait4", SYS_wait4, child, (long)&status, 0);
	}
	munmap(fresh, PAGE);
	close(ends[0]);
	close(ends[1]);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		exit(1);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 1;

	setvbuf(stdout, NULL, _IONBF, 0);
	signal(SIGUSR1, on_signal);
	while (rounds-- > 0)
		one_round();
	return 0;
}
