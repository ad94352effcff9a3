// SPDX-License-Identifier: GPL-2.0
/* ktr_port.h for a process: memory, locks, clock, task, event, output. */
#include "home.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "format.h"
#include "ktr_wire.h"

#define REAL_AHEAD_NS 1700000000000000000ull	/* wall clock less monotonic clock */

u64 mono_ns = 1000000000000ull;
bool refill_wanted;
FILE *script_out;

static struct home_ctx *home_of(struct ktr_ctx *c)
{
	return (struct home_ctx *)c;
}

/* ---- memory, locks ------------------------------------------------------------------------------------------ */

void *ktr_port_alloc(unsigned long bytes)
{
	return calloc(1, bytes);
}

void ktr_port_free(void *p)
{
	free(p);
}

/* Nothing interrupts a process at the places where core locks: nested events happen at outputs only. */
unsigned long ktr_port_irq_save(void)
{
	return 0;
}

void ktr_port_irq_restore(unsigned long flags)
{
	(void)flags;
}

void ktr_port_relax(void)
{
	sched_yield();
}

void ktr_port_kick(void)
{
	if (!__atomic_load_n(&refill_wanted, __ATOMIC_RELAXED))
		__atomic_store_n(&refill_wanted, true, __ATOMIC_RELAXED);
}

void refill_if_wanted(void)
{
	if (__atomic_exchange_n(&refill_wanted, false, __ATOMIC_RELAXED))
		ktr_mem_refill();
}

bool ktr_port_may_sleep(const struct ktr_ctx *c)
{
	return c->level == KTR_LEVEL_THREAD;
}

bool ktr_port_yield(struct ktr_ctx *c)
{
	(void)c;
	refill_if_wanted();
	return false;
}

s64 ktr_port_loop_limit(const struct ktr_ctx *c)
{
	return ktr_limits[c->level == KTR_LEVEL_THREAD ? KTR_LIM_MAX_MAIN_LOOP_COUNT : KTR_LIM_MAX_LOOP_COUNT];
}

/* ---- cells -------------------------------------------------------------------------------------------------- */

/* Nothing adds to them here: this home has no leaves. Tests do. */
unsigned long ktr_port_cells_new(u32 n)
{
	return (unsigned long)calloc(n, sizeof(s64));
}

void ktr_port_cells_free(unsigned long cells)
{
	free((void *)cells);
}

s64 ktr_port_cell_sum(unsigned long cell)
{
	return __atomic_load_n((s64 *)cell, __ATOMIC_RELAXED);
}

u64 ktr_port_cell_at(unsigned long cell, u32 cpu)
{
	(void)cpu;
	return (u64)ktr_port_cell_sum(cell);
}

u32 ktr_port_n_cpus(void)
{
	return 1;
}

void ktr_port_read_barrier(void)
{
}

void ktr_port_cell_clear(unsigned long cell)
{
	__atomic_store_n((s64 *)cell, 0, __ATOMIC_RELAXED);
}

void ktr_port_sync(void)
{
}

struct ktr_way **ktr_port_name_slot(struct ktr_ctx *c)
{
	(void)c;
	return NULL;
}

const char *ktr_quick_comm(void)
{
	return "";
}

s64 ktr_quick_pid(void)
{
	return 0;
}

s64 ktr_quick_tid(void)
{
	return 0;
}

s64 ktr_quick_uid(void)
{
	return 0;
}

s64 ktr_quick_cpu(void)
{
	return 0;
}

s64 ktr_quick_now(void)
{
	return 0;
}

struct ktr_own *ktr_quick_own(u32 n)
{
	(void)n;
	return NULL;
}

void ktr_quick_print(u64 *rec, u64 *end, u32 format, u32 tags)
{
	(void)rec;
	(void)end;
	(void)format;
	(void)tags;
}

/* ---- output ------------------------------------------------------------------------------------------------- */

/* What a reader makes of the arguments of an output. */
static u32 make_text(char *buf, const char *payload, u32 size)
{
	struct ktr_rec_format head;
	int n = -1;

	memcpy(&head, payload, sizeof(head));
	if (head.format < ktg_script.n_formats)
		n = ktr_format_text(buf, ktg_script.formats[head.format].text, ktg_script.formats[head.format].len, payload, size);
	if (n < 0) {
		fprintf(stderr, "a record does not fit its format\n");
		abort();
	}
	return (u32)n;
}

void ktr_port_emit(struct ktr_ctx *c, u16 kind, u16 flags, void *rec, u32 len)
{
	const char *text = (const char *)rec + KTR_OUT_HEADROOM;
	char made[KTR_FORMAT_TEXT_MAX];

	if (kind == KTR_REC_FORMAT) {
		len = make_text(made, text, len);
		text = made;
	}
	fwrite(text, 1, len, flags & KTR_RF_ERROR ? stderr : script_out ? script_out : stdout);
	/* the text is out: only now may events nested in this one use the stream */
	if (c->ev)
		play_nested();
}

/* ---- time --------------------------------------------------------------------------------------------------- */

u64 ktr_port_mono_ns(void)
{
	return __atomic_load_n(&mono_ns, __ATOMIC_RELAXED);
}

u64 ktr_port_real_ns(void)
{
	return ktr_port_mono_ns() + REAL_AHEAD_NS;
}

/* ---- task and machine --------------------------------------------------------------------------------------- */

s64 ktr_port_pid(struct ktr_ctx *c)
{
	return home_of(c)->task->pid;
}

s64 ktr_port_tid(struct ktr_ctx *c)
{
	return home_of(c)->task->tid;
}

u64 ktr_port_task(struct ktr_ctx *c)
{
	return (u64)home_of(c)->task->tid;
}

s64 ktr_port_uid(struct ktr_ctx *c)
{
	return home_of(c)->task->uid;
}

void ktr_port_comm(struct ktr_ctx *c, char comm[16])
{
	memcpy(comm, home_of(c)->task->comm, 16);
}

u32 ktr_port_num_cpus(void)
{
	return opt.cpus;
}

const char *ktr_port_arch(void)
{
	return "x86_64";
}

const char *ktr_port_release(void)
{
	return "6.1.0-user";
}

s64 ktr_port_in_interrupt(struct ktr_ctx *c)
{
	switch (c->level) {
	case KTR_LEVEL_SOFTIRQ:
		return 0x100;
	case KTR_LEVEL_HARDIRQ:
		return 0x10000;
	case KTR_LEVEL_NMI:
		return 0x100000;
	default:
		return 0;
	}
}

bool ktr_port_in_iowait(struct ktr_ctx *c)
{
	return home_of(c)->task->iowait;
}

/* A fake task_struct of 4096 bytes in which every word of 4 bytes holds its own offset. */
int ktr_port_taskinfo(struct ktr_ctx *c, u64 offset, u32 bytes, s64 *out)
{
	(void)c;
	if (offset > 4096 - bytes)
		return -1;
	*out = bytes == 4 ? (s64)offset : (s64)(offset | (offset + 4) << 32);
	return 0;
}

u32 ktr_port_n_args(void)
{
	return opt.n_args;
}

const char *ktr_port_arg(u32 i)
{
	return opt.args[i - 1];
}

/* ---- stacks ------------------------------------------------------------------------------------------------- */

static u32 copy_stack(u64 *addrs, u32 max, const u64 *from, u32 n)
{
	if (n > max)
		n = max;
	memcpy(addrs, from, n * sizeof(*addrs));
	return n;
}

u32 ktr_port_stack(struct ktr_ctx *c, u64 *addrs, u32 max)
{
	u64 own[3];

	if (c->ev && c->ev->line->stack)
		return copy_stack(addrs, max, c->ev->line->stack, c->ev->line->n_stack);
	own[0] = world_symbol("vfs_read") + 0x12;
	own[1] = world_symbol("ksys_read") + 0x34;
	own[2] = world_symbol("do_syscall_64") + 0x56;
	return copy_stack(addrs, max, own, 3);
}

u32 ktr_port_ustack(struct ktr_ctx *c, u64 *addrs, u32 max)
{
	u64 own[2];

	if (c->level == KTR_LEVEL_THREAD)
		return 0;
	if (c->ev && c->ev->line->ustack)
		return copy_stack(addrs, max, c->ev->line->ustack, c->ev->line->n_ustack);
	own[0] = world_symbol("compute") + 0x8;
	own[1] = world_symbol("main") + 0x10;
	return copy_stack(addrs, max, own, 2);
}

/* ---- the current event -------------------------------------------------------------------------------------- */

static int give_field(struct ktr_ctx *c, const struct field *f, struct ktr_val *out)
{
	if (f->list)
		return ktr_tuple_of_ints(c, out, f->list, f->n_list, sizeof(*f->list), true);
	if (f->text)
		ktr_set_const(out, f->text);
	else
		ktr_set_int(out, f->num);
	return 0;
}

int ktr_port_arg_value(struct ktr_ctx *c, u32 n, struct ktr_val *out)
{
	const struct line *l = c->ev->line;

	if (n < l->n_fields)
		return give_field(c, &l->fields[n], out);
	ktr_set_nil(out);
	return 0;
}

/* Fetch arguments stand behind the address, behind both addresses for returns. */
static const struct field *fetch_field(const struct ktr_event *ev, const char *name)
{
	const struct ktr_probe *p = ev->probe;
	u32 i, first = p->kind == KTR_PROBE_KRETPROBE || p->kind == KTR_PROBE_URETPROBE ? 2 : 1;

	for (i = 0; i < p->n_fetch; i++) {
		if (!strcmp(p->fetch[i].name, name) && first + i < ev->line->n_fields)
			return &ev->line->fields[first + i];
	}
	return NULL;
}

static const struct field *find_field(const struct ktr_event *ev, const char *name)
{
	u32 i;

	for (i = 0; i < ev->line->n_fields; i++) {
		if (!strcmp(ev->line->fields[i].name, name))
			return &ev->line->fields[i];
	}
	return fetch_field(ev, name);
}

bool is_generic_field(const char *name)
{
	return !strcasecmp(name, "comm") || !strcasecmp(name, "cpu") || !strcmp(name, "common_pid");
}

static int generic_field(struct ktr_ctx *c, const char *name, struct ktr_val *out)
{
	if (!strcasecmp(name, "comm"))
		return ktr_execname(c, out);
	ktr_set_int(out, strcmp(name, "common_pid") ? ktr_cpu(c) : ktr_tid(c));
	return 0;
}

int ktr_port_field(struct ktr_ctx *c, u32 id, struct ktr_val *out)
{
	const struct field *f = find_field(c->ev, ktr_field_name(id));

	if (f)
		return give_field(c, f, out);
	if (is_generic_field(ktr_field_name(id)))
		return generic_field(c, ktr_field_name(id), out);
	if (!means_others_too(c->ev->probe, c->ev->line))
		return ktr_fail(c, "event %s has no field %s", c->ev->line->full, ktr_field_name(id));
	ktr_set_nil(out);	/* of a pattern's events some may lack it */
	return 0;
}

bool ktr_port_has_field(struct ktr_ctx *c, u32 id)
{
	return find_field(c->ev, ktr_field_name(id)) != NULL;
}

const char *ktr_port_probename(struct ktr_ctx *c)
{
	return c->ev->line->probename;
}

const struct ktr_str *ktr_port_probename_const(struct ktr_ctx *c)
{
	(void)c;
	return NULL;
}

/* ---- the text of an event ----------------------------------------------------------------------------------- */

/* A text under construction, cut at its size. */
struct text {
	char *p;
	u32 len, size;
};

static void __attribute__((format(printf, 2, 3))) add(struct text *t, const char *fmt, ...)
{
	__builtin_va_list ap;
	int n;

	__builtin_va_start(ap, fmt);
	n = vsnprintf(t->p + t->len, t->size - t->len, fmt, ap);
	__builtin_va_end(ap);
	t->len += (u32)n < t->size - t->len ? (u32)n : t->size - t->len - 1;
}

static void add_syscall(struct text *t, const struct line *l)
{
	u32 i;

	if (!strncmp(l->name, "sys_exit_", 9)) {
		add(t, "sys_%s -> 0x%llx", l->name + 9, l->n_fields > 1 ? (u64)l->fields[1].num : 0);
		return;
	}
	add(t, "sys_%s(", strncmp(l->name, "sys_enter_", 10) ? l->name : l->name + 10);
	for (i = 1; i < l->n_fields; i++)
		add(t, "%s%s: %llx", i > 1 ? ", " : "", l->fields[i].name, (u64)l->fields[i].num);
	add(t, ")");
}

/* As the kernel's __print_array() does. */
static void add_list(struct text *t, const struct field *f)
{
	u32 i;

	add(t, " %s={", f->name);
	for (i = 0; i < f->n_list; i++)
		add(t, "%s0x%llx", i ? "," : "", (u64)f->list[i]);
	add(t, "}");
}

/* Values of probes are shown in hexadecimal, those of tracepoints as they are. */
static void add_fields(struct text *t, const struct line *l, u32 first, bool hex)
{
	u32 i;

	for (i = first; i < l->n_fields; i++) {
		const struct field *f = &l->fields[i];

		if (f->list)
			add_list(t, f);
		else if (f->text)
			add(t, hex ? " %s=\"%s\"" : " %s=%s", f->name, f->text->s);
		else if (hex)
			add(t, " %s=0x%llx", f->name, (u64)f->num);
		else
			add(t, " %s=%lld", f->name, f->num);
	}
}

static void add_address(struct text *t, const struct line *l, u32 i)
{
	char sym[256];

	if (i >= l->n_fields)
		return;
	ktr_port_symbolize(sym, sizeof(sym), (u64)l->fields[i].num, true);
	add(t, "%s", sym);
}

static void add_probe(struct text *t, const struct line *l)
{
	bool ret = strstr(l->name, "%return") != NULL;

	add(t, "%s: (", l->probename);
	add_address(t, l, ret ? 1 : 0);
	if (ret) {
		add(t, " <- ");
		add_address(t, l, 0);
	}
	add(t, ")");
	add_fields(t, l, ret ? 2 : 1, true);
}

u32 ktr_port_argstr(struct ktr_ctx *c, char *buf, u32 size)
{
	const struct line *l = c->ev->line;
	struct text t = { buf, 0, size };

	if (l->argstr) {
		add(&t, "%s", l->argstr);
	} else if (!strcmp(l->system, "syscalls")) {
		add_syscall(&t, l);
	} else if (!strcmp(l->system, "probe") || !strcmp(l->system, "sdt")) {
		add_probe(&t, l);
	} else {
		add(&t, "%s:", l->name);
		add_fields(&t, l, 0, false);
	}
	if (!t.len || buf[t.len - 1] != '\n')
		add(&t, "\n");
	return t.len;
}
