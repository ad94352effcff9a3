// SPDX-License-Identifier: GPL-2.0
#include "load_errors.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "ktrun.h"

static const struct {
	int error;
	const char *text;
} explanations[] = {
	{ EKEYREJECTED, "the kernel only loads modules signed by a key that it knows; sign the module with an enrolled "
			"key, or switch Secure Boot off" },
	{ ENOKEY, "the kernel only loads modules signed by a key that it knows; enrol the key (mokutil --import)" },
	{ EBADMSG, "the module's signature is damaged; build it again" },
	{ ENOEXEC, "it does not fit the running kernel; build it again here (dmesg tells the detail)" },
	{ ENOENT, "it needs a symbol that the running kernel does not have; build it again here (dmesg names the symbol)" },
	{ EEXIST, "a module of that name is being loaded; try again" },
	{ EBUSY, "a module of that name is being loaded; try again" },
	{ ENOMEM, "not enough memory for its buffers and tables" },
	{ ESRCH, "the process to trace is gone" },
	{ EINVAL, "the kernel or the module refuses a parameter (dmesg tells which)" },
};

static bool file_has(const char *path, const char *words)
{
	char *text = kt_read_file(path, NULL);
	bool has = text && strstr(text, words);

	free(text);
	return has;
}

static const char *explain_eperm(void)
{
	if (file_has("/proc/sys/kernel/modules_disabled", "1"))
		return "loading modules is switched off until the next boot (kernel.modules_disabled)";
	if (!file_has("/sys/kernel/security/lockdown", "[none]") && file_has("/sys/kernel/security/lockdown", "["))
		return "the kernel is locked down (Secure Boot): only signed modules load; sign it with an enrolled key";
	return "not permitted; in a container, run ktrun on the host";
}

void kt_explain_load_error(const char *path, int error)
{
	const char *text = NULL;

	if (error == EPERM)
		text = explain_eperm();
	for (size_t i = 0; i < sizeof(explanations) / sizeof(explanations[0]) && !text; i++)
		if (explanations[i].error == error)
			text = explanations[i].text;
	if (text)
		kt_error("cannot load %s: %s", path, text);
	else
		kt_error("cannot load %s: %s (dmesg may tell more)", path, strerror(error));
}
