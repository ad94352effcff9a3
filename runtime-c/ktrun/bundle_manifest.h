/* SPDX-License-Identifier: GPL-2.0 */
/* The manifest of a bundle (kt2ko bundle): JSON, described in docs/shipping.md. */
#ifndef KTRUN_BUNDLE_MANIFEST_H
#define KTRUN_BUNDLE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KT_BUNDLE_FORMAT 1

/* Nothing larger is a module of ours, nor a manifest: what claims to be is damaged, or made to fill memory. */
#define KT_BUNDLE_MAX_MEMBER (64u << 20)
#define KT_BUNDLE_MAX_MANIFEST (16u << 20)

/* One module. The texts are the manifest's, printable, and end with it. */
struct kt_bundle_module {
	const char *name;	/* of the module, by which it is asked for */
	const char *script;	/* file name of the script */
	const char *kernel;	/* release */
	const char *arch;	/* as uname -m says */
	const char *vermagic;
	const char *file;	/* member of the archive */
	const char *sha256;	/* of the member, 64 hexadecimal digits */
	size_t size;		/* of the member */
	bool unsafe;		/* it was built with --unsafe, and needed it */
};

struct kt_bundle_manifest {
	struct kt_bundle_module *modules;
	size_t n;
	void *json;		/* of the library */
};

/*
 * Reads the text of a manifest. 0, or -1 after a message; path is for messages. Whatever the text is, what is accepted has
 * member names that lead nowhere else, and texts without control characters.
 */
int kt_bundle_manifest_parse(struct kt_bundle_manifest *m, const char *path, const char *text, size_t n);
void kt_bundle_manifest_free(struct kt_bundle_manifest *m);

/* The module of this name for this kernel and machine; NULL: there is none. */
const struct kt_bundle_module *kt_bundle_find(const struct kt_bundle_manifest *m, const char *name, const char *kernel,
					      const char *arch);

/* The i-th of the options that the bundle was made with; NULL: no more. */
const char *kt_bundle_option(const struct kt_bundle_manifest *m, size_t i);
/* The i-th event that a module traces; NULL: no more. */
const char *kt_bundle_event(const struct kt_bundle_manifest *m, const struct kt_bundle_module *module, size_t i);

/* A name of a member that stays in the folder where the archive is unpacked. */
bool kt_bundle_is_safe_name(const char *name);

#ifdef __cplusplus
}
#endif

#endif
