// SPDX-License-Identifier: GPL-2.0
/* A shared library. BUILD changes where its function lies. */
#if BUILD > 1
int padding(int a);
__attribute__((noinline)) int padding(int a)
{
	int i, sum = 0;

	for (i = 0; i < a; i++)
		sum = sum * 31 + i % (a + 3);
	return sum;
}
#endif

int times(int a, int b);
__attribute__((noinline)) int times(int a, int b)
{
	return a * b;
}
