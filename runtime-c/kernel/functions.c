// SPDX-License-Identifier: GPL-2.0
/*
 * functions.c - see functions.h.
 */
#include "functions.h"

#include <linux/string.h>
#include <linux/uaccess.h>

#include "arch.h"
#include "fn_names.h"
#include "symbols.h"


/* ---- preparing ---------------------------------------------------------------------------------------------- */

int ktr_fn_prepare(struct ktr_ctx *c, struct ktr_fn *fn)
{
	if (fn->many && (fn->att->reg->trace->uses & KTR_USES_PROBENAME))
		ktr_fn_names_want();
	if (!fn->att->probe->n_fetch)
		return 0;
	fn->fetch = ktr_fetch_prepare(c, fn->att->probe);
	return fn->fetch ? 0 : KTR_ERR;
}

int ktr_fn_set_name(struct ktr_ctx *c, struct ktr_fn *fn, const char *symbol)
{
	fn->name = ktr_fn_names_keep(symbol, fn->ret);
	return fn->name ? 0 : ktr_fail(c, "no memory");
}

/* "probe:FUNCTION", with what may follow: not a pattern, and not another name of it. */
static bool names_function(const char *text, const char *function)
{
	const char *at = strchr(text, ':');
	size_t n = strlen(function);

	return at && !strncmp(at + 1, function, n) && (!at[n + 1] || strchr("%+ ", at[n + 1]));
}

int ktr_fn_refuse(struct ktr_ctx *c, const struct ktr_att *a, const char *function, const char *why)
{
	/* the name twice might leave no room for the reason */
	if (names_function(a->probe->text, function))
		return ktr_fail(c, "cannot trace %s: %s", a->probe->text, why);
	return ktr_fail(c, "cannot trace %s: not possible for %s: %s", a->probe->text, function, why);
}

static const char *probe_reason(int err)
{
	switch (err) {
	case -EINVAL:
		return "the kernel does not allow a probe there";
	case -EILSEQ:
		return "not at the start of an instruction";
	case -ENOENT:
		return "no code there";
	default:
		return "the kernel refuses";
	}
}

int ktr_fn_attach_failed(struct ktr_ctx *c, const struct ktr_att *a, int err)
{
	return ktr_attach_failed(c, a, probe_reason(err), err);
}

void ktr_fn_release(struct ktr_fn *fn)
{
	kfree(fn->fetch);
}

bool ktr_fn_is_syscall(const char *name)
{
	return strstarts(name, KTR_ARCH_SYSCALL_PREFIX);
}

bool ktr_fn_name(const char *name, unsigned int i, char buf[KTR_FN_NAME_MAX])
{
	if (i == 0)
		return strscpy(buf, name, KTR_FN_NAME_MAX) > 0;
	if (i > 1 || (!strstarts(name, "sys_") && !strstarts(name, "SyS_")))
		return false;
	return snprintf(buf, KTR_FN_NAME_MAX, KTR_ARCH_SYSCALL_PREFIX "%s", name + 4) < KTR_FN_NAME_MAX;
}

/* The compiler's versions of a function: there is no list to be asked, so the usual names are tried. */
static unsigned long find_variant(const char *name, char symbol[KTR_FN_NAME_MAX])
{
	static const char *const suffixes[] = { "isra", "constprop", "part" };
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(suffixes); i++)
		for (n = 0; n < 10; n++) {
			unsigned long addr;

			if (snprintf(symbol, KTR_FN_NAME_MAX, "%s.%s.%u", name, suffixes[i], n) >= KTR_FN_NAME_MAX)
				return 0;
			addr = ktr_symbol_address(symbol);
			if (addr)
				return addr;
		}
	return 0;
}

unsigned long ktr_fn_find(const char *name, char symbol[KTR_FN_NAME_MAX])
{
	unsigned int i;

	for (i = 0; ktr_fn_name(name, i, symbol); i++) {
		unsigned long addr = ktr_symbol_address(symbol);

		if (addr)
			return addr;
	}
	return find_variant(name, symbol);
}

bool ktr_fn_at(unsigned long addr, char symbol[KTR_FN_NAME_MAX], unsigned long *offset)
{
	char text[KSYM_SYMBOL_LEN];	/* NAME+0xOFFSET/0xSIZE, a module's has that behind it */
	char *plus;

	sprint_symbol(text, addr);
	plus = strrchr(text, '+');
	if (!plus || sscanf(plus, "+%lx/", offset) != 1)
		return false;
	*plus = '\0';
	return strscpy(symbol, text, KTR_FN_NAME_MAX) > 0;
}

const char *ktr_fn_blocked(unsigned long addr, enum ktr_hook_how how, char name[KTR_FN_NAME_MAX])
{
	const char *why = ktr_blocked(name, how);
	unsigned long offset;

	if (why || !ktr_fn_at(addr, name, &offset))
		return why;
	return ktr_blocked(name, how);
}

/* ---- the event's parts -------------------------------------------------------------------------------------- */

/* A system call's function gets one argument: the caller's registers. */
static int syscall_arg(struct pt_regs *regs, u32 n, s64 *out)
{
	const struct pt_regs *user = (const struct pt_regs *)regs_get_kernel_argument(regs, 0);
	static const u16 offsets[KTR_ARCH_N_ARGS] = KTR_ARCH_SYSCALL_ARGS;

	return copy_from_kernel_nofault(out, (const char *)user + offsets[n], sizeof(*out));
}

static int c_arg(const struct ktr_fn *fn, struct pt_regs *regs, u32 n, s64 *out)
{
	if (!fn->entry || n >= KTR_ARCH_N_ARGS)
		return -1;
	if (fn->syscall)
		return syscall_arg(regs, n, out);
	*out = regs_get_kernel_argument(regs, n);
	return 0;
}

/* Number of the first argument behind the addresses. */
static u32 first_arg(const struct ktr_fn *fn)
{
	return fn->ret || fn->any ? 2 : 1;
}

int ktr_fn_arg(struct ktr_ctx *c, struct ktr_event *ev, u32 n, struct ktr_val *out)
{
	const struct ktr_fn *fn = ev->point;
	struct pt_regs *regs = (struct pt_regs *)ev->data;
	u32 first = first_arg(fn);
	s64 v;

	if (n < first) {
		ktr_set_int(out, ev->word[n]);
		return 0;
	}
	if (fn->fetch)
		return ktr_fetch_get(c, fn->fetch, n - first, regs, out);
	ktr_set_nil(out);
	if (fn->ret && n == first)
		ktr_set_int(out, regs_return_value(regs));
	else if (!fn->any && !c_arg(fn, regs, n - first, &v))
		ktr_set_int(out, v);
	return 0;
}

/* Number for ktr_fn_arg() of a field, -1: there is none. */
static int find_field(const struct ktr_fn *fn, const char *name)
{
	int i;

	if (fn->any)
		return !strcmp(name, "ip") ? 0 : !strcmp(name, "parent_ip") ? 1 : -1;
	if (!strcmp(name, fn->ret ? "__probe_func" : "__probe_ip"))
		return 0;
	if (fn->ret && !strcmp(name, "__probe_ret_ip"))
		return 1;
	i = ktr_fetch_find(fn->att->probe, name);
	return i < 0 ? -1 : i + first_arg(fn);
}

int ktr_fn_check_fields(struct ktr_ctx *c, const struct ktr_fn *fn)
{
	const struct ktr_trace *t = fn->att->reg->trace;
	u32 i;

	for (i = 0; i < t->n_fields; i++)
		if (find_field(fn, ktr_field_name(t->fields[i])) < 0 &&
		    !ktr_is_generic_field(ktr_field_name(t->fields[i])))
			return ktr_fail(c, "event %s has no field %s", fn->att->probe->text,
					ktr_field_name(t->fields[i]));
	return 0;
}

int ktr_fn_field(struct ktr_ctx *c, struct ktr_event *ev, u32 id, struct ktr_val *out)
{
	int n = find_field(ev->point, ktr_field_name(id));

	if (n < 0)
		return -1;
	return out ? ktr_fn_arg(c, ev, n, out) : 0;
}

u32 ktr_fn_argstr(struct ktr_ctx *c, struct ktr_event *ev, char *buf, u32 size)
{
	const struct ktr_fn *fn = ev->point;
	u32 n;

	if (fn->any)
		return scnprintf(buf, size, "%pS <- %pS\n", (void *)ev->word[0], (void *)ev->word[1]);
	n = scnprintf(buf, size, "%s: (", ktr_fn_probename(c, ev));
	if (fn->ret)
		n += scnprintf(buf + n, size - n, "%pS <- %ps)", (void *)ev->word[1], (void *)ev->word[2]);
	else
		n += scnprintf(buf + n, size - n, "%pS)", (void *)ev->word[2]);
	if (fn->fetch)
		n += ktr_fetch_text(c, fn->att->probe, fn->fetch, (struct pt_regs *)ev->data, buf + n, size - n);
	return n + scnprintf(buf + n, size - n, "\n");
}

const struct ktr_str *ktr_fn_probename_const(struct ktr_ctx *c, struct ktr_event *ev)
{
	static const struct {
		struct ktr_str str;
		char text[9];
	} function = { .str.len = 8, .text = "function" };
	const struct ktr_fn *fn = ev->point;

	if (fn->any)
		return &function.str;
	return fn->many ? ktr_fn_names_get(ev->word[0], fn->ret) : fn->name;
}

const char *ktr_fn_probename(struct ktr_ctx *c, struct ktr_event *ev)
{
	const struct ktr_str *name = ktr_fn_probename_const(c, ev);
	const struct ktr_fn *fn = ev->point;
	char *buf;

	if (name)
		return name->s;
	buf = container_of(c, struct ktr_event_ctx, x.pub)->name;
	ktr_fn_symbol_name(buf, KTR_NAME_BYTES, ev->word[0], fn->ret);
	return buf;
}
