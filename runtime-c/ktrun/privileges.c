// SPDX-License-Identifier: GPL-2.0
#include "privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ktrun.h"

#define BIT(cap) (1ull << (cap))

/* Unloads the module; ends the command, which may have become somebody else. */
#define ALWAYS (BIT(CAP_SYS_MODULE) | BIT(CAP_KILL))
/* Programs that only others may read, also by /proc/PID/root; files of CPUs that come later. */
#define READING (BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_SYS_PTRACE))

static bool dropped;
static uint64_t always, reading;

static int get_permitted(uint64_t *caps)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, data))
		return -1;
	*caps = data[0].permitted | (uint64_t)data[1].permitted << 32;
	return 0;
}

static int set_caps(uint64_t effective, uint64_t permitted)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
		{ (uint32_t)effective, (uint32_t)permitted, 0 },
		{ (uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), 0 },
	};

	return (int)syscall(SYS_capset, &header, data);
}

/* Of a program that ktrun would run. It runs none, so it does not matter where this is not permitted. */
static void empty_bounding_set(void)
{
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
}

int kt_privileges_drop(const struct kt_identity *who, bool writes_files)
{
	uint64_t has;

	if (get_permitted(&has))
		goto failed;
	always = has & ALWAYS;
	reading = has & READING;
	/* what root is used to: its files may be in a folder of somebody else */
	if (writes_files && !(who->other ? who->uid : geteuid()))
		always |= has & BIT(CAP_DAC_OVERRIDE);
	empty_bounding_set();
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) || kt_identity_become(who) || set_caps(always, always | reading) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		goto failed;
	dropped = true;
	return 0;
failed:
	kt_error("cannot give up privileges: %s", strerror(errno));
	return -1;
}

void kt_privileges_begin_reading(void)
{
	if (dropped)
		set_caps(always | reading, always | reading);
}

void kt_privileges_end_reading(void)
{
	if (dropped)
		set_caps(always, always | reading);
}
