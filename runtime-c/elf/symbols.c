// SPDX-License-Identifier: GPL-2.0
/* Symbol tables. */
#include <string.h>

#include "elf_internal.h"

static bool add_table(struct ke_symbols *s, struct ke_elf *e, unsigned int type)
{
	GElf_Shdr header;
	Elf_Scn *scn = ke_section_of_type(e, type, &header);
	Elf_Data *data = scn ? elf_getdata(scn, NULL) : NULL;

	if (!data || !data->d_size || !header.sh_entsize)
		return false;
	s->tables[s->n_tables].elf = e->elf;
	s->tables[s->n_tables].data = data;
	s->tables[s->n_tables].strings = header.sh_link;
	s->tables[s->n_tables].n = data->d_size / header.sh_entsize;
	s->n_tables++;
	return true;
}

void ke_symbols_open(struct ke_symbols *s, struct ke_elf *e, const char *path, const struct ktr_file_id *id)
{
	memset(s, 0, sizeof(*s));
	if (add_table(s, e, SHT_SYMTAB))
		return;
	add_table(s, e, SHT_DYNSYM);
	s->has_debug = !ke_debug_open(e, path, id, &s->debug);
	s->stripped = !s->has_debug || !add_table(s, &s->debug, SHT_SYMTAB);
}

void ke_symbols_close(struct ke_symbols *s)
{
	if (s->has_debug)
		ke_elf_close(&s->debug);
	s->has_debug = false;
	s->n_tables = 0;
}

bool ke_symbol(const struct ke_symbols *s, size_t t, size_t i, GElf_Sym *sym, char name[KTR_SITE_NAME_MAX + 1])
{
	const char *text;
	size_t len;

	if (!gelf_getsym(s->tables[t].data, (int)i, sym) || sym->st_shndx == SHN_UNDEF)
		return false;
	text = elf_strptr(s->tables[t].elf, s->tables[t].strings, sym->st_name);
	len = text ? strcspn(text, "@") : 0;
	if (!len || len > KTR_SITE_NAME_MAX)
		return false;
	memcpy(name, text, len);
	name[len] = '\0';
	return true;
}

int ke_symbol_address(const struct ke_symbols *s, const char *wanted, unsigned long long *addr)
{
	char name[KTR_SITE_NAME_MAX + 1];
	GElf_Sym sym;

	for (size_t t = 0; t < s->n_tables; t++)
		for (size_t i = 1; i < s->tables[t].n; i++) {
			unsigned int type;

			if (!ke_symbol(s, t, i, &sym, name) || strcmp(name, wanted))
				continue;
			type = GELF_ST_TYPE(sym.st_info);
			if (type == STT_TLS || type == STT_GNU_IFUNC || type == STT_SECTION || type == STT_FILE)
				continue;
			*addr = sym.st_value;
			return 0;
		}
	return -1;
}
