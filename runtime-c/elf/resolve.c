// SPDX-License-Identifier: GPL-2.0
/* From what a script says to sites: finds the file, asks for the kind. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_internal.h"

#ifdef __aarch64__
#define OWN_MACHINE EM_AARCH64
#define OWN_TRIPLET "aarch64-linux-gnu"
#else
#define OWN_MACHINE EM_X86_64
#define OWN_TRIPLET "x86_64-linux-gnu"
#endif

/* ---- results --------------------------------------------------------------------------------------------------- */

struct ke_block {
	struct ke_block *next;
	max_align_t bytes[];
};

void *ke_alloc(struct ke_result *r, size_t bytes)
{
	struct ke_block *b = calloc(1, sizeof(*b) + bytes);

	if (!b)
		return NULL;
	b->next = r->blocks;
	r->blocks = b;
	return b->bytes;
}

char *ke_copy(struct ke_result *r, const char *s, size_t n)
{
	char *copy = ke_alloc(r, n + 1);

	return copy ? memcpy(copy, s, n) : NULL;
}

enum ke_status ke_failed(struct ke_result *r, enum ke_status status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->error, sizeof(r->error), format, args);
	va_end(args);
	return status;
}

void ke_free(struct ke_result *r)
{
	while (r->blocks) {
		struct ke_block *next = r->blocks->next;

		free(r->blocks);
		r->blocks = next;
	}
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

/* ---- the file -------------------------------------------------------------------------------------------------- */

/* Opens a regular file; opening anything else can have effects, or wait. -1 with errno. */
static int open_regular(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EISDIR;
		return -1;
	}
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

static int open_in(const char *dir, size_t n, const char *name, char *found)
{
	if (snprintf(found, KTR_USER_PATH_MAX, "%.*s/%s", (int)n, dir, name) >= (int)KTR_USER_PATH_MAX)
		return -1;
	return open_regular(found);
}

/* A bare name that is not in the current directory: a library where the linker looks, or a program of $PATH. */
static int open_by_name(const char *name, char *found)
{
	static const char libraries[] = "/lib/" OWN_TRIPLET ":/usr/lib/" OWN_TRIPLET ":/lib64:/usr/lib64:"
					"/lib:/usr/lib:/usr/local/lib";
	const char *dirs = strstr(name, ".so") ? libraries : getenv("PATH");

	while (dirs && *dirs) {
		size_t n = strcspn(dirs, ":");
		int fd = n ? open_in(dirs, n, name, found) : -1;

		if (fd >= 0)
			return fd;
		dirs += n + (dirs[n] == ':');
	}
	errno = ENOENT;
	return -1;
}

/* Links stay as they are: they lead to the right version of a library also when that changes. NULL: too long. */
static char *absolute(struct ke_result *r, const char *name)
{
	char cwd[PATH_MAX], path[KTR_USER_PATH_MAX];
	int n;

	if (*name == '/')
		return ke_copy(r, name, strlen(name));
	while (!strncmp(name, "./", 2))
		name += 2;
	if (!getcwd(cwd, sizeof(cwd)))
		return NULL;
	n = snprintf(path, sizeof(path), "%s/%s", strcmp(cwd, "/") ? cwd : "", name);
	return n < (int)sizeof(path) ? ke_copy(r, path, (size_t)n) : NULL;
}

static enum ke_status open_file(const struct ke_query *q, struct ke_result *r, struct ke_elf *e)
{
	int fd = open_regular(q->path);
	char found[KTR_USER_PATH_MAX], *path;

	snprintf(found, sizeof(found), "%s", q->path);
	if (fd < 0 && errno == ENOENT && !strchr(q->path, '/'))
		fd = open_by_name(q->path, found);
	if (fd < 0 && errno == EISDIR)
		return ke_failed(r, KE_UNUSABLE, "is not a file");
	if (fd < 0)
		return ke_failed(r, KE_NO_FILE, "cannot be opened: %s", strerror(errno));
	r->fd = fd;
	path = absolute(r, found);
	if (!path)
		return ke_failed(r, KE_UNUSABLE, "has a name that is too long");
	r->sites.path = path;
	if (ke_elf_open(e, dup(fd)))
		return ke_failed(r, KE_UNUSABLE, "is not a program or library (ELF)");
	return KE_FOUND;
}

/* What a machine's kernel can probe: x86-64 also 32-bit programs, arm64 has uprobes for 64-bit ones only. */
static bool runs_on(unsigned int program, unsigned int machine)
{
	return program == machine || (machine == EM_X86_64 && program == EM_386);
}

static enum ke_status check_file(const struct ke_query *q, struct ke_result *r, struct ke_elf *e)
{
	unsigned int machine = q->machine ? q->machine : OWN_MACHINE;

	if (e->header.e_type != ET_EXEC && e->header.e_type != ET_DYN)
		return ke_failed(r, KE_UNUSABLE, "is an object file, not a program or library");
	if (!runs_on(e->header.e_machine, machine))
		return ke_failed(r, KE_UNUSABLE, "is for another machine than %s", machine == EM_AARCH64 ? "arm64" : "x86");
	if (ke_file_id(e, &r->sites.id))
		return ke_failed(r, KE_UNUSABLE, "cannot be read");
	return KE_FOUND;
}

/* ---- sites ------------------------------------------------------------------------------------------------------ */

static enum ke_status find_offset(struct ke_elf *e, const struct ke_query *q, struct ke_result *r)
{
	struct ktr_site *site = ke_alloc(r, sizeof(*site));
	char name[32];

	if (!ke_offset_is_code(e, q->offset))
		return ke_failed(r, KE_NO_MATCH, "has no code at file offset 0x%llx", q->offset);
	snprintf(name, sizeof(name), "0x%llx", q->offset);
	if (site)
		site->name = ke_copy(r, name, strlen(name));
	if (!site || !site->name)
		return ke_failed(r, KE_UNUSABLE, "not enough memory");
	site->offset = q->offset;
	r->sites.sites = site;
	r->sites.n_sites = 1;
	return KE_FOUND;
}

/* SYMBOL+OFFSET: all of them further on, where there is code. */
static enum ke_status move_sites(struct ke_elf *e, const struct ke_query *q, struct ke_result *r)
{
	struct ktr_site *sites = (struct ktr_site *)r->sites.sites;

	for (unsigned int i = 0; i < r->sites.n_sites; i++) {
		sites[i].offset += q->offset;
		if (!ke_offset_is_code(e, sites[i].offset))
			return ke_failed(r, KE_NO_MATCH, "has no code at %.200s+0x%llx", sites[i].name, q->offset);
	}
	return KE_FOUND;
}

static enum ke_status find_sites(struct ke_elf *e, const struct ke_query *q, struct ke_result *r)
{
	enum ke_status status;

	switch (q->kind) {
	case KE_OFFSET:
		return find_offset(e, q, r);
	case KE_MARKERS:
		return ke_find_markers(e, q, r);
	default:
		status = ke_find_functions(e, q, r);
		return status == KE_FOUND && q->offset ? move_sites(e, q, r) : status;
	}
}

enum ke_status ke_resolve(const struct ke_query *q, struct ke_result *r)
{
	struct ke_elf e = { .fd = -1 };

	memset(r, 0, sizeof(*r));
	r->fd = -1;
	r->status = open_file(q, r, &e);
	if (r->status == KE_FOUND)
		r->status = check_file(q, r, &e);
	if (r->status == KE_FOUND)
		r->status = find_sites(&e, q, r);
	ke_elf_close(&e);
	return r->status;
}
