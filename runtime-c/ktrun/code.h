/* SPDX-License-Identifier: GPL-2.0 */
/* Frames of user stacks in the script's output: from "FILE+0xOFFSET", as the module writes them, to names of functions. */
#ifndef KTRUN_CODE_H
#define KTRUN_CODE_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

#ifdef __cplusplus
extern "C" {
#endif

struct kt_code_file;

/* All zero: the script takes no user stacks, texts stay as they are. */
struct kt_code {
	char *path;			/* of the module's file `code`; NULL: there is none */
	struct kt_code_file *list;
	size_t n;
	struct kt_text text;		/* the text that was made last */
};

/* dir: the module's directory. 0, or -1 after a message. */
int kt_code_open(struct kt_code *c, const char *dir);
void kt_code_free(struct kt_code *c);

/*
 * The text with names: "FUNCTION+0xWITHIN [FILE]"; in folded lines "FUNCTION", and "[FILE]" where no function is known. The text
 * itself when there is nothing to name, else one that is valid until the next call. *n: its length. When memory is
 * short it stays as it is.
 */
const char *kt_code_names(struct kt_code *c, const char *text, size_t *n, bool folded);

#ifdef __cplusplus
}
#endif

#endif
