// SPDX-License-Identifier: GPL-2.0
/* Calls getppid(). usage: loop N */
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int i;

	for (i = argc > 1 ? atoi(argv[1]) : 1; i > 0; i--)
		syscall(SYS_getppid);
	return 0;
}
