// SPDX-License-Identifier: GPL-2.0
/*
 * symbols.c - addresses of names and names of addresses.
 *
 * kallsyms_lookup_name() is not exported. A kprobe on it, registered and removed at once, tells its address; that is
 * done the first time it is needed only. It is called by a static call, that is directly: on a kernel with indirect
 * branch tracking an indirect call would fault, as the entry is not meant for one.
 */
#include "symbols.h"

#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/static_call.h>

#include "ktr_compat.h"
#include "user_code.h"

#define KTR_LOOKUP_NAME "kallsyms_lookup_name"
#define KTR_ENDBR_BYTES 4
#define KTR_LOOKUP_TRIES 10	/* while there is no memory: names must not seem unknown for that */

static unsigned long no_lookup(const char *name)
{
	return 0;
}

DEFINE_STATIC_CALL(ktr_kallsyms_lookup, no_lookup);

static DEFINE_MUTEX(lookup_lock);
static bool lookup_tried;
static bool lookup_works;

/* kprobes put the probe behind the instruction that marks a target of indirect branches, if there is one. */
static unsigned long entry_of(unsigned long addr)
{
	char name[KSYM_SYMBOL_LEN];

	sprint_symbol_no_offset(name, addr - KTR_ENDBR_BYTES);
	return strcmp(name, KTR_LOOKUP_NAME) ? addr : addr - KTR_ENDBR_BYTES;
}

/*
 * The probe is never armed: it is here for its address only, and disarming takes memory. Without that the kernel would keep the
 * probe, which is on our stack.
 */
static void find_lookup(void)
{
	struct kprobe kp = { .symbol_name = KTR_LOOKUP_NAME, .flags = KPROBE_FLAG_DISABLED };
	int err = register_kprobe(&kp);

	lookup_tried = err != -ENOMEM;
	if (err)
		return;
	static_call_update(ktr_kallsyms_lookup, (void *)entry_of((unsigned long)kp.addr));
	unregister_kprobe(&kp);
	lookup_works = true;
}

unsigned long ktr_symbol_address(const char *name)
{
	unsigned int tries;

	mutex_lock(&lookup_lock);
	for (tries = 0; !lookup_tried && tries < KTR_LOOKUP_TRIES; tries++)
		find_lookup();
	mutex_unlock(&lookup_lock);
	return static_call(ktr_kallsyms_lookup)(name);
}

bool ktr_symbol_is_absent(const char *name)
{
	return !ktr_symbol_address(name) && lookup_works;
}

/* ---- by pattern --------------------------------------------------------------------------------------------- */

DEFINE_STATIC_CALL_RET0(ktr_kallsyms_each, kallsyms_on_each_symbol);

struct symbol_search {
	const char *pattern;
	unsigned long begin, end;	/* of the kernel's code */
	char *buf;
	u32 size;
};

KTR_COMPAT_SYMBOL_VISITOR(match_symbol, data, name, addr)
{
	const struct symbol_search *s = data;

	if (addr < s->begin || addr >= s->end || !ktr_glob_match(s->pattern, strlen(s->pattern), name, strlen(name)))
		return 0;
	strscpy(s->buf, name, s->size);
	return 1;
}

bool ktr_symbol_like(const char *pattern, char *buf, u32 size)
{
	struct symbol_search s = {
		.pattern = pattern,
		.begin = ktr_symbol_address("_stext"),
		.end = ktr_symbol_address("_etext"),
		.buf = buf,
		.size = size,
	};
	unsigned long each = ktr_symbol_address("kallsyms_on_each_symbol");

	if (!each)	/* kernels without live patching do not have it */
		return false;
	static_call_update(ktr_kallsyms_each, (void *)each);
	return static_call(ktr_kallsyms_each)(match_symbol, &s) > 0;
}

u64 ktr_port_symbol(const char *name)
{
	return ktr_symbol_address(name);
}

u32 ktr_port_symbolize(char *buf, u32 size, u64 addr, bool offset)
{
	void *p = (void *)(unsigned long)addr;
	char *module;

	if (ktr_is_user_code(addr))
		return ktr_user_code_text(buf, size, addr);
	if (offset)
		return scnprintf(buf, size, "%pS", p);
	scnprintf(buf, size, "%ps", p);
	module = strstr(buf, " [");	/* only the name is wanted */
	if (module)
		*module = '\0';
	return strlen(buf);
}
