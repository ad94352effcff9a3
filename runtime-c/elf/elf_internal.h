/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of this folder share. */
#ifndef KE_ELF_INTERNAL_H
#define KE_ELF_INTERNAL_H

#include <gelf.h>

#include "ke_sites.h"

/* An open ELF file. */
struct ke_elf {
	int fd;
	Elf *elf;
	size_t section_names;
	GElf_Ehdr header;
};

/* 0, or -1: it is not an ELF file. Takes fd over in both cases. */
int ke_elf_open(struct ke_elf *e, int fd);
void ke_elf_close(struct ke_elf *e);

/* The first section with this name; NULL: none. */
Elf_Scn *ke_section(struct ke_elf *e, const char *name, GElf_Shdr *header);
/* The first section of this type. */
Elf_Scn *ke_section_of_type(struct ke_elf *e, unsigned int type, GElf_Shdr *header);

/*
 * File offset of an address that lies in a loaded segment with these PF_* flags and in the file. False: there is none.
 */
bool ke_file_offset(struct ke_elf *e, unsigned long long addr, unsigned int flags, unsigned long long *offset);
/* Whether a file offset lies in a segment of code. */
bool ke_offset_is_code(struct ke_elf *e, unsigned long long offset);

/* Identity of the file: its build id, else size and hash. 0, or -1: it cannot be read. */
int ke_file_id(struct ke_elf *e, struct ktr_file_id *id);

/* The file with the debug information of `e`, at this absolute path. 0, or -1: there is none. */
int ke_debug_open(struct ke_elf *e, const char *path, const struct ktr_file_id *id, struct ke_elf *debug);

/* ---- symbols ------------------------------------------------------------------------------------------------- */

/* The symbol tables that count: .symtab, else .dynsym and the .symtab of the debug file. */
struct ke_symbols {
	struct {
		Elf *elf;
		Elf_Data *data;
		size_t strings;		/* section of the names */
		size_t n;
	} tables[3];
	size_t n_tables;
	struct ke_elf debug;
	bool has_debug;
	bool stripped;			/* .dynsym is all there is */
};

void ke_symbols_open(struct ke_symbols *s, struct ke_elf *e, const char *path, const struct ktr_file_id *id);
void ke_symbols_close(struct ke_symbols *s);
/* Symbol i of table t; its name, without a version, into name. False: it has none, or is not defined in this file. */
bool ke_symbol(const struct ke_symbols *s, size_t t, size_t i, GElf_Sym *sym, char name[KTR_SITE_NAME_MAX + 1]);
/* Address of a variable or function. 0, or -1. */
int ke_symbol_address(const struct ke_symbols *s, const char *name, unsigned long long *addr);

/* ---- what is looked for --------------------------------------------------------------------------------------- */

/* Memory that lives as long as the result; zeroed. NULL: none. */
void *ke_alloc(struct ke_result *r, size_t bytes);
char *ke_copy(struct ke_result *r, const char *s, size_t n);
enum ke_status ke_failed(struct ke_result *r, enum ke_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

enum ke_status ke_find_functions(struct ke_elf *e, const struct ke_query *q, struct ke_result *r);
enum ke_status ke_find_markers(struct ke_elf *e, const struct ke_query *q, struct ke_result *r);

/*
 * The descriptors of a marker's arguments, as the compiler left them in its note ("-4@%eax 8@-16(%rbp)"). marker: its
 * address. The number of arguments, at most KTR_MARKER_ARGS_MAX.
 */
unsigned int ke_parse_marker_args(const char *text, const struct ke_symbols *symbols, unsigned long long marker,
				  struct ktr_marker_arg *args);
/* The same for programs of arm64, whose operands name no symbols ("-4@w0 8@[sp, 16]"). */
unsigned int ke_parse_marker_args_arm64(const char *text, struct ktr_marker_arg *args);

#endif
