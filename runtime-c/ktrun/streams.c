// SPDX-License-Identifier: GPL-2.0
#include "streams.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktrun.h"
#include "privileges.h"

static bool parse_cpu(const char *name, unsigned int *cpu)
{
	char *end;

	if (strncmp(name, "cpu", 3) || name[3] < '0' || name[3] > '9')
		return false;
	*cpu = (unsigned int)strtoul(name + 3, &end, 10);
	return !*end;
}

static bool is_open(const struct kt_streams *s, unsigned int cpu)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->list[i].cpu == cpu)
			return true;
	return false;
}

static int add_stream(struct kt_streams *s, const char *dir, const char *name, unsigned int cpu)
{
	struct kt_stream *list = realloc(s->list, (s->n + 1) * sizeof(*list));
	char path[512];
	int fd;

	if (!list) {
		kt_error("out of memory");
		return -1;
	}
	s->list = list;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		if (errno == EBUSY)
			kt_error("somebody else reads %s", path);
		else
			kt_error("cannot open %s: %s", path, strerror(errno));
		return -1;
	}
	kt_stream_init(&list[s->n++], fd, cpu);
	return 0;
}

int kt_streams_open(struct kt_streams *s, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	int err = 0;

	if (!d) {
		kt_error("cannot open %s: %s", dir, strerror(errno));
		return -1;
	}
	kt_privileges_begin_reading();
	while (!err && (entry = readdir(d))) {
		unsigned int cpu;

		if (parse_cpu(entry->d_name, &cpu) && !is_open(s, cpu))
			err = add_stream(s, dir, entry->d_name, cpu);
	}
	kt_privileges_end_reading();
	closedir(d);
	return err;
}

void kt_streams_close(struct kt_streams *s)
{
	for (size_t i = 0; i < s->n; i++)
		kt_stream_free(&s->list[i]);
	free(s->list);
	s->list = NULL;
	s->n = 0;
}

long kt_streams_fill(struct kt_streams *s, unsigned long long until)
{
	long total = 0;

	for (size_t i = 0; i < s->n; i++) {
		long n = kt_stream_fill(&s->list[i], until);

		if (n == -EIO)	/* unloaded by somebody else */
			continue;
		if (n < 0) {
			kt_error("cannot read the output of cpu %u: %s", s->list[i].cpu,
				 n == -EBADMSG ? "it is damaged" : strerror((int)-n));
			return -1;
		}
		total += n;
	}
	return total;
}
