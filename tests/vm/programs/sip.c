// SPDX-License-Identifier: GPL-2.0
/*
 * usage: sip FILE BYTES MICROSECONDS
 * A slow reader: reads BYTES of FILE, waits, and so on up to its end, then says "lines N lost M": lines of output, and
 * records that were lost as the lines in between tell ("[N records lost]").
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned long lines, lost;
static char line[128];		/* the beginning of a line that is not complete yet */
static size_t used;

static void end_line(void)
{
	unsigned long n;
	char end;

	line[used < sizeof(line) ? used : sizeof(line) - 1] = 0;
	if (sscanf(line, "[%lu records lost%c", &n, &end) == 2 && end == ']')
		lost += n;
	else
		lines++;
	used = 0;
}

static void take(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n')
			end_line();
		else if (used++ < sizeof(line) - 1)
			line[used - 1] = p[i];
	}
}

int main(int argc, char **argv)
{
	size_t size = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
	char *piece = size ? malloc(size) : NULL;
	int fd = piece ? open(argv[1], O_RDONLY) : -1;
	ssize_t n;

	if (fd < 0)
		return 1;
	while ((n = read(fd, piece, size)) > 0) {
		take(piece, (size_t)n);
		usleep((useconds_t)strtoul(argv[3], NULL, 10));
	}
	printf("lines %lu lost %lu\n", lines, lost);
	return n ? 1 : 0;
}
