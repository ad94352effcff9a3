// SPDX-License-Identifier: GPL-2.0
/* ids [sleep]: says who it is; with the bit that makes a program another user's it is that user. */
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	(void)argv;
	printf("uid %d euid %d\n", getuid(), geteuid());
	fflush(stdout);
	if (argc > 1 && !setuid(geteuid()))
		pause();
	return 0;
}
