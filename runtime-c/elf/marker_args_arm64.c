// SPDX-License-Identifier: GPL-2.0
/*
 * Arguments of markers on arm64: assembler operands with a size before them.
 *
 *   -4@w0   8@x19   8@sp   -4@5   8@[x29]   8@[sp, 24]   -4@[x0, -16]   8@[x1, x2, lsl 3]   4@wzr
 *
 * What cannot be told (floating point, the global offset table, a register of which a part is extended) becomes KTR_MARK_NONE.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "elf_internal.h"

#define OPERAND_MAX 256
#define REG_SP 31u
#define REG_ZERO 253u

/* What an operand is after its blanks are gone and its letters are small: the rest of it. */
static bool take_text(const char **at, const char *text)
{
	size_t n = strlen(text);

	if (strncmp(*at, text, n) || isalnum((unsigned char)(*at)[n]))
		return false;
	*at += n;
	return true;
}

/* x0...x30, w0...w30, sp, wsp, xzr, wzr, lr, fp. */
static bool take_register(const char **at, unsigned int *reg)
{
	static const struct {
		const char *name;
		unsigned int reg;
	} named[] = { { "sp", REG_SP }, { "wsp", REG_SP }, { "xzr", REG_ZERO }, { "wzr", REG_ZERO }, { "lr", 30 }, { "fp", 29 } };
	char *end;
	unsigned long number;

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (take_text(at, named[i].name)) {
			*reg = named[i].reg;
			return true;
		}
	if ((**at != 'x' && **at != 'w') || !isdigit((unsigned char)(*at)[1]))
		return false;
	number = strtoul(*at + 1, &end, 10);
	if (number > 30 || isalnum((unsigned char)*end))
		return false;
	*at = end;
	*reg = (unsigned int)number;
	return true;
}

static bool take_number(const char **at, long long *value)
{
	char *end;

	*at += **at == '#';
	if (!isdigit((unsigned char)**at) && (**at != '-' || !isdigit((unsigned char)(*at)[1])))
		return false;
	errno = 0;
	*value = **at == '-' ? strtoll(*at, &end, 0) : (long long)strtoull(*at, &end, 0);
	if (errno)
		return false;
	*at = end;
	return true;
}

/* lsl 3 */
static bool take_shift(const char **at, unsigned char *scale)
{
	long long bits;

	if (strncmp(*at, "lsl", 3))
		return false;
	*at += 3;
	if (!take_number(at, &bits) || bits < 0 || bits > 3)
		return false;
	*scale = (unsigned char)(1 << bits);
	return true;
}

/* [BASE], [BASE,NUMBER], [BASE,INDEX], [BASE,INDEX,lsl NUMBER] */
static bool parse_memory(const char *at, struct ktr_marker_arg *a)
{
	unsigned int reg;

	at++;
	a->op = KTR_MARK_MEM;
	if (!take_register(&at, &reg) || reg == REG_ZERO)
		return false;
	a->base = (unsigned char)reg;
	if (*at == ',') {
		at++;
		if (*at == 'x') {	/* of w registers it is not told whether they are signed */
			if (!take_register(&at, &reg) || reg >= REG_SP)
				return false;
			a->index = (unsigned char)reg;
			if (*at == ',' && (at++, !take_shift(&at, &a->scale)))
				return false;
		} else if (!take_number(&at, &a->value)) {
			return false;
		}
	}
	return at[0] == ']' && !at[1];
}

static bool parse_value(const char *at, struct ktr_marker_arg *a)
{
	unsigned int reg;

	if (*at == '[')
		return parse_memory(at, a);
	if (take_register(&at, &reg)) {
		a->op = reg == REG_ZERO ? KTR_MARK_CONST : KTR_MARK_REG;
		if (reg != REG_ZERO)
			a->base = (unsigned char)reg;
		return !*at;
	}
	a->op = KTR_MARK_CONST;
	return take_number(&at, &a->value) && !*at;
}

/* "N@"; without it the argument is a word. */
static bool parse_operand(const char *at, struct ktr_marker_arg *a)
{
	char *end;
	long size = strtol(at, &end, 10);

	a->size = -8;
	if (!strchr(at, '@'))
		return parse_value(at, a);
	if (end == at || *end != '@')
		return false;
	a->size = (signed char)size;
	if (size != 1 && size != 2 && size != 4 && size != 8 && size != -1 && size != -2 && size != -4 && size != -8)
		return false;
	return parse_value(end + 1, a);
}

static void reset(struct ktr_marker_arg *a)
{
	memset(a, 0, sizeof(*a));
	a->base = KTR_MARK_NO_REG;
	a->index = KTR_MARK_NO_REG;
	a->scale = 1;
}

/* Copies the operand at s, which ends at a blank outside of brackets, without its blanks. Its length in s, 0: none. */
static size_t copy_operand(char to[OPERAND_MAX], const char *s)
{
	size_t n = 0, k = 0;
	bool inside = false;

	for (; s[n] && (inside || !isspace((unsigned char)s[n])); n++) {
		inside = s[n] == '[' || (inside && s[n] != ']');
		if (!isspace((unsigned char)s[n]) && k < OPERAND_MAX)
			to[k++] = (char)tolower((unsigned char)s[n]);
	}
	to[k < OPERAND_MAX ? k : 0] = '\0';	/* too long: nothing that could be parsed */
	return n;
}

unsigned int ke_parse_marker_args_arm64(const char *text, struct ktr_marker_arg *args)
{
	unsigned int n = 0;

	while (n < KTR_MARKER_ARGS_MAX) {
		char operand[OPERAND_MAX];
		size_t length;

		text += strspn(text, " \t");
		length = copy_operand(operand, text);
		if (!length)
			break;
		reset(&args[n]);
		if (!parse_operand(operand, &args[n]))
			reset(&args[n]);
		n++;
		text += length;
	}
	return n;
}
