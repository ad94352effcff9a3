// SPDX-License-Identifier: GPL-2.0
#include "ktrun.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

void kt_error(const char *format, ...)
{
	va_list args;

	fputs("ktrun: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

unsigned long long kt_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long long)t.tv_sec * KT_NS_PER_S + (unsigned long long)t.tv_nsec;
}

/* Reads to the end of fd; files of /proc tell no size, so the buffer grows. */
static char *read_to_end(int fd, size_t *len)
{
	size_t size = 4096, n = 0;
	char *text = malloc(size);

	while (text) {
		ssize_t got = read(fd, text + n, size - n - 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		if (got == 0) {
			text[n] = '\0';
			if (len)
				*len = n;
			return text;
		}
		n += (size_t)got;
		if (size - n < 1024) {
			char *bigger = realloc(text, size * 2);

			if (!bigger)
				break;
			text = bigger;
			size *= 2;
		}
	}
	free(text);
	return NULL;
}

char *kt_read_file(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text;
	int saved;

	if (fd < 0)
		return NULL;
	text = read_to_end(fd, len);
	saved = errno;
	close(fd);
	errno = saved;
	return text;
}
