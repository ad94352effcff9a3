// SPDX-License-Identifier: GPL-2.0
/*
 * fetch.c - see fetch.h.
 *
 * The steps of an argument make a number: a register, an address, what is at an address. The type says how wide that
 * number is, or that it is the address of a string. When the last step is a read, the type is what is read there.
 */
#include "fetch.h"

#include <linux/stddef.h>
#include <linux/uaccess.h>

#include "arch.h"
#include "symbols.h"

#define KTR_FETCH_STRING_MAX 256

enum type_kind { TYPE_INT, TYPE_CHAR, TYPE_STRING, TYPE_USTRING, TYPE_SYMBOL };

struct fetch_type {
	const char *name;
	u8 kind;
	u8 size;
	bool is_signed;
};

static const struct fetch_type types[] = {
	{ "u8", TYPE_INT, 1 }, { "u16", TYPE_INT, 2 }, { "u32", TYPE_INT, 4 }, { "u64", TYPE_INT, 8 },
	{ "s8", TYPE_INT, 1, true }, { "s16", TYPE_INT, 2, true }, { "s32", TYPE_INT, 4, true },
	{ "s64", TYPE_INT, 8, true },
	{ "x8", TYPE_INT, 1 }, { "x16", TYPE_INT, 2 }, { "x32", TYPE_INT, 4 }, { "x64", TYPE_INT, 8 },
	{ "char", TYPE_CHAR, 1 }, { "string", TYPE_STRING, 1 }, { "ustring", TYPE_USTRING, 1 },
	{ "symbol", TYPE_SYMBOL, 8 },
};

static const struct {
	const char *name;
	u16 offset;
} registers[] = {
#define KTR_REG(name, offset) { name, offset },
	KTR_ARCH_REGISTERS
#undef KTR_REG
};

struct fetch_arg {
	const struct ktr_fetch *fetch;
	const struct fetch_type *type;
	u16 reg;		/* offset in struct pt_regs of the register, for KTR_FETCH_REG */
	u64 address;		/* for KTR_FETCH_SYM */
};

struct ktr_fetch_set {
	u32 n;
	struct fetch_arg args[];
};

/* ---- preparing ---------------------------------------------------------------------------------------------- */

static const struct fetch_type *find_type(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(types[i].name, name))
			return &types[i];
	return NULL;
}

static int find_register(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(registers); i++)
		if (!strcmp(registers[i].name, name))
			return registers[i].offset;
	return -1;
}

static int prepare_arg(struct ktr_ctx *c, const struct ktr_probe *p, struct fetch_arg *a)
{
	u32 i;

	a->type = find_type(a->fetch->type);
	if (!a->type)
		return ktr_fail(c, "cannot trace %s: unknown type %s", p->text, a->fetch->type);
	for (i = 0; i < a->fetch->n_steps; i++) {
		const struct ktr_fetch_step *s = &a->fetch->steps[i];
		int reg;

		if (s->op == KTR_FETCH_REG) {
			reg = find_register(s->name);
			if (reg < 0)
				return ktr_fail(c, "cannot trace %s: unknown register %s", p->text, s->name);
			a->reg = reg;
		} else if (s->op == KTR_FETCH_SYM) {
			a->address = ktr_symbol_address(s->name);
			if (!a->address)
				return ktr_fail(c, "cannot trace %s: unknown symbol %s", p->text, s->name);
			a->address += s->offset;
		}
	}
	return 0;
}

struct ktr_fetch_set *ktr_fetch_prepare(struct ktr_ctx *c, const struct ktr_probe *p)
{
	struct ktr_fetch_set *set = kzalloc(struct_size(set, args, p->n_fetch), GFP_KERNEL);
	u32 i;

	if (!set) {
		ktr_fail(c, "no memory");
		return NULL;
	}
	set->n = p->n_fetch;
	for (i = 0; i < set->n; i++) {
		set->args[i].fetch = &p->fetch[i];
		if (prepare_arg(c, p, &set->args[i])) {
			kfree(set);
			return NULL;
		}
	}
	return set;
}

bool ktr_fetch_is_of_entry(const struct ktr_fetch_set *set)
{
	u32 i, k;

	for (i = 0; i < set->n; i++) {
		const struct fetch_arg *a = &set->args[i];

		for (k = 0; k < a->fetch->n_steps; k++)
			if (a->fetch->steps[k].op == KTR_FETCH_REG && !ktr_arch_is_entry_reg(a->reg))
				return false;
	}
	return true;
}

int ktr_fetch_find(const struct ktr_probe *p, const char *name)
{
	int i;

	for (i = 0; i < p->n_fetch; i++)
		if (p->fetch[i].name && !strcmp(p->fetch[i].name, name))
			return i;
	return -1;
}

/* ---- fetching ----------------------------------------------------------------------------------------------- */

/* Kernel memory, or the current task's. */
static int read_any(void *dst, u64 addr, u32 n)
{
	if (!copy_from_kernel_nofault(dst, (const void *)(unsigned long)addr, n))
		return 0;
	if (!copy_from_user_nofault(dst, (const void __user *)(unsigned long)addr, n))
		return 0;
	ktr_count(KTR_STAT_FAULT);
	return -1;
}

static unsigned long *stack_of(struct pt_regs *regs)
{
	return (unsigned long *)(user_mode(regs) ? user_stack_pointer(regs) : kernel_stack_pointer(regs));
}

/* One step but the final read. */
static int run_step(const struct fetch_arg *a, const struct ktr_fetch_step *s, struct pt_regs *regs, u64 *v)
{
	switch (s->op) {
	case KTR_FETCH_REG:
		*v = *(unsigned long *)((char *)regs + a->reg);
		return 0;
	case KTR_FETCH_STACK:
		*v = (unsigned long)stack_of(regs);
		return 0;
	case KTR_FETCH_STACK_N:
		return read_any(v, (unsigned long)(stack_of(regs) + s->offset), sizeof(*v));
	case KTR_FETCH_RETVAL:
		*v = regs_return_value(regs);
		return 0;
	case KTR_FETCH_ADDR:
		return read_any(v, s->offset, sizeof(*v));
	case KTR_FETCH_SYM:
		return read_any(v, a->address, sizeof(*v));
	case KTR_FETCH_DEREF:
		return read_any(v, *v + s->offset, sizeof(*v));
	default:
		return -1;
	}
}

/* Where the last step would read: a type other than a full word reads there by itself. */
static bool final_address(const struct fetch_arg *a, const struct ktr_fetch_step *s, u64 *v)
{
	switch (s->op) {
	case KTR_FETCH_DEREF:
		*v += s->offset;
		return true;
	case KTR_FETCH_ADDR:
		*v = s->offset;
		return true;
	case KTR_FETCH_SYM:
		*v = a->address;
		return true;
	default:
		return false;
	}
}

/* The value of a fetch argument: *v, and whether it is the address of what the type means. */
static int evaluate(const struct fetch_arg *a, struct pt_regs *regs, u64 *v, bool *is_address)
{
	u32 i;

	*v = 0;
	*is_address = false;
	for (i = 0; i < a->fetch->n_steps; i++) {
		const struct ktr_fetch_step *s = &a->fetch->steps[i];

		if (i + 1 == a->fetch->n_steps && final_address(a, s, v)) {
			*is_address = true;
			return 0;
		}
		if (run_step(a, s, regs, v))
			return -1;
	}
	return 0;
}

static s64 narrow(const struct fetch_type *t, u64 v)
{
	unsigned int shift = 64 - 8 * t->size;

	return t->is_signed ? (s64)(v << shift) >> shift : (s64)(v << shift >> shift);
}

static int get_string(struct ktr_ctx *c, const struct fetch_type *t, u64 addr, struct ktr_val *out)
{
	char *p = ktr_str_alloc(c, out, KTR_FETCH_STRING_MAX);
	int n = -1;

	if (!p)
		return KTR_ERR;
	if (t->kind == TYPE_STRING)
		n = ktr_port_str_kernel(p, addr, KTR_FETCH_STRING_MAX);
	if (n < 0)
		n = ktr_port_str_user(p, addr, KTR_FETCH_STRING_MAX);
	if (n < 0)
		ktr_count(KTR_STAT_FAULT);
	ktr_str_cut(out, n < 0 ? 0 : n);
	return 0;
}

int ktr_fetch_get(struct ktr_ctx *c, const struct ktr_fetch_set *set, u32 i, struct pt_regs *regs, struct ktr_val *out)
{
	const struct fetch_arg *a;
	bool is_address;
	u64 v, raw = 0;

	ktr_set_nil(out);
	if (i >= set->n)
		return 0;
	a = &set->args[i];
	if (a->fetch->n_steps == 1 && a->fetch->steps[0].op == KTR_FETCH_COMM)
		return ktr_execname(c, out);
	if (evaluate(a, regs, &v, &is_address))
		return 0;
	if (a->type->kind == TYPE_STRING || a->type->kind == TYPE_USTRING)
		return get_string(c, a->type, v, out);
	if (is_address) {
		if (read_any(&raw, v, a->type->size))
			return 0;
		v = raw;
	}
	if (a->type->kind == TYPE_SYMBOL)
		ktr_set_kip(out, v);
	else
		ktr_set_int(out, narrow(a->type, v));
	return 0;
}

static u32 string_text(const struct fetch_type *t, u64 addr, char *buf, u32 size)
{
	char text[KTR_FETCH_STRING_MAX];
	int n = -1;

	if (t->kind == TYPE_STRING)
		n = ktr_port_str_kernel(text, addr, sizeof(text));
	if (n < 0)
		n = ktr_port_str_user(text, addr, sizeof(text));
	if (n < 0)
		return scnprintf(buf, size, "(fault)");
	return scnprintf(buf, size, "\"%.*s\"", n, text);
}

/* A number, as the kernel's own probes show it. */
static u32 number_text(const struct fetch_arg *a, u64 v, char *buf, u32 size)
{
	switch (a->type->kind) {
	case TYPE_SYMBOL:
		return scnprintf(buf, size, "%pS", (void *)(unsigned long)v);
	case TYPE_CHAR:
		return scnprintf(buf, size, "'%c'", (char)v);
	default:
		break;
	}
	if (a->type->name[0] == 'x')
		return scnprintf(buf, size, "0x%llx", (u64)narrow(a->type, v));
	return scnprintf(buf, size, a->type->is_signed ? "%lld" : "%llu", narrow(a->type, v));
}

static u32 value_text(const struct fetch_arg *a, struct pt_regs *regs, char *buf, u32 size)
{
	bool is_address, is_string;
	u64 v, raw = 0;

	if (a->fetch->n_steps == 1 && a->fetch->steps[0].op == KTR_FETCH_COMM)
		return scnprintf(buf, size, "\"%s\"", current->comm);
	is_string = a->type->kind == TYPE_STRING || a->type->kind == TYPE_USTRING;
	if (evaluate(a, regs, &v, &is_address)) {
		if (is_string)
			return scnprintf(buf, size, "(fault)");
		v = 0;
		is_address = false;
	}
	if (is_string)
		return string_text(a->type, v, buf, size);
	if (is_address) {
		read_any(&raw, v, a->type->size);
		v = raw;
	}
	return number_text(a, v, buf, size);
}

u32 ktr_fetch_text(struct ktr_ctx *c, const struct ktr_probe *p, const struct ktr_fetch_set *set, struct pt_regs *regs,
		   char *buf, u32 size)
{
	u32 i, n = 0;

	for (i = 0; i < set->n; i++) {
		if (p->fetch[i].name)
			n += scnprintf(buf + n, size - n, " %s=", p->fetch[i].name);
		else
			n += scnprintf(buf + n, size - n, " arg%u=", i + 1);
		n += value_text(&set->args[i], regs, buf + n, size - n);
	}
	return n;
}
