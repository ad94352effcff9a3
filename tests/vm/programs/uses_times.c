// SPDX-License-Identifier: GPL-2.0
/* Calls a shared library. usage: uses_times N */
#include <stdio.h>
#include <stdlib.h>

int times(int a, int b);

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1, i;

	for (i = 1; i <= n; i++)
		printf("times %d %d -> %d\n", i, -3, times(i, -3));
	return 0;
}
