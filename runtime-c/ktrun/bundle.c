// SPDX-License-Identifier: GPL-2.0
#include "bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <sha2.h>

#include "bundle_advice.h"
#include "bundle_file.h"
#include "bundle_manifest.h"
#include "ktrun.h"

static const char manifest_name[] = "manifest.json";

/* The manifest; *text, when not NULL, gets its text, which the caller frees. 0, or -1 after a message. */
static int read_manifest(const char *path, struct kt_bundle_manifest *m, char **text)
{
	size_t n = 0;
	char *bytes = kt_bundle_read(path, manifest_name, KT_BUNDLE_MAX_MANIFEST, &n);
	int err;

	if (!bytes)
		return -1;
	err = kt_bundle_manifest_parse(m, path, bytes, n);
	if (text && !err)
		*text = bytes;
	else
		free(bytes);
	return err;
}

static bool has_hash(const char *bytes, size_t n, const char *sha256)
{
	char text[SHA256_DIGEST_STRING_LENGTH];

	return SHA256Data((const uint8_t *)bytes, n, text) && !strcmp(text, sha256);
}

/* The module's bytes, which are what the manifest says; NULL after a message. */
static char *read_module(const char *path, const struct kt_bundle_module *m)
{
	size_t n = 0;
	char *bytes = kt_bundle_read(path, m->file, KT_BUNDLE_MAX_MEMBER, &n);

	if (bytes && (n != m->size || !has_hash(bytes, n, m->sha256))) {
		kt_error("%s is damaged: %s is not what the manifest says; copy or make it again", path, m->file);
		free(bytes);
		return NULL;
	}
	return bytes;
}

static bool write_all(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t some = write(fd, bytes, n);

		if (some < 0 && errno == EINTR)
			continue;
		if (some <= 0)
			return false;
		bytes += some;
		n -= (size_t)some;
	}
	return true;
}

/* A file without a folder; -1 after a message. */
static int file_of(const char *name, const char *bytes, size_t n)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 && write_all(fd, bytes, n) &&
	    !fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) && !lseek(fd, 0, SEEK_SET))
		return fd;
	kt_error("no place for %s in memory: %s", name, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int kt_bundle_open_module(const char *path, const char *name)
{
	const struct kt_bundle_module *module;
	struct kt_bundle_manifest m;
	struct utsname uts;
	char *bytes = NULL;
	int fd = -1;

	if (read_manifest(path, &m, NULL))
		return -1;
	uname(&uts);
	module = kt_bundle_find(&m, name, uts.release, uts.machine);
	if (module)
		bytes = read_module(path, module);
	else
		kt_bundle_tell_missing(&m, path, name, uts.release, uts.machine);
	if (bytes)
		fd = file_of(name, bytes, module->size);
	free(bytes);
	kt_bundle_manifest_free(&m);
	return fd;
}

int kt_bundle_list(const char *path, bool json)
{
	struct kt_bundle_manifest m;
	struct utsname uts;
	char *text = NULL;
	int failed;

	if (read_manifest(path, &m, &text))
		return KT_EXIT_REFUSED;
	uname(&uts);
	if (json)
		fputs(text, stdout);
	else
		kt_bundle_print(&m, uts.release, uts.machine, stdout);
	free(text);
	kt_bundle_manifest_free(&m);
	failed = fflush(stdout);
	if (failed)
		kt_error("cannot write: %s", strerror(errno));
	return failed ? KT_EXIT_REFUSED : KT_EXIT_DONE;
}
