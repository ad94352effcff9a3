/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ktr_port.h - what core/ needs from its home. Implemented by runtime-c/kernel (for modules) and runtime-c/user (for
 * processes); core/ calls nothing else and includes nothing else but its own headers.
 *
 * Context: any, unless a function says otherwise.
 */
#ifndef KTR_PORT_H
#define KTR_PORT_H

#include "ktr.h"

/* Both homes supply these by their usual names. */
void *memcpy(void *dst, const void *src, unsigned long n);
void *memmove(void *dst, const void *src, unsigned long n);
void *memset(void *dst, int c, unsigned long n);
int memcmp(const void *a, const void *b, unsigned long n);
unsigned long strlen(const char *s);

/* Zeroed memory, or NULL. Context: process, may sleep. */
void *ktr_port_alloc(unsigned long bytes);
void ktr_port_free(void *p);

/* Interrupts off on this CPU (which also keeps it from changing); restore takes what save returned. */
unsigned long ktr_port_irq_save(void);
void ktr_port_irq_restore(unsigned long flags);
void ktr_port_relax(void);		/* inside a spin loop */

/*
 * Asks process context to call ktr_mem_refill() soon, because a reserve ran below its mark. Cheap when already asked.
 */
void ktr_port_kick(void);

/* True when the calling context may call ktr_port_alloc() right now (the script's own thread, no lock held). */
bool ktr_port_may_sleep(const struct ktr_ctx *c);

/* Main context, every few thousand iterations: lets other tasks run. Returns true when the script has to end. */
bool ktr_port_yield(struct ktr_ctx *c);

/* Number of shards of counters (CPUs x levels) and the shard's words; i < ktr_port_n_shards(). */
u32 ktr_port_n_shards(void);
s64 *ktr_port_shard(u32 i);

/*
 * Cells of ways (ktr_leaf.h): n numbers, all 0, that each CPU has its own of. The place of the first, the others follow
 * at 8 bytes each; 0: no memory. Context: process, may sleep.
 */
unsigned long ktr_port_cells_new(u32 n);
void ktr_port_cells_free(unsigned long cells);
s64 ktr_port_cell_sum(unsigned long cell);		/* of all CPUs, while they go on adding */
u64 ktr_port_cell_at(unsigned long cell, u32 cpu);	/* of one CPU, cpu < ktr_port_n_cpus() */
u32 ktr_port_n_cpus(void);				/* that there can ever be */
void ktr_port_read_barrier(void);			/* cells are read before it or behind it */
void ktr_port_cell_clear(unsigned long cell);		/* nobody else uses it */
/* Returns when every quick handler that runs now has ended. Context: process, may sleep. */
void ktr_port_sync(void);
/* Where the way for KTR_ADDER_NAME of the current event is; NULL: it has none. */
struct ktr_way **ktr_port_name_slot(struct ktr_ctx *c);

/*
 * Commits one record. rec points to KTR_OUT_HEADROOM free bytes followed by len bytes of payload. Takes the time stamp,
 * writes the header, drops and counts when the stream is full.
 */
#define KTR_OUT_HEADROOM 16u
void ktr_port_emit(struct ktr_ctx *c, u16 kind, u16 flags, void *rec, u32 len);

/* Time: monotonic (the clock of records) and wall clock since the epoch, in nanoseconds. */
u64 ktr_port_mono_ns(void);
u64 ktr_port_real_ns(void);

/* Task and machine. comm: 16 bytes, NUL-padded. */
s64 ktr_port_pid(struct ktr_ctx *c);
s64 ktr_port_tid(struct ktr_ctx *c);
s64 ktr_port_uid(struct ktr_ctx *c);
u64 ktr_port_task(struct ktr_ctx *c);	/* what only the current thread has, from its first to its last moment */
void ktr_port_comm(struct ktr_ctx *c, char comm[16]);
u32 ktr_port_num_cpus(void);
const char *ktr_port_arch(void);
const char *ktr_port_release(void);
s64 ktr_port_in_interrupt(struct ktr_ctx *c);
bool ktr_port_in_iowait(struct ktr_ctx *c);
/* bytes (4 or 8) at offset of the current task_struct; negative: outside of it. */
int ktr_port_taskinfo(struct ktr_ctx *c, u64 offset, u32 bytes, s64 *out);

/* Fault-safe reads. n bytes, 0 or negative. The string forms return the length without NUL, at most max - 1, or negative. */
int ktr_port_read_kernel(void *dst, u64 addr, u32 n);
int ktr_port_str_kernel(char *dst, u64 addr, u32 max);
int ktr_port_str_user(char *dst, u64 addr, u32 max);
/* A fault-safe write of n bytes, 0 or negative. Only what scripts built with --unsafe write to memory that is not their own. */
int ktr_port_write_kernel(u64 addr, const void *src, u32 n);

/* Stacks: at most max return addresses, innermost first, the tracer's own frames left out; the number found. */
u32 ktr_port_stack(struct ktr_ctx *c, u64 *addrs, u32 max);
u32 ktr_port_ustack(struct ktr_ctx *c, u64 *addrs, u32 max);

/* Text of a code address into buf, the length: "name+0x12/0x80 [module]", or just "name" when offset is false. */
u32 ktr_port_symbolize(char *buf, u32 size, u64 addr, bool offset);
/* Address of a kernel symbol, 0: none. Context: process. */
u64 ktr_port_symbol(const char *name);

/* Script arguments, for ktr_args(): number without the script's name, and the text of the i-th (from 1). Process. */
u32 ktr_port_n_args(void);
const char *ktr_port_arg(u32 i);

/*
 * The current event (c->ev is not NULL). Values are written to out with ktr_str_new() and friends where they are text.
 * id: index into ktr_script.fields. The field functions return KTR_ERR after ktr_fail() for a field that is not there.
 */
int ktr_port_arg_value(struct ktr_ctx *c, u32 n, struct ktr_val *out);
int ktr_port_field(struct ktr_ctx *c, u32 id, struct ktr_val *out);
bool ktr_port_has_field(struct ktr_ctx *c, u32 id);
u32 ktr_port_argstr(struct ktr_ctx *c, char *buf, u32 size);	/* the text with its newline; its length */
const char *ktr_port_probename(struct ktr_ctx *c);
/* The same as a constant that lives as long as the script; NULL: there is none. */
const struct ktr_str *ktr_port_probename_const(struct ktr_ctx *c);

/* The script's loop limits: iterations for this context. */
s64 ktr_port_loop_limit(const struct ktr_ctx *c);

#endif
