// SPDX-License-Identifier: GPL-2.0
#include "needed.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel_log.h"
#include "ktrun.h"
#include "load_errors.h"

bool kt_is_loaded(const char *name)
{
	char path[32 + KT_NAME_MAX];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return !access(path, F_OK);
}

/* 1: loaded; 0: there is no such file; -1 after a message. Somebody else may load it at the same time. */
static int load_beside(const char *name, const char *module_path)
{
	const char *slash = strrchr(module_path, '/');
	int n = slash ? (int)(slash - module_path + 1) : 0, fd, log, error;
	char path[PATH_MAX], said[512];
	long rc;

	snprintf(path, sizeof(path), "%.*s%s.ko", n, module_path, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	log = kt_kernel_log_begin();
	rc = syscall(SYS_finit_module, fd, "", 0);
	error = errno;
	kt_kernel_log_end(log, name, said, sizeof(said));
	if (rc && error != EEXIST)
		kt_explain_load_error(path, fd, error, said);
	close(fd);
	return rc && error != EEXIST ? -1 : 1;
}

/* modprobe tells itself why it fails; that it does not find the module, we tell better. */
static bool modprobe(const char *name)
{
	char *words[] = { "modprobe", "-q", (char *)name, NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status = -1;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (posix_spawnp(&pid, words[0], &actions, NULL, words, environ))
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return !status;
}

static int load(struct kt_needed *needed, const char *name, const char *module_path)
{
	int rc;

	if (kt_is_loaded(name))
		return 0;
	rc = load_beside(name, module_path);
	if (!rc && !modprobe(name)) {
		kt_error("%s needs the module %s, which is neither in its folder nor found by modprobe; kt2ko tapset makes it",
			 module_path, name);
		return -1;
	}
	if (rc < 0)
		return -1;
	strcpy(needed->ours[needed->n_ours++], name);
	return 0;
}

int kt_needed_load(struct kt_needed *needed, const char *needs, const char *module_path)
{
	char name[KT_NAME_MAX];

	needed->n_ours = 0;
	while (*needs) {
		size_t n = strcspn(needs, ",");

		snprintf(name, sizeof(name), "%.*s", (int)n, needs);
		needs += n + (needs[n] == ',');
		if (n && needed->n_ours == KT_NEEDED_MAX) {
			kt_error("%s needs too many modules", module_path);
			goto failed;
		}
		if (n && load(needed, name, module_path))
			goto failed;
	}
	return 0;
failed:
	kt_needed_unload(needed);
	return -1;
}

/* The last one first: none of ours may need it. */
void kt_needed_unload(struct kt_needed *needed)
{
	while (needed->n_ours)
		syscall(SYS_delete_module, needed->ours[--needed->n_ours], O_NONBLOCK);
}
