/* SPDX-License-Identifier: GPL-2.0 */
/*
 * format.h - the text of outputs that were written as arguments only (KTR_REC_FORMAT): for whoever reads them, in the kernel
 * and in programs. Needs no home.
 */
#ifndef KTR_FORMAT_H
#define KTR_FORMAT_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The text of a record with `size` bytes of payload; text: the format that it names, with len bytes. At most KTR_FORMAT_TEXT_MAX
 * bytes are written to buf; their number, or negative: payload and format do not fit each other. Context: any.
 */
int ktr_format_text(char *buf, const char *text, unsigned int len, const void *payload, unsigned int size);

#ifdef __cplusplus
}
#endif

#endif
