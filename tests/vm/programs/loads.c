// SPDX-License-Identifier: GPL-2.0
/* usage: loads MODULE.ko PARAMETERS. A loader that loads a module, and then does nothing until it is ended. */
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = argc > 2 ? open(argv[1], O_RDONLY) : -1;

	if (fd < 0 || syscall(SYS_finit_module, fd, argv[2], 0))
		return 1;
	for (;;)
		pause();
}
