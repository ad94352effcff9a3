/* SPDX-License-Identifier: GPL-2.0 */
/*
 * made.h - what spec.c and filter.c share: making a trace from text. Context of all: process, main chunk.
 */
#ifndef KTR_MADE_H
#define KTR_MADE_H

#include "internal.h"

#define KTR__MAX_PROBES 64u
#define KTR__MAX_FETCH 32u

struct ktr__maker {
	struct ktr_ctx *c;
	const char *text;	/* NUL-terminated */
	const char *at;		/* what is read next */
	char *free, *end;	/* memory of the trace */
	struct ktr__draft *draft;
};

/* What one event's fetch arguments are collected in. */
#define KTR__MAX_STEPS 16u
struct ktr__draft {
	struct ktr_fetch list[KTR__MAX_FETCH];
	struct ktr_fetch_step steps[KTR__MAX_STEPS];
	s64 derefs[KTR__MAX_STEPS];
};

/* Zeroed memory of the trace, 8-aligned; KTR_NULL: error recorded. */
void *ktr__made_take(struct ktr__maker *m, u32 bytes);
const char *ktr__made_text(struct ktr__maker *m, const char *s, u32 n);
/* The error "cannot parse eventdef '...': WHAT at character N"; KTR_ERR. */
int ktr__made_wrong(struct ktr__maker *m, const char *what);
void ktr__made_blanks(struct ktr__maker *m);
bool ktr__is_word_char(char ch);

/* What stands between the slashes, the first one read already, and the second one. */
int ktr__made_filter(struct ktr__maker *m, struct ktr_trace *t, struct ktr_probe *probes);
/* 1, 0 or a failure, as a compiled filter. Context: any. */
int ktr__filter_eval(struct ktr_ctx *c, const struct ktr_filter *f);

#endif
