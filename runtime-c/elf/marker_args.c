// SPDX-License-Identifier: GPL-2.0
/*
 * Arguments of markers: assembler operands of x86 with a size before them.
 *
 *   -4@%eax   8@-16(%rbp)   2@(%rax,%rcx,4)   -4@$5   8@counter(%rip)   4@table+8(,%rdi,4)
 *
 * What cannot be told (floating point, thread-local variables, the global offset table) becomes KTR_MARK_NONE.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "elf_internal.h"

#define OPERAND_MAX 256
#define REG_IP 254u

struct parser {
	const char *at;
	const struct ke_symbols *symbols;
	unsigned long long marker;
	struct ktr_marker_arg *arg;
};

/* ---- registers ------------------------------------------------------------------------------------------------- */

/* In the order of ktr_sites.h; the parts of 8, 4, 2, 1 and (bits 8 to 15) 1 bytes. */
static const char *const registers[8][5] = {
	{ "rax", "eax", "ax", "al", "ah" }, { "rbx", "ebx", "bx", "bl", "bh" }, { "rcx", "ecx", "cx", "cl", "ch" },
	{ "rdx", "edx", "dx", "dl", "dh" }, { "rsi", "esi", "si", "sil", "" }, { "rdi", "edi", "di", "dil", "" },
	{ "rbp", "ebp", "bp", "bpl", "" }, { "rsp", "esp", "sp", "spl", "" },
};

/* r8, r8d, r8w, r8b and so on */
static int numbered_register(const char *name, size_t n)
{
	char *end;
	unsigned long number;
	char digits[4];

	if (n < 2 || n > 4 || name[0] != 'r' || !isdigit((unsigned char)name[1]))
		return -1;
	memcpy(digits, name + 1, n - 1);
	digits[n - 1] = '\0';
	number = strtoul(digits, &end, 10);
	if (number < 8 || number > 15 || strlen(end) > 1 || (*end && !strchr("dwbl", *end)))
		return -1;
	return (int)number;
}

/* Takes "%NAME"; KTR_MARK_NO_REG: it is none that we know. */
static unsigned int take_register(struct parser *p, unsigned char *shift)
{
	const char *name = p->at + 1;
	size_t n = 0;
	int number;

	*shift = 0;
	if (*p->at != '%')
		return KTR_MARK_NO_REG;
	while (isalnum((unsigned char)name[n]))
		n++;
	p->at = name + n;
	if ((n == 3 && !strncmp(name, "rip", 3)) || (n == 3 && !strncmp(name, "eip", 3)))
		return REG_IP;
	for (unsigned int r = 0; r < 8; r++)
		for (unsigned int part = 0; part < 5; part++)
			if (n && strlen(registers[r][part]) == n && !strncmp(registers[r][part], name, n)) {
				*shift = part == 4 ? 8 : 0;
				return r;
			}
	number = numbered_register(name, n);
	return number < 0 ? KTR_MARK_NO_REG : (unsigned int)number;
}

/* ---- operands -------------------------------------------------------------------------------------------------- */

static bool take_number(struct parser *p, long long *value)
{
	char *end;

	if (!isdigit((unsigned char)*p->at))
		return false;
	errno = 0;
	*value = (long long)strtoull(p->at, &end, 0);
	if (errno || end == p->at)
		return false;
	p->at = end;
	return true;
}

static bool take_symbol(struct parser *p, unsigned long long *addr)
{
	char name[OPERAND_MAX];
	size_t n = 0;

	while (isalnum((unsigned char)p->at[n]) || (p->at[n] && strchr("_.$", p->at[n])))
		n++;
	if (!n || p->at[n] == '@')
		return false;
	memcpy(name, p->at, n);
	name[n] = '\0';
	p->at += n;
	return !ke_symbol_address(p->symbols, name, addr);
}

/* 16, -16, sym, sym+8, 8+sym: up to the parenthesis or the end. */
static bool take_displacement(struct parser *p, bool *symbol)
{
	bool first = true;

	*symbol = false;
	while (*p->at && *p->at != '(') {
		bool minus = *p->at == '-';
		unsigned long long addr;
		long long number;

		if (*p->at == '-' || *p->at == '+')
			p->at++;
		else if (!first)
			return false;
		first = false;
		if (take_number(p, &number)) {
			p->arg->value = (long long)((unsigned long long)p->arg->value +
						    (minus ? -(unsigned long long)number : (unsigned long long)number));
		} else {
			if (minus || *symbol || !take_symbol(p, &addr))
				return false;
			*symbol = true;
			p->arg->value = (long long)((unsigned long long)p->arg->value + addr - p->marker);
		}
	}
	return true;
}

/* (BASE,INDEX,SCALE) with any part missing. */
static bool take_registers(struct parser *p)
{
	unsigned char shift;
	long long scale;

	p->at++;
	if (*p->at == '%') {
		p->arg->base = (unsigned char)take_register(p, &shift);
		if (p->arg->base == KTR_MARK_NO_REG)
			return false;
	}
	if (*p->at == ',') {
		p->at++;
		if (*p->at == '%') {
			p->arg->index = (unsigned char)take_register(p, &shift);
			if (p->arg->index >= KTR_MARK_X86_REGS)
				return false;
		}
	}
	if (*p->at == ',') {
		p->at++;
		if (!take_number(p, &scale) || (scale != 1 && scale != 2 && scale != 4 && scale != 8))
			return false;
		p->arg->scale = (unsigned char)scale;
	}
	return *p->at++ == ')' && !*p->at;
}

static bool take_memory(struct parser *p)
{
	bool symbol;

	p->arg->op = KTR_MARK_MEM;
	if (!*p->at || !take_displacement(p, &symbol) || (*p->at && !take_registers(p)))
		return false;
	p->arg->relative = symbol;
	if (p->arg->base != REG_IP)
		return true;
	/* a number before (%rip) counts from the next instruction, which nobody has told us */
	p->arg->base = KTR_MARK_NO_REG;
	return symbol;
}

static bool take_constant(struct parser *p)
{
	bool minus = *++p->at == '-';
	long long number;

	if (*p->at == '-' || *p->at == '+')
		p->at++;
	if (!take_number(p, &number) || *p->at)
		return false;
	p->arg->op = KTR_MARK_CONST;
	p->arg->value = minus ? (long long)-(unsigned long long)number : number;
	return true;
}

static bool take_plain_register(struct parser *p)
{
	unsigned int reg = take_register(p, &p->arg->shift);

	if (reg >= KTR_MARK_X86_REGS || *p->at)
		return false;
	p->arg->op = KTR_MARK_REG;
	p->arg->base = (unsigned char)reg;
	return true;
}

/* "N@"; without it the argument is a word. */
static bool take_size(struct parser *p)
{
	char *end;
	long size = strtol(p->at, &end, 10);

	p->arg->size = -8;
	if (!strchr(p->at, '@'))
		return true;
	if (end == p->at || *end != '@')	/* 8f@%xmm0 */
		return false;
	p->at = end + 1;
	p->arg->size = (signed char)size;
	return size == 1 || size == 2 || size == 4 || size == 8 || size == -1 || size == -2 || size == -4 || size == -8;
}

static bool parse_operand(struct parser *p)
{
	if (!take_size(p))
		return false;
	switch (*p->at) {
	case '$':
		return take_constant(p);
	case '%':
		return take_plain_register(p);
	default:
		return take_memory(p);
	}
}

static void reset(struct ktr_marker_arg *a)
{
	memset(a, 0, sizeof(*a));
	a->base = KTR_MARK_NO_REG;
	a->index = KTR_MARK_NO_REG;
	a->scale = 1;
}

/* Length of the operand at s: up to a blank that is not inside parentheses. */
static size_t operand_length(const char *s)
{
	size_t n = 0;
	int depth = 0;

	for (; s[n] && (depth > 0 || !isspace((unsigned char)s[n])); n++)
		depth += s[n] == '(' ? 1 : s[n] == ')' ? -1 : 0;
	return n;
}

/* The operand without its blanks. */
static bool copy_operand(char *to, const char *s, size_t n)
{
	if (n >= OPERAND_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isspace((unsigned char)s[i]))
			*to++ = s[i];
	*to = '\0';
	return true;
}

unsigned int ke_parse_marker_args(const char *text, const struct ke_symbols *symbols, unsigned long long marker,
				  struct ktr_marker_arg *args)
{
	unsigned int n = 0;

	while (n < KTR_MARKER_ARGS_MAX) {
		char operand[OPERAND_MAX];
		struct parser p = { operand, symbols, marker, &args[n] };
		size_t len;

		text += strspn(text, " \t");
		len = operand_length(text);
		if (!len)
			break;
		reset(&args[n]);
		if (!copy_operand(operand, text, len) || !parse_operand(&p))
			reset(&args[n]);
		n++;
		text += len;
	}
	return n;
}
