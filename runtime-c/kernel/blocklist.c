// SPDX-License-Identifier: GPL-2.0
/*
 * blocklist.c - see blocklist.h.
 *
 * The kernel refuses most of what cannot be probed: what exceptions, the function tracer and its own probes run through.
 * This is what it does not refuse and does not survive, or what would be useless and cost something. Entries of functions
 * need no row: what the hook of the function tracer does before its guard calls nothing that can be traced, and
 * behind the guard a nested event ends at once.
 */
#include "blocklist.h"

struct row {
	const char *name;
	u8 how;		/* enum ktr_hook_how */
	const char *why;
};

/*
 * Hooked returns are noted per task. This function is entered as one task and left as another, which has no such note,
 * and the kernel stops with "Return address not found".
 */
#define WHY_SWITCH "it returns in another task than it was called in"

/*
 * What never returns keeps the memory that was to tell its return until the task is gone, or for good (idle tasks), and
 * no handler would ever run.
 */
#define WHY_NO_RETURN "it does not return"

/*
 * A breakpoint stops the function in the middle: a lock may be half taken. Handlers take locks of their own (for tables
 * and output), and with debugging switched on the kernel checks those by code that these functions call as well.
 */
#define WHY_LOCK "a handler would run while a lock is half taken; its entry can be traced"

static const struct row rows[] = {
	{ "__switch_to", KTR_HOOK_RETURN, WHY_SWITCH },
	{ "__switch_to_asm", KTR_HOOK_RETURN, WHY_SWITCH },

	{ "do_exit", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "do_group_exit", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "do_task_dead", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "make_task_dead", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "kthread_exit", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "kthread_complete_and_exit", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "__module_put_and_kthread_exit", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "__x64_sys_exit", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "__ia32_sys_exit", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "__x64_sys_exit_group", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "__ia32_sys_exit_group", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "panic", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "nmi_panic", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "cpu_startup_entry", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "arch_cpu_idle_dead", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "play_dead", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "native_play_dead", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "hlt_play_dead", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "stop_this_cpu", KTR_HOOK_RETURN, WHY_NO_RETURN },
	{ "reboot_interrupt", KTR_HOOK_RETURN, WHY_NO_RETURN },

	{ "*_raw_spin_*lock*", KTR_HOOK_BREAK, WHY_LOCK },
	{ "_raw_read_*lock*", KTR_HOOK_BREAK, WHY_LOCK },
	{ "_raw_write_*lock*", KTR_HOOK_BREAK, WHY_LOCK },
	{ "do_raw_*lock*", KTR_HOOK_BREAK, WHY_LOCK },
	{ "*queued_spin_*lock*", KTR_HOOK_BREAK, WHY_LOCK },
	{ "queued_read_lock_slowpath", KTR_HOOK_BREAK, WHY_LOCK },
	{ "queued_write_lock_slowpath", KTR_HOOK_BREAK, WHY_LOCK },
	{ "__pv_queued_spin_*", KTR_HOOK_BREAK, WHY_LOCK },
	{ "lock_acquire", KTR_HOOK_BREAK, WHY_LOCK },
	{ "lock_release", KTR_HOOK_BREAK, WHY_LOCK },
	{ "__lock_acquire", KTR_HOOK_BREAK, WHY_LOCK },
};

const char *ktr_blocked(const char *function, enum ktr_hook_how how)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if ((rows[i].how & how) &&
		    ktr_glob_match(rows[i].name, strlen(rows[i].name), function, strlen(function)))
			return rows[i].why;
	return NULL;
}

const char *ktr_blocked_name(unsigned int i, enum ktr_hook_how how, const char **why)
{
	unsigned int k;

	for (k = 0; k < ARRAY_SIZE(rows); k++) {
		if (!(rows[k].how & how) || i--)
			continue;
		*why = rows[k].why;
		return rows[k].name;
	}
	return NULL;
}
