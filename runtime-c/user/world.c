// SPDX-License-Identifier: GPL-2.0
/* The fake machine: kernel symbols and memory. More of both can be given in the event list. */
#include "home.h"

#include <stdlib.h>
#include <string.h>

struct symbol {
	char *name;
	u64 addr, size;
};

struct region {
	u64 addr;
	size_t n;
	u8 *bytes;
};

static struct symbol *symbols;
static u32 n_symbols;
static struct region *regions;
static u32 n_regions;

#define TEXT_BASE 0xffffffff81000000ull
#define DATA_BASE 0xffffffff82000000ull
#define USER_BASE 0x400000ull

static const char *const functions[] = {
	"schedule", "vfs_read", "vfs_write", "vfs_open", "do_sys_openat2", "ksys_read", "ksys_write", "do_filp_open",
	"__x64_sys_read", "__x64_sys_write", "__x64_sys_openat", "__x64_sys_futex", "__x64_sys_nanosleep",
	"do_syscall_64", "entry_SYSCALL_64_after_hwframe", "tcp_sendmsg", "tcp_recvmsg", "ip_rcv", "kmem_cache_alloc",
	"kfree", "wake_up_process", "try_to_wake_up", "do_exit", "kernel_clone", "submit_bio", "start_kernel",
	"handle_mm_fault", "do_user_addr_fault", "ret_from_fork", "a_kernel_function_with_a_rather_long_name",
};

static const char *const user_functions[] = { "_start", "main", "compute", "helper", "malloc", "free" };

void world_add_symbol(const char *name, u64 addr, u64 size)
{
	symbols = need(realloc(symbols, (n_symbols + 1) * sizeof(*symbols)));
	symbols[n_symbols].name = copy_text(name, strlen(name));
	symbols[n_symbols].addr = addr;
	symbols[n_symbols++].size = size;
}

void world_add_memory(u64 addr, const void *bytes, size_t n)
{
	struct region *r;

	regions = need(realloc(regions, (n_regions + 1) * sizeof(*regions)));
	r = &regions[n_regions++];
	r->addr = addr;
	r->n = n;
	r->bytes = need(malloc(n));
	memcpy(r->bytes, bytes, n);
}

/* A data symbol with its content. */
static void add_data(const char *name, u64 addr, const void *bytes, size_t n)
{
	world_add_symbol(name, addr, n);
	world_add_memory(addr, bytes, n);
}

void world_init(void)
{
	static const char banner[] = "Linux version 6.1.0-user (kt2ko) #1 SMP\n";
	u64 jiffies = 4294937296ull;
	u32 nr_threads = 123, i;
	u8 bytes[8] = { 0xf0, 0xde, 0xbc, 0x9a, 0x78, 0x56, 0x34, 0x12 };

	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		world_add_symbol(functions[i], TEXT_BASE + i * 0x1000ull, 0x200);
	for (i = 0; i < sizeof(user_functions) / sizeof(user_functions[0]); i++)
		world_add_symbol(user_functions[i], USER_BASE + i * 0x100ull, 0x100);
	add_data("linux_banner", DATA_BASE, banner, sizeof(banner));
	add_data("jiffies", DATA_BASE + 0x1000, &jiffies, sizeof(jiffies));
	add_data("jiffies_64", DATA_BASE + 0x1000, &jiffies, sizeof(jiffies));
	add_data("nr_threads", DATA_BASE + 0x2000, &nr_threads, sizeof(nr_threads));
	add_data("kt2ko_test_bytes", DATA_BASE + 0x3000, bytes, sizeof(bytes));
	world_add_memory(0x1000, "hello from user space", 22);
	world_add_memory(0x2000, "/etc/passwd", 12);
}

void world_free(void)
{
	while (n_symbols)
		free(symbols[--n_symbols].name);
	while (n_regions)
		free(regions[--n_regions].bytes);
	free(symbols);
	free(regions);
	symbols = NULL;
	regions = NULL;
}

/* ---- symbols ------------------------------------------------------------------------------------------------ */

u64 world_symbol(const char *name)
{
	u32 i = n_symbols;

	/* what the event list adds comes later and counts more */
	while (i--) {
		if (!strcmp(symbols[i].name, name))
			return symbols[i].addr;
	}
	return 0;
}

bool world_has_symbol_like(const char *glob)
{
	char alias[300];
	u32 i;

	/* the names that people know system calls by */
	snprintf(alias, sizeof(alias), "__x64_sys_%s", !strncmp(glob, "SyS_", 4) || !strncmp(glob, "sys_", 4) ?
		 glob + 4 : glob);
	for (i = 0; i < n_symbols; i++) {
		const char *s = symbols[i].name;

		if (symbols[i].addr < TEXT_BASE)
			continue;
		if (ktr_glob_match(glob, (u32)strlen(glob), s, (u32)strlen(s)) || !strcmp(alias, s))
			return true;
	}
	return false;
}

u64 ktr_port_symbol(const char *name)
{
	return world_symbol(name);
}

u32 ktr_port_symbolize(char *buf, u32 size, u64 addr, bool offset)
{
	const struct symbol *s = NULL;
	int n;
	u32 i;

	for (i = n_symbols; i-- && !s;) {
		if (addr >= symbols[i].addr && addr - symbols[i].addr < symbols[i].size)
			s = &symbols[i];
	}
	if (!s)
		n = snprintf(buf, size, "0x%llx", addr);
	else if (offset)
		n = snprintf(buf, size, "%s+0x%llx/0x%llx", s->name, addr - s->addr, s->size);
	else
		n = snprintf(buf, size, "%s", s->name);
	return (u32)n < size ? (u32)n : size - 1;
}

/* ---- memory ------------------------------------------------------------------------------------------------- */

/* The byte at an address; false: there is none. */
static bool byte_at(u64 addr, u8 *b)
{
	u32 i;

	for (i = n_regions; i--;) {
		if (addr >= regions[i].addr && addr - regions[i].addr < regions[i].n) {
			*b = regions[i].bytes[addr - regions[i].addr];
			return true;
		}
	}
	return false;
}

int ktr_port_read_kernel(void *dst, u64 addr, u32 n)
{
	u8 *d = dst;
	u32 i;

	for (i = 0; i < n; i++) {
		if (!byte_at(addr + i, &d[i]))
			return -1;
	}
	return 0;
}

int ktr_port_write_kernel(u64 addr, const void *src, u32 n)
{
	(void)addr;
	(void)src;
	(void)n;
	return -1;	/* the fake memory cannot be written */
}

static int read_string(char *dst, u64 addr, u32 max)
{
	u8 b = 1;
	u32 n;

	for (n = 0; n + 1 < max; n++) {
		if (!byte_at(addr + n, &b))
			return n ? (int)n : -1;
		if (!b)
			return (int)n;
		dst[n] = (char)b;
	}
	return (int)n;
}

int ktr_port_str_kernel(char *dst, u64 addr, u32 max)
{
	return read_string(dst, addr, max);
}

int ktr_port_str_user(char *dst, u64 addr, u32 max)
{
	return read_string(dst, addr, max);
}
