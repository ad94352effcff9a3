// SPDX-License-Identifier: GPL-2.0
#include "bundle_file.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bundle_manifest.h"
#include "ktrun.h"

#define BLOCK 65536
/* Passing over members takes time, too: a small file can claim to unpack to more than anybody waits for. */
#define MAX_MEMBERS 100000
#define MAX_BYTES (16ull << 30)

bool kt_is_bundle(const char *path)
{
	unsigned char head[2] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool is = fd >= 0 && read(fd, head, sizeof(head)) == sizeof(head) && head[0] == 0x1f && head[1] == 0x8b;

	if (fd >= 0)
		close(fd);
	return is;
}

static void damaged(struct archive *a, const char *path)
{
	const char *why = archive_error_string(a);

	kt_error("%s is damaged: %s; copy or make it again", path, why ? why : "it cannot be unpacked");
}

/* A member that may be in a bundle: a file of its own, with a name that leads nowhere else, of a size that we take. */
static bool is_sound(struct archive_entry *e, const char *path)
{
	const char *name = archive_entry_pathname(e);

	if (!name || !kt_bundle_is_safe_name(name)) {
		kt_error("%s is not a sound bundle: a member's name leads out of it", path);
		return false;
	}
	if (archive_entry_filetype(e) != AE_IFREG || archive_entry_hardlink(e)) {
		kt_error("%s is not a sound bundle: %s is not a file", path, name);
		return false;
	}
	if (!archive_entry_size_is_set(e) || archive_entry_size(e) < 0 || archive_entry_size(e) > (la_int64_t)KT_BUNDLE_MAX_MEMBER) {
		kt_error("%s is not a sound bundle: %s is larger than %u MiB", path, name, KT_BUNDLE_MAX_MEMBER >> 20);
		return false;
	}
	return true;
}

static char *read_member(struct archive *a, struct archive_entry *e, const char *path, size_t max, size_t *n)
{
	size_t size = (size_t)archive_entry_size(e), got = 0;
	char *bytes;

	if (size > max) {
		kt_error("%s is not a sound bundle: %s is larger than it may be", path, archive_entry_pathname(e));
		return NULL;
	}
	bytes = malloc(size + 1);
	if (!bytes) {
		kt_error("out of memory");
		return NULL;
	}
	while (got < size) {
		la_ssize_t some = archive_read_data(a, bytes + got, size - got);

		if (some <= 0) {
			damaged(a, path);
			free(bytes);
			return NULL;
		}
		got += (size_t)some;
	}
	bytes[size] = '\0';
	*n = size;
	return bytes;
}

/* Members one after the other, until the wanted one. */
static char *find_member(struct archive *a, const char *path, const char *member, size_t max, size_t *n)
{
	unsigned long long passed = 0;

	for (int i = 0; i < MAX_MEMBERS && passed < MAX_BYTES; i++) {
		struct archive_entry *e;
		int rc = archive_read_next_header(a, &e);

		if (rc == ARCHIVE_EOF) {
			kt_error("%s has no %s: it is no bundle of kt2ko, or damaged", path, member);
			return NULL;
		}
		if (rc != ARCHIVE_OK) {
			damaged(a, path);
			return NULL;
		}
		if (!is_sound(e, path))
			return NULL;
		if (!strcmp(archive_entry_pathname(e), member))
			return read_member(a, e, path, max, n);
		passed += (unsigned long long)archive_entry_size(e);
	}
	kt_error("%s is not a sound bundle: it unpacks to more than a bundle has", path);
	return NULL;
}

static void cannot_open(struct archive *a, const char *path)
{
	if (archive_errno(a) == EILSEQ)	/* what libarchive says about formats */
		kt_error("%s is no bundle of kt2ko, or damaged: there is no tar file in it", path);
	else
		kt_error("cannot read %s: %s", path, archive_error_string(a));
}

char *kt_bundle_read(const char *path, const char *member, size_t max, size_t *n)
{
	struct archive *a = archive_read_new();
	char *bytes = NULL;

	if (!a || archive_read_support_format_tar(a) != ARCHIVE_OK || archive_read_support_filter_gzip(a) != ARCHIVE_OK)
		kt_error("out of memory");
	else if (archive_read_open_filename(a, path, BLOCK) != ARCHIVE_OK)
		cannot_open(a, path);
	else
		bytes = find_member(a, path, member, max, n);
	archive_read_free(a);
	return bytes;
}
