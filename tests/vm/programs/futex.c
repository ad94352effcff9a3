// SPDX-License-Identifier: GPL-2.0
// Prints its process id, then calls futex(2) as often as its argument says.
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static unsigned int word;
	int n = argc > 1 ? atoi(argv[1]) : 1;

	printf("%d\n", (int)getpid());
	fflush(stdout);
	while (n--)
		syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0);
	return 0;
}
