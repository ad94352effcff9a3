/* SPDX-License-Identifier: GPL-2.0 */
/*
 * render.h - text of trace event records, by the kernel's own formatter.
 */
#ifndef KTR_RENDER_H
#define KTR_RENDER_H

#include <linux/trace_events.h>

#include "home.h"

/* Makes ktr_render() usable: memory for each CPU and level. 0 or -ENOMEM. Context: process. */
int ktr_render_init(void);
void ktr_render_exit(void);
int ktr_render_add_cpu(unsigned int cpu);
u64 ktr_render_bytes(void);			/* memory taken, for the status file */

/* "NAME: text\n" of a record; its length, at most size - 1, NUL-terminated. c is a context of this CPU. */
u32 ktr_render(struct ktr_ctx *c, struct trace_event_call *call, const void *rec, u32 rec_size, char *buf, u32 size);

#endif
