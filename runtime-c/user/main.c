// SPDX-License-Identifier: GPL-2.0
/* Life of a script that runs as a process. */
#include "home.h"

#define EXIT_FAILED 1

static void init_core(void)
{
	struct ktr_mem_cfg cfg = {
		opt.mem_limit ? opt.mem_limit : (u64)ktr_limits[KTR_LIM_MEMORY_KB] << 10,
		opt.mem_reserve ? opt.mem_reserve : (u64)ktr_limits[KTR_LIM_RESERVE_KB] << 10,
		opt.table_max ? opt.table_max : (u32)ktr_limits[KTR_LIM_MAX_ELEMENTS],
	};

	if (ktg_script.api != KTR_API_VERSION)
		die("%s: made for version %u of the runtime, this is %u", ktg_script.file, ktg_script.api,
		    KTR_API_VERSION);
	if (ktr_core_init(&cfg))
		die("%s: out of memory", ktg_script.file);
	if (ktr_missing_symbol())
		die("%s: unknown kernel symbol %s", ktg_script.file, ktr_missing_symbol());
}

static void run_script(void)
{
	starting = true;
	run_handler(thread_ctx(), &own_task, NULL, NULL, NULL, true);
	starting = false;
	if (!ended) {
		if (opt.threads)
			play_in_threads();
		else
			play_all();
	}
	if (!failed && end_handler.type != KTR_NIL)
		run_handler(thread_ctx(), &own_task, NULL, NULL, &end_handler, false);
}

static void show_stats(void)
{
	unsigned long n;
	u32 i;

	fflush(stdout);
	for (i = 0; i < KTR_N_STATS; i++) {
		n = ktr_stat_get((enum ktr_stat)i);
		if (n)
			fprintf(stderr, "%s: %lu %s\n", ktg_script.name, n, ktr_stat_texts[i]);
	}
}

int main(int argc, char **argv)
{
	static char out[1 << 16];

	parse_options(argc, argv);
	ktr_limits_settle();
	ktr_str_max = (unsigned int)ktr_limits[KTR_LIM_MAX_STRING];
	setvbuf(stdout, out, _IOFBF, sizeof(out));
	world_init();
	if (opt.events)
		read_events(opt.events);
	init_core();
	make_contexts();
	run_script();
	if (opt.show_stats)
		show_stats();
	ktr_core_exit();
	free_contexts();
	free_registrations();
	free_events();
	world_free();
	fflush(stdout);
	return failed ? EXIT_FAILED : 0;
}
