// SPDX-License-Identifier: GPL-2.0
#include "modinfo.h"

#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktr_wire.h"

/* The value when the entry of n bytes is for this key, else NULL. */
static const char *value_of(const char *entry, size_t n, const char *key)
{
	size_t len = strlen(key);

	return n > len && !memcmp(entry, key, len) && entry[len] == '=' ? entry + len + 1 : NULL;
}

static void take_entry(struct kt_modinfo *info, const char *entry, size_t n)
{
	const char *value;
	int room;

	if ((value = value_of(entry, n, "name"))) {
		room = (int)(entry + n - value);
		snprintf(info->name, sizeof(info->name), "%.*s", room, value);
	} else if ((value = value_of(entry, n, "vermagic"))) {
		room = (int)strcspn(value, " ");
		snprintf(info->release, sizeof(info->release), "%.*s", room, value);
	} else if ((value = value_of(entry, n, KTR_MODINFO_WIRE))) {
		info->wire = atoi(value);
	} else if ((value = value_of(entry, n, "depends")) && *value) {
		snprintf(info->needs, sizeof(info->needs), "%.*s", (int)(entry + n - value), value);
	} else if ((value = value_of(entry, n, "parmtype"))) {
		size_t used = strlen(info->params);

		snprintf(info->params + used, sizeof(info->params) - used, "%.*s,", (int)strcspn(value, ":"), value);
	}
}

bool kt_modinfo_has_param(const struct kt_modinfo *info, const char *name, size_t n)
{
	for (const char *at = info->params; *at; at += strcspn(at, ",") + 1)
		if (strcspn(at, ",") == n && !memcmp(at, name, n))
			return true;
	return false;
}

void kt_modinfo_parse(struct kt_modinfo *info, const char *section, size_t size)
{
	memset(info, 0, sizeof(*info));
	while (size) {
		size_t n = strnlen(section, size);

		if (n == size)	/* the last entry is cut off: it has no end */
			return;
		take_entry(info, section, n);
		section += n + 1;
		size -= n + 1;
	}
}

static Elf_Data *find_section(Elf *elf, const char *name)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names))
		return NULL;
	while ((scn = elf_nextscn(elf, scn))) {
		GElf_Shdr header;
		const char *text;

		if (!gelf_getshdr(scn, &header))
			continue;
		text = elf_strptr(elf, names, header.sh_name);
		if (text && !strcmp(text, name))
			return elf_getdata(scn, NULL);
	}
	return NULL;
}

int kt_modinfo_read(struct kt_modinfo *info, int fd)
{
	Elf_Data *data = NULL;
	Elf *elf;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return -1;
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf && elf_kind(elf) == ELF_K_ELF)
		data = find_section(elf, ".modinfo");
	if (data && data->d_buf)
		kt_modinfo_parse(info, data->d_buf, data->d_size);
	elf_end(elf);
	return data && data->d_buf ? 0 : -1;
}
