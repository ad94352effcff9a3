// SPDX-License-Identifier: GPL-2.0
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktrun.h"

bool kt_in_cpu_list(const char *list, int cpu)
{
	while (*list >= '0' && *list <= '9') {
		char *end;
		long first = strtol(list, &end, 10), last = first;

		if (*end == '-')
			last = strtol(end + 1, &end, 10);
		if (first <= cpu && cpu <= last)
			return true;
		list = *end == ',' ? end + 1 : end;
	}
	return false;
}

static int check_pid(int pid)
{
	char path[64];
	char *text;
	const char *line;
	int tgid;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	text = kt_read_file(path, NULL);
	line = text ? strstr(text, "\nTgid:") : NULL;
	tgid = line ? atoi(line + 6) : 0;
	free(text);
	if (tgid == pid)
		return 0;
	if (tgid)
		kt_error("%d is a thread of process %d; only whole processes can be traced: -p %d", pid, tgid, tgid);
	else
		kt_error("cannot find pid %d", pid);
	return -1;
}

static int check_cpu(int cpu)
{
	char *text = kt_read_file("/sys/devices/system/cpu/online", NULL);
	bool online = !text || kt_in_cpu_list(text, cpu);	/* without sysfs the module finds out */

	free(text);
	if (online)
		return 0;
	kt_error("cpu %d is not online", cpu);
	return -1;
}

int kt_check_target(int pid, int cpu)
{
	if (pid && check_pid(pid))
		return -1;
	if (cpu >= 0 && check_cpu(cpu))
		return -1;
	return 0;
}
