// SPDX-License-Identifier: GPL-2.0
/*
 * contexts.c - one context for each CPU and level, and one for the script's own thread.
 *
 * All memory is taken before the first event. A CPU that comes online later gets its contexts from a hotplug callback,
 * and keeps them when it goes.
 */
#include "attach.h"

#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "ktr_sizes.h"

#define KTR_THREAD_SCRATCH (256u * 1024)

DEFINE_PER_CPU(struct ktr_cpu, ktr_cpus);
DEFINE_PER_CPU(union ktr_guard, ktr_guard) = { .gate = KTR_GATE_CLOSED, .absent = 1 };
struct ktr_ictx *ktr_thread_ctx;

static u64 bytes_taken;

static void *take(unsigned long bytes, int node)
{
	void *p = kvzalloc_node(bytes, GFP_KERNEL, node);

	if (p)
		bytes_taken += bytes;
	return p;
}

/* ---- counters ----------------------------------------------------------------------------------------------- */

#ifdef KTR_HAVE_LEAVES
static_assert(IS_ENABLED(CONFIG_SMP), "each CPU has its own counters: only kernels for several CPUs are supported");

static int counters_init(void)
{
	return 0;
}

static bool give_shard(struct ktr_ctx_cfg *cfg, int node)
{
	return true;
}

static void counters_exit(void)
{
}

u32 ktr_port_n_shards(void)
{
	return nr_cpu_ids;
}

s64 *ktr_port_shard(u32 i)
{
	static s64 nothing[KTR_MAX_COUNTERS];

	return cpu_possible(i) ? per_cpu_ptr((s64 __percpu *)ktg_counters, i) : nothing;
}
#else
/*
 * Shards, in the order in which contexts were made: core/ sums over them. An entry is written before n_shards grows,
 * and never changes afterwards.
 */
static s64 **shards;
static u32 n_shards;
static u32 max_shards;

static int counters_init(void)
{
	max_shards = num_possible_cpus() * KTR_N_EVENT_LEVELS + 1;
	shards = kvcalloc(max_shards, sizeof(*shards), GFP_KERNEL);
	return shards ? 0 : -ENOMEM;
}

static bool give_shard(struct ktr_ctx_cfg *cfg, int node)
{
	/* one cache line at least: neighbours of other CPUs must not share it */
	s64 *shard = take(ALIGN(max_t(u32, ktg_script.n_counters, 1) * sizeof(s64), SMP_CACHE_BYTES), node);

	if (!shard || WARN_ON_ONCE(n_shards == max_shards)) {
		kvfree(shard);
		return false;
	}
	shards[n_shards] = shard;
	smp_store_release(&n_shards, n_shards + 1);
	cfg->shard = shard;
	return true;
}

static void counters_exit(void)
{
	u32 i;

	for (i = 0; i < n_shards; i++)
		kvfree(shards[i]);
	kvfree(shards);
}

u32 ktr_port_n_shards(void)
{
	return smp_load_acquire(&n_shards);
}

s64 *ktr_port_shard(u32 i)
{
	return shards[i];
}
#endif

/* ---- contexts ----------------------------------------------------------------------------------------------- */

static_assert(KTR_N_EVENT_LEVELS * (ALIGN(sizeof(struct ktr_event_ctx), SMP_CACHE_BYTES) +
	      KTR_CTX_BYTES(KTR_DEF_SLOTS, KTR_DEF_SCRATCH, KTR_DEF_OUT)) <= KTR_SIZE_CPU_CONTEXTS);
static_assert(ALIGN(sizeof(struct ktr_event_ctx), SMP_CACHE_BYTES) +
	      KTR_CTX_BYTES(KTR_THREAD_SLOTS, KTR_THREAD_SCRATCH, KTR_THREAD_OUT) <= KTR_SIZE_THREAD_CONTEXT);

/* The context, what the home adds to it, and its memory are one piece, so that kvfree() of the context frees all. */
static struct ktr_ictx *new_context(struct ktr_ctx_cfg *cfg, int node)
{
	unsigned long head = ALIGN(sizeof(struct ktr_event_ctx), SMP_CACHE_BYTES);
	struct ktr_ictx *x;

	x = take(head + ktr_ctx_bytes(cfg), node);
	/* last: a shard stays, and a CPU without memory is tried again when it comes the next time */
	if (!x || !give_shard(cfg, node)) {
		kvfree(x);
		return NULL;
	}
	ktr_ctx_init(x, (char *)x + head, cfg);
	return x;
}

int ktr_contexts_add_cpu(unsigned int cpu)
{
	struct ktr_cpu *pc = per_cpu_ptr(&ktr_cpus, cpu);
	u16 level;

	for (level = 0; level < KTR_N_EVENT_LEVELS; level++) {
		struct ktr_ctx_cfg cfg = { .level = level, .cpu = cpu };
		struct ktr_ictx *x;

		if (pc->ctx[level])
			continue;
		x = new_context(&cfg, cpu_to_node(cpu));
		if (!x)
			return -ENOMEM;
		/* the CPU is not running, or no event is attached yet */
		pc->ctx[level] = x;
	}
	WRITE_ONCE(per_cpu_ptr(&ktr_guard, cpu)->absent, 0);
	return 0;
}

int ktr_contexts_init(void)
{
	struct ktr_ctx_cfg cfg = {
		.level = KTR_LEVEL_THREAD,
		.n_slots = max(KTR_THREAD_SLOTS, 2 * ktg_script.main_slots),
		.scratch_bytes = KTR_THREAD_SCRATCH,
		.out_bytes = KTR_THREAD_OUT,
		.stack_budget = KTR_THREAD_STACK,
	};

	if (counters_init())
		return -ENOMEM;
	ktr_thread_ctx = new_context(&cfg, NUMA_NO_NODE);
	return ktr_thread_ctx ? 0 : -ENOMEM;
}

void ktr_contexts_exit(void)
{
	unsigned int cpu;
	u32 i;

	for_each_possible_cpu(cpu) {
		struct ktr_cpu *pc = per_cpu_ptr(&ktr_cpus, cpu);

		for (i = 0; i < KTR_N_EVENT_LEVELS; i++)
			kvfree(pc->ctx[i]);	/* the pointers stay: the module is going */
	}
	kvfree(ktr_thread_ctx);
	counters_exit();
}

u64 ktr_contexts_bytes(void)
{
	return bytes_taken;
}
