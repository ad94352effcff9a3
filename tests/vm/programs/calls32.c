// SPDX-License-Identifier: GPL-2.0
/* A 32-bit program without any library: calls minus(i, 10) for i from 0 to 4. */
__attribute__((noinline, noclone, used)) int minus(int a, int b)
{
	return a - b;
}

void _start(void);
void _start(void)
{
	int i, sum = 0;

	for (i = 0; i < 5; i++)
		sum += minus(i, 10);
	__asm__ volatile("int $0x80" : : "a"(1), "b"(sum + 40));
}
