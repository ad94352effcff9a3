// SPDX-License-Identifier: GPL-2.0
/* Separate debug information: by build id, then by the name that the file's .gnu_debuglink gives. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "elf_internal.h"

const char *ke_debug_root = "/usr/lib/debug";

static int open_file(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/* Debug files that are not what they are named after are worse than none. */
static bool same_id(struct ke_elf *debug, const struct ktr_file_id *id)
{
	struct ktr_file_id other;

	return !ke_file_id(debug, &other) && other.n_bytes == id->n_bytes &&
	       !memcmp(other.bytes, id->bytes, id->n_bytes);
}

static int open_by_id(const struct ktr_file_id *id, struct ke_elf *debug)
{
	char path[KTR_USER_PATH_MAX];
	int n;

	if (id->n_bytes < 2)
		return -1;
	n = snprintf(path, sizeof(path), "%s/.build-id/%02x/", ke_debug_root, id->bytes[0]);
	for (unsigned int i = 1; i < id->n_bytes && n < (int)sizeof(path); i++)
		n += snprintf(path + n, sizeof(path) - (size_t)n, "%02x", id->bytes[i]);
	if (n >= (int)sizeof(path) - (int)sizeof(".debug"))
		return -1;
	strcat(path, ".debug");
	if (ke_elf_open(debug, open_file(path)))
		return -1;
	if (same_id(debug, id))
		return 0;
	ke_elf_close(debug);
	return -1;
}

static bool crc_is(int fd, unsigned int wanted)
{
	unsigned char buf[16384];
	uLong crc = crc32(0, NULL, 0);
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, buf, sizeof(buf), at)) > 0) {
		crc = crc32(crc, buf, (uInt)n);
		at += n;
	}
	return !n && (unsigned int)crc == wanted;
}

static int open_linked(const char *path, unsigned int crc, struct ke_elf *debug)
{
	int fd = open_file(path);

	if (fd < 0)
		return -1;
	if (crc_is(fd, crc))
		return ke_elf_open(debug, fd);
	close(fd);
	return -1;
}

/* NAME, its NUL, zeros up to a multiple of 4, then the CRC of the debug file. */
static int open_by_link(struct ke_elf *e, const char *path, struct ke_elf *debug)
{
	static const char *const forms[] = { "%.*s/%s", "%.*s/.debug/%s" };
	char name[KTR_USER_PATH_MAX], real[PATH_MAX];
	const char *slash;
	GElf_Shdr header;
	Elf_Scn *scn = ke_section(e, ".gnu_debuglink", &header);
	Elf_Data *data = scn ? elf_rawdata(scn, NULL) : NULL;
	unsigned int crc;
	size_t len;
	int dir;

	if (!data || !data->d_buf || data->d_size < 8)
		return -1;
	len = strnlen(data->d_buf, data->d_size);
	if (!len || ((len + 4) & ~(size_t)3) + 4 > data->d_size || memchr(data->d_buf, '/', len))
		return -1;
	if (!realpath(path, real))
		return -1;
	path = real;
	slash = strrchr(path, '/');
	dir = slash ? (int)(slash - path) : 0;
	memcpy(&crc, (const char *)data->d_buf + ((len + 4) & ~(size_t)3), sizeof(crc));
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		snprintf(name, sizeof(name), forms[i], dir, path, (const char *)data->d_buf);
		if (strcmp(name, path) && !open_linked(name, crc, debug))
			return 0;
	}
	snprintf(name, sizeof(name), "%s%.*s/%s", ke_debug_root, dir, path, (const char *)data->d_buf);
	return open_linked(name, crc, debug);
}

int ke_debug_open(struct ke_elf *e, const char *path, const struct ktr_file_id *id, struct ke_elf *debug)
{
	return open_by_id(id, debug) ? open_by_link(e, path, debug) : 0;
}
