// SPDX-License-Identifier: GPL-2.0
#include "bundle_manifest.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ktrun.h"
#include "modinfo.h"

#define SHA256_DIGITS 64

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	return true;
}

bool kt_bundle_is_safe_name(const char *name)
{
	if (!*name || *name == '/' || !is_printable(name))
		return false;
	while (*name) {
		size_t n = strcspn(name, "/");

		if (!n || (n == 1 && *name == '.') || (n == 2 && !memcmp(name, "..", 2)))
			return false;
		name += n + (name[n] == '/');
	}
	return true;
}

static bool is_sha256(const char *text)
{
	return strlen(text) == SHA256_DIGITS && strspn(text, "0123456789abcdef") == SHA256_DIGITS;
}

/* A text that can be shown; NULL: it is missing or something else. */
static const char *text_of(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text && is_printable(text) ? text : NULL;
}

static bool are_texts(const json_t *array)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *text = json_string_value(json_array_get(array, i));

		if (!text || !is_printable(text))
			return false;
	}
	return json_is_array(array);
}

static bool take_module(struct kt_bundle_module *m, const json_t *row)
{
	json_int_t size = json_integer_value(json_object_get(row, "size"));

	m->name = text_of(row, "name");
	m->script = text_of(row, "script");
	m->kernel = text_of(row, "kernel");
	m->arch = text_of(row, "arch");
	m->vermagic = text_of(row, "vermagic");
	m->file = text_of(row, "file");
	m->sha256 = text_of(row, "sha256");
	m->unsafe = json_is_true(json_object_get(row, "unsafe"));
	m->size = (size_t)size;
	if (!m->name || !m->script || !m->kernel || !m->arch || !m->vermagic || !m->file || !m->sha256)
		return false;
	return *m->name && strlen(m->name) < KT_NAME_MAX && kt_bundle_is_safe_name(m->file) && is_sha256(m->sha256) && size > 0 &&
	       size <= (json_int_t)KT_BUNDLE_MAX_MEMBER && are_texts(json_object_get(row, "events"));
}

static int take_modules(struct kt_bundle_manifest *m, const char *path)
{
	const json_t *rows = json_object_get(m->json, "modules");

	if (!json_array_size(rows) || !are_texts(json_object_get(m->json, "options"))) {
		kt_error("%s is damaged: its manifest names no modules", path);
		return -1;
	}
	m->modules = calloc(json_array_size(rows), sizeof(*m->modules));
	if (!m->modules) {
		kt_error("out of memory");
		return -1;
	}
	for (; m->n < json_array_size(rows); m->n++) {
		if (!take_module(&m->modules[m->n], json_array_get(rows, m->n))) {
			kt_error("%s is damaged: module %zu of its manifest is not described as it has to be", path, m->n + 1);
			return -1;
		}
	}
	return 0;
}

static int check_format(const json_t *json, const char *path)
{
	const json_t *format = json_object_get(json, "format");

	if (!json_is_integer(format)) {
		kt_error("%s is not a bundle of kt2ko: its manifest tells no format", path);
		return -1;
	}
	if (json_integer_value(format) == KT_BUNDLE_FORMAT)
		return 0;
	kt_error("%s is a bundle of format %lld, this ktrun knows %d; use the ktrun in it: tar xzf BUNDLE ktrun-ARCH", path,
		 (long long)json_integer_value(format), KT_BUNDLE_FORMAT);
	return -1;
}

int kt_bundle_manifest_parse(struct kt_bundle_manifest *m, const char *path, const char *text, size_t n)
{
	json_error_t error;

	memset(m, 0, sizeof(*m));
	m->json = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
	if (!m->json) {
		kt_error("%s is damaged: its manifest is not JSON (line %d)", path, error.line);
		return -1;
	}
	if (!check_format(m->json, path) && !take_modules(m, path))
		return 0;
	kt_bundle_manifest_free(m);
	return -1;
}

void kt_bundle_manifest_free(struct kt_bundle_manifest *m)
{
	free(m->modules);
	json_decref(m->json);
	memset(m, 0, sizeof(*m));
}

const struct kt_bundle_module *kt_bundle_find(const struct kt_bundle_manifest *m, const char *name, const char *kernel,
					      const char *arch)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct kt_bundle_module *one = &m->modules[i];

		if (!strcmp(one->name, name) && !strcmp(one->kernel, kernel) && !strcmp(one->arch, arch))
			return one;
	}
	return NULL;
}

const char *kt_bundle_option(const struct kt_bundle_manifest *m, size_t i)
{
	return json_string_value(json_array_get(json_object_get(m->json, "options"), i));
}

const char *kt_bundle_event(const struct kt_bundle_manifest *m, const struct kt_bundle_module *module, size_t i)
{
	const json_t *row = json_array_get(json_object_get(m->json, "modules"), (size_t)(module - m->modules));

	return json_string_value(json_array_get(json_object_get(row, "events"), i));
}
