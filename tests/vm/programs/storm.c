// SPDX-License-Identifier: GPL-2.0
/*
 * usage: storm NAME N
 * Under the task name NAME makes N times four system calls that no other program in the guest makes, and says nothing.
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
		syscall(SYS_sched_get_priority_max, i % 8);
		syscall(SYS_sched_get_priority_min, 0);
		syscall(SYS_getpriority, i % 8, 0);
		syscall(SYS_setns, -1, 0);
	}
	return 0;
}
