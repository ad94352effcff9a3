// SPDX-License-Identifier: GPL-2.0
/*
 * usage: faults N load FILE [PARAMETERS]   loads a module
 *        faults N unload NAME              unloads it
 *        faults N read FILE                reads all that is there now
 *        faults N write FILE TEXT
 *        faults N run PROGRAM [WORD...]    becomes this program
 *        faults N thread NAME              not this process: the thread of the script NAME, from now on
 *        faults left NAME                  what is left of that N
 *
 * Does it while the N-th allocation of kernel memory fails (0: none), and prints what became of it: "good" or "failed ERRNO", and
 * "reached" or "beyond": whether there were so many allocations. The status is 0 when that could be said.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static char buf[65536];

static int die(const char *what)
{
	fprintf(stderr, "faults: %s: %s\n", what, strerror(errno));
	return 1;
}

static void put(int fd, const char *n)
{
	if (pwrite(fd, n, strlen(n), 0) < 0)
		exit(die("fail-nth"));
}

static long get(int fd)
{
	char text[32];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n < 0)
		exit(die("fail-nth"));
	text[n] = '\0';
	return atol(text);
}

static int load(const char *file, const char *params)
{
	int fd = open(file, O_RDONLY);

	return fd < 0 ? -1 : (int)syscall(SYS_finit_module, fd, params, 0);
}

static int read_all(const char *file)
{
	int fd = open(file, O_RDONLY | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return -1;
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		;
	n = n < 0 && errno != EAGAIN ? -1 : 0;
	close(fd);
	return (int)n;
}

static int write_text(const char *file, const char *text)
{
	int fd = open(file, O_RDWR);
	int rc;

	if (fd < 0)
		return -1;
	rc = write(fd, text, strlen(text)) < 0 ? -1 : 0;
	close(fd);
	return rc;
}

/* fail-nth of the script's thread. */
static int of_thread(const char *name)
{
	DIR *dir = opendir("/proc");
	struct dirent *d;
	char path[300], wanted[64];
	ssize_t n;
	int fd;

	snprintf(wanted, sizeof(wanted), "kt2ko/%s\n", name);
	while (dir && (d = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/%s/comm", d->d_name);
		fd = d->d_name[0] >= '1' && d->d_name[0] <= '9' ? open(path, O_RDONLY) : -1;
		n = fd < 0 ? 0 : read(fd, buf, sizeof(buf) - 1);
		if (fd >= 0)
			close(fd);
		buf[n > 0 ? n : 0] = '\0';
		if (strcmp(buf, wanted))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/fail-nth", d->d_name);
		return open(path, O_RDWR);
	}
	errno = ESRCH;
	return -1;
}

static int act(char **words)
{
	if (!strcmp(words[0], "load"))
		return load(words[1], words[2] ? words[2] : "");
	if (!strcmp(words[0], "unload"))
		return (int)syscall(SYS_delete_module, words[1], O_NONBLOCK);
	if (!strcmp(words[0], "read"))
		return read_all(words[1]);
	if (!strcmp(words[0], "write") && words[2])
		return write_text(words[1], words[2]);
	if (!strcmp(words[0], "run"))
		return execv(words[1], words + 1);
	errno = EINVAL;
	return -1;
}

int main(int argc, char **argv)
{
	int fd, rc, err;

	if (argc < 3)
		return 2;
	if (!strcmp(argv[1], "left") || (argc > 3 && !strcmp(argv[2], "thread"))) {
		fd = of_thread(argv[argc - 1]);
		if (fd < 0)
			return die(argv[argc - 1]);
		if (argc > 3)
			put(fd, argv[1]);
		else
			printf("%ld\n", get(fd));
		return 0;
	}
	fd = open("/proc/self/fail-nth", O_RDWR);
	if (fd < 0 || argc < 4)
		return die("fail-nth");
	put(fd, argv[1]);
	rc = act(argv + 2);
	err = errno;
	if (!get(fd)) {
		printf(rc ? "failed %s reached\n" : "good reached\n", strerror(err));
		return 0;
	}
	put(fd, "0");
	printf(rc ? "failed %s beyond\n" : "good beyond\n", strerror(err));
	return 0;
}
