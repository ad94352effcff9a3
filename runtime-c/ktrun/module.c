// SPDX-License-Identifier: GPL-2.0
#include "module.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kernel_log.h"
#include "ktr_wire.h"
#include "ktrun.h"
#include "load_errors.h"
#include "signals.h"
#include "status.h"

#define UNLOAD_WAIT_NS (5 * KT_NS_PER_S)
#define STALE_WAIT_NS (30 * KT_NS_PER_S)	/* thousands of events are detached, trace_end runs */
#define STEP_US 20000

/* ---- is it the right file, for the right kernel, and may we? ------------------------------------------------- */

static bool has_cap_sys_module(void)
{
	char *text = kt_read_file("/proc/self/status", NULL);
	const char *line = text ? strstr(text, "\nCapEff:") : NULL;
	bool has = line ? strtoull(line + 8, NULL, 16) >> CAP_SYS_MODULE & 1 : geteuid() == 0;

	free(text);
	return has;
}

static int check_kernel(const struct kt_module *m)
{
	struct utsname uts;

	uname(&uts);
	if (!m->info.release[0] || !strcmp(m->info.release, uts.release))
		return 0;
	kt_error("%s was built for kernel %s, this is %s; build it again with: kt2ko -k %s SCRIPT.kp", m->path,
		 m->info.release, uts.release, uts.release);
	return -1;
}

static int check_file(const struct kt_module *m)
{
	if (!m->info.wire) {
		kt_error("%s is not a script module of kt2ko", m->path);
		return -1;
	}
	if (m->info.wire != KTR_WIRE_VERSION) {
		kt_error("%s speaks module protocol %d, this ktrun %d; use the ktrun of the kt2ko that built it",
			 m->path, m->info.wire, KTR_WIRE_VERSION);
		return -1;
	}
	if (!m->info.name[0] || strchr(m->info.name, '/')) {
		kt_error("%s does not tell its name; build it again", m->path);
		return -1;
	}
	return check_kernel(m);
}

int kt_module_open(struct kt_module *m, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		return kt_module_take(m, fd, path);
	kt_error("cannot read %s: %s", path, strerror(errno));
	return -1;
}

int kt_module_take(struct kt_module *m, int fd, const char *path)
{
	memset(m, 0, sizeof(*m));
	m->path = path;
	m->fd = fd;
	if (kt_modinfo_read(&m->info, m->fd)) {
		kt_error("%s is not a kernel module", path);
		goto refused;
	}
	if (check_file(m))
		goto refused;
	if (!has_cap_sys_module()) {
		kt_error("only root may load modules; run it with sudo, or in a virtual machine: kt2ko vm SCRIPT.kp");
		goto refused;
	}
	snprintf(m->dir, sizeof(m->dir), "/proc/" KTR_PROC_DIR "/%s", m->info.name);
	return 0;
refused:
	close(m->fd);
	m->fd = -1;
	return -1;
}

/* ---- a module of that name that is there already ------------------------------------------------------------- */

/* Reads its status; false: it has none. */
static bool read_status(const struct kt_module *m, struct kt_status *st)
{
	char path[sizeof(m->dir) + 16];
	char *text;

	snprintf(path, sizeof(path), "%s/status", m->dir);
	text = kt_read_file(path, NULL);
	if (text)
		kt_status_parse(st, text);
	free(text);
	return text;
}

/* An owner that was killed leaves a trace that is about to end: gives it a moment. */
static bool read_settled_status(const struct kt_module *m, struct kt_status *st)
{
	unsigned long long until = kt_now_ns() + STALE_WAIT_NS;

	while (read_status(m, st)) {
		if (st->owner != 0 || strcmp(st->state, "ending") || kt_signals_stops() || kt_now_ns() >= until)
			return true;
		usleep(STEP_US);
	}
	return false;
}

/* delete_module(), patient with whoever looks at the module just now. 0 or -errno. */
static int unload(const char *name)
{
	unsigned long long until = kt_now_ns() + UNLOAD_WAIT_NS;

	while (syscall(SYS_delete_module, name, O_NONBLOCK)) {
		if (errno == ENOENT)	/* somebody else was faster */
			return 0;
		if ((errno != EAGAIN && errno != EBUSY && errno != EINTR) || kt_now_ns() >= until)
			return -errno;
		usleep(STEP_US);
	}
	return 0;
}

/* The kernel was built with one of that name; parts of it with parameters are shown as modules too. */
static bool is_built_in(const char *name)
{
	char path[48 + KT_NAME_MAX];

	snprintf(path, sizeof(path), "/sys/module/%s/initstate", name);
	return kt_is_loaded(name) && access(path, F_OK);
}

static int refuse_loaded(const struct kt_module *m, const struct kt_status *st)
{
	const char *name = m->info.name;

	if (st->owner == 1)
		kt_error("module %s is already loaded: another ktrun runs it", name);
	else if (st->owner == 0)
		kt_error("module %s is already loaded and %s; read it with: cat %s/trace; unload it with: rmmod %s", name,
			 st->state, m->dir, name);
	else
		kt_error("module %s is already loaded; unload it with: rmmod %s", name, name);
	return -1;
}

int kt_module_make_way(const struct kt_module *m)
{
	struct kt_status st = { .owner = -1 };
	int err;

	if (!kt_is_loaded(m->info.name))
		return 0;
	if (is_built_in(m->info.name)) {
		kt_error("the kernel has a part of the name %s, so no module can have it; build the script with another: kt2ko -m kt_%s",
			 m->info.name, m->info.name);
		return -1;
	}
	if (!read_settled_status(m, &st) || st.owner != 0 || strcmp(st.state, "ended"))
		return kt_is_loaded(m->info.name) ? refuse_loaded(m, &st) : 0;
	err = unload(m->info.name);
	if (!err)
		return 0;
	kt_error("cannot unload the ended module %s: %s", m->info.name, strerror(-err));
	return -1;
}

/* ---- loading and unloading ----------------------------------------------------------------------------------- */

int kt_module_load(struct kt_module *m, const char *params)
{
	char said[512];
	int log, error;
	long rc;

	if (kt_needed_load(&m->needed, m->info.needs, m->path))
		return -1;
	log = kt_kernel_log_begin();
	kt_signals_block();
	rc = syscall(SYS_finit_module, m->fd, params, 0);
	error = errno;
	kt_signals_unblock();
	kt_kernel_log_end(log, m->info.name, said, sizeof(said));
	if (!rc) {
		m->loaded = true;
		return 0;
	}
	if (error == ENOENT && m->info.needs[0])
		kt_error("%s does not fit the modules %s; build it again with kt2ko, and them with kt2ko tapset", m->path,
			 m->info.needs);
	else
		kt_explain_load_error(m->path, m->fd, error, said);
	kt_needed_unload(&m->needed);
	return -1;
}

int kt_module_close(struct kt_module *m)
{
	int err = 0;

	if (m->loaded)
		err = unload(m->info.name);
	m->loaded = false;
	kt_needed_unload(&m->needed);
	if (m->fd >= 0)
		close(m->fd);
	m->fd = -1;
	if (!err)
		return 0;
	kt_error("cannot unload module %s: %s; try: rmmod %s", m->info.name, strerror(-err), m->info.name);
	return -1;
}
