// SPDX-License-Identifier: GPL-2.0
/*
 * Threaded mode, for stress tests: every CPU is a thread that plays the whole list, again and again, while another
 * thread does what process context does. Only sums are reproducible here.
 */
#include "home.h"

#include <pthread.h>
#include <sched.h>

static bool players_done;

static void *player(void *arg)
{
	u32 cpu = (u32)(uintptr_t)arg, i, n;

	for (n = 0; n < opt.repeat; n++) {
		for (i = 0; i < events.n; i++) {
			if (events.lines[i].kind == LINE_EVENT)
				deliver(&events.lines[i], cpu);
		}
	}
	return NULL;
}

static void *worker(void *arg)
{
	while (!__atomic_load_n(&players_done, __ATOMIC_ACQUIRE)) {
		refill_if_wanted();
		sched_yield();
	}
	return arg;
}

void play_in_threads(void)
{
	pthread_t players[MAX_CPUS], refiller;
	u32 i;

	if (pthread_create(&refiller, NULL, worker, NULL))
		die("cannot start a thread");
	for (i = 0; i < opt.threads; i++) {
		if (pthread_create(&players[i], NULL, player, (void *)(uintptr_t)i))
			die("cannot start a thread");
	}
	for (i = 0; i < opt.threads; i++)
		pthread_join(players[i], NULL);
	__atomic_store_n(&players_done, true, __ATOMIC_RELEASE);
	pthread_join(refiller, NULL);
}
