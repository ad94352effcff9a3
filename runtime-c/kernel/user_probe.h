/* SPDX-License-Identifier: GPL-2.0 */
/*
 * user_probe.h - what probes of functions and of markers of user programs have in common.
 *
 * Their events hold: word[0] the probed address (of a return: the function's), word[1] for a return where it returns to,
 * data the program's registers; point is a struct ktr_up.
 */
#ifndef KTR_USER_PROBE_H
#define KTR_USER_PROBE_H

#include "fetch.h"
#include "ktr_compat.h"
#include "user_file.h"

/* One place. */
struct ktr_up {
	struct uprobe_consumer uc;
	struct ktr_up_set *set;
	const struct ktr_site *site;
	const char *name;		/* of the event */
	char *made_name;		/* name, when it is ours */
	struct ktr_compat_uprobe uprobe;
	bool registered;
};

/* The points of an attachment. */
struct ktr_up_set {
	struct ktr_att *att;
	struct ktr_user_sites us;
	struct inode *inode;
	struct ktr_fetch_set *fetch;	/* NULL: C arguments, or the marker's */
	u32 n;
	struct ktr_up up[];
};

int ktr_up_resolve(struct ktr_ctx *c, struct ktr_att *a);
int ktr_up_attach(struct ktr_ctx *c, struct ktr_att *a);
void ktr_up_detach(struct ktr_att *a);
void ktr_up_release(struct ktr_att *a);
int ktr_up_arg(struct ktr_ctx *c, struct ktr_event *ev, u32 n, struct ktr_val *out);
int ktr_up_field(struct ktr_ctx *c, struct ktr_event *ev, u32 id, struct ktr_val *out);
u32 ktr_up_argstr(struct ktr_ctx *c, struct ktr_event *ev, char *buf, u32 size);
const char *ktr_up_probename(struct ktr_ctx *c, struct ktr_event *ev);

/* attach_sdt.c: argument i (from 0) of a marker. 0, -1: it cannot be told, or read (counted). */
int ktr_marker_arg(const struct ktr_site *site, u32 i, struct pt_regs *regs, s64 *out);
/* " arg1=VALUE ..." */
u32 ktr_marker_text(const struct ktr_site *site, struct pt_regs *regs, char *buf, u32 size);

#endif
