/* SPDX-License-Identifier: GPL-2.0 */
/*
 * user_code.h - frames of user stacks as places in files.
 *
 * An address says nothing when its process has gone, and is another one in every process. So where a mapping of a file is
 * found, a frame is the number of the file and the offset in it: a word that is no address, neither the kernel's nor a
 * program's. Equal code gives equal stacks then, in whichever process. Frames elsewhere (code that was made at run time, a
 * memory map that is being changed right now) stay addresses.
 */
#ifndef KTR_USER_CODE_H
#define KTR_USER_CODE_H

#include <linux/types.h>

/* Bits 63 and 62 of the word are 01: not canonical, as an address. */
#define KTR_CODE_MARK (1ull << 62)
#define KTR_CODE_FILE_SHIFT 40
#define KTR_CODE_OFFSET_MASK ((1ull << KTR_CODE_FILE_SHIFT) - 1)

static inline bool ktr_is_user_code(u64 frame)
{
	return frame >> 62 == 1;
}

/* Memory for scripts that take user stacks. 0 or -ENOMEM. Context: process. */
int ktr_user_code_init(void);
/* No handler runs any more. Context: process. */
void ktr_user_code_exit(void);
u64 ktr_user_code_bytes(void);			/* memory taken, for the status file */

/* Turns the n addresses of a stack of the current task into places where it can. Context: any. */
void ktr_user_code_places(u64 *addrs, u32 n);

/* "FILE+0xOFFSET"; its length, as scnprintf() gives it. Context: any. */
u32 ktr_user_code_text(char *buf, u32 size, u64 frame);

#endif
