// SPDX-License-Identifier: GPL-2.0
/*
 * usage: storm NAME N
 * Under the task name NAME makes N system calls lseek(-1, i % 8, 0) and N getppid(), and says nothing.
 */
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long n = argc > 2 ? atol(argv[2]) : 0, i;

	prctl(PR_SET_NAME, argc > 1 ? argv[1] : "");
	for (i = 0; i < n; i++) {
		lseek(-1, i % 8, SEEK_SET);
		syscall(SYS_getppid);
	}
	return 0;
}
