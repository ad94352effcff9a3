// SPDX-License-Identifier: GPL-2.0
#include "kernel_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RECORD_MAX 8192
#define MANY 10000	/* a log that grows as fast as it is read has to end, too */

int kt_kernel_log_begin(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

const char *kt_kernel_log_text(char *record, const char *module)
{
	char *text = strchr(record, ';');
	size_t n = strlen(module);

	if (!text)
		return NULL;
	text++;
	text[strcspn(text, "\n")] = '\0';
	if (strncmp(text, module, n) || strncmp(text + n, ": ", 2))
		return NULL;
	/* the kernel says that of the first module that it did not come with, whatever becomes of it */
	return strstr(text + n, "taint") ? NULL : text + n + 2;
}

void kt_kernel_log_end(int fd, const char *module, char *line, size_t size)
{
	char record[RECORD_MAX];

	*line = '\0';
	if (fd < 0)
		return;
	for (int i = 0; i < MANY && !*line; i++) {
		ssize_t n = read(fd, record, sizeof(record) - 1);
		const char *text;

		if (n < 0 && (errno == EINTR || errno == EPIPE))	/* EPIPE: what came next was overwritten */
			continue;
		if (n <= 0)
			break;
		record[n] = '\0';
		text = kt_kernel_log_text(record, module);
		if (text)
			snprintf(line, size, "%s", text);
	}
	close(fd);
}
