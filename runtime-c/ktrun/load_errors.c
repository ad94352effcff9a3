// SPDX-License-Identifier: GPL-2.0
#include "load_errors.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktrun.h"

static const struct {
	int error;
	const char *text;
} explanations[] = {
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

/* ---- signatures ---------------------------------------------------------------------------------------------- */

bool kt_is_signed(int fd)
{
	static const char mark[] = "~Module signature appended~\n";	/* of the kernel's format: the last bytes */
	char end[sizeof(mark) - 1];
	off_t size = lseek(fd, 0, SEEK_END);

	if (size < (off_t)sizeof(end) || pread(fd, end, sizeof(end), size - (off_t)sizeof(end)) != (ssize_t)sizeof(end))
		return false;
	return !memcmp(end, mark, sizeof(end));
}

#define ENROLL "have the kernel trust its certificate (Secure Boot: mokutil --import CERT.der, then reboot)"

const char *kt_signature_error(int error, bool is_signed, bool lockdown)
{
	switch (error) {
	case EPERM:
		if (!lockdown)
			return NULL;
		return is_signed ? "the kernel is locked down, and does not know the key that signed it; " ENROLL :
				   "the kernel is locked down and loads signed modules only; build it with kt2ko --sign KEY "
				   "CERT, and " ENROLL;
	case EKEYREJECTED:
	case ENOKEY:
		return is_signed ? "the kernel does not know the key that signed it, or the file was changed since; " ENROLL
				   ", or sign it again" :
				   "the kernel loads signed modules only (module.sig_enforce); build it with kt2ko --sign KEY "
				   "CERT, and " ENROLL;
	case EBADMSG:
	case ELIBBAD:
		return "its signature is damaged; build it again";
	case ENOPKG:
		return "the kernel cannot check a signature of this kind; build it again for this kernel";
	default:
		return NULL;
	}
}

static bool locked_down(void)
{
	static const char path[] = "/sys/kernel/security/lockdown";

	return file_has(path, "[") && !file_has(path, "[none]");
}

/* ---- the rest ------------------------------------------------------------------------------------------------ */

static const char *explain_eperm(void)
{
	if (file_has("/proc/sys/kernel/modules_disabled", "1"))
		return "loading modules is switched off until the next boot (kernel.modules_disabled)";
	return "not permitted: a container (run ktrun on the host), or a kernel that is locked down and wants a signature "
	       "(kt2ko --sign; dmesg tells)";
}

bool kt_is_other_build(const char *said)
{
	static const char *const signs[] = { "version magic", "disagrees about version of symbol", "no symbol version for" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (!strncmp(said, signs[i], strlen(signs[i])))
			return true;
	return false;
}

void kt_explain_load_error(const char *path, int fd, int error, const char *said)
{
	const char *text = kt_signature_error(error, kt_is_signed(fd), locked_down());

	if (!text && kt_is_other_build(said)) {
		kt_error("cannot load %s: it was made for another build of this kernel, which has the same release (%s); build it "
			 "with the headers of the kernel that runs here: -k BUILDDIR, with the directory that "
			 "/lib/modules/$(uname -r)/build points to", path, said);
		return;
	}
	if (!text && error == EPERM)
		text = explain_eperm();
	for (size_t i = 0; i < sizeof(explanations) / sizeof(explanations[0]) && !text; i++)
		if (explanations[i].error == error)
			text = explanations[i].text;
	if (text && *said)
		kt_error("cannot load %s: %s: %s", path, text, said);
	else if (text)
		kt_error("cannot load %s: %s", path, text);
	else
		kt_error("cannot load %s: %s (dmesg may tell more)", path, strerror(error));
}
