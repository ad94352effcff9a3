/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ktr_tapset.h - tapsets as modules of their own, which scripts use through exported symbols.
 *
 * A tapset's module has functions and nothing else: no state, no events, no memory. A script's module brings the runtime, and
 * has its own instance of the tapset's variables; so any number of scripts may use one tapset's module at the same time. Its
 * code reaches both through the context that it is called with: the runtime's functions by stubs of the same names
 * (runtime-c/tapset), which take them from ktr_ctx.runtime, the variables by ktr_tapset_cells().
 *
 * The symbol of a tapset's description ends with a hash of what script and tapset have to agree about: a module that does not
 * fit is refused by the kernel when it is loaded, as the symbol is not there.
 */
#ifndef KTR_TAPSET_H
#define KTR_TAPSET_H

#include "ktr_ffi.h"

/* What a tapset's module exports besides its functions. */
struct ktr_prebuilt {
	const char *name;
	u32 n_cells;
	const char *const *cell_names;
	ktr_code *init;			/* gives the variables their first values */
	u32 n_files;
	const struct ktr_tapset *files;	/* behind the lines of its code; the first is line 1's */
	const struct ktr_ffi *ffi;	/* NULL: it has none */
};

/*
 * Makes the script's instance of a tapset's variables, once. Fails for want of memory, or as its variables' first values do.
 * Context: process, main chunk.
 */
int ktr_link_tapset(struct ktr_ctx *c, const struct ktr_prebuilt *p);

/* The script's instance; the tapset has been linked. Context: any. */
struct ktr_cell *ktr_tapset_cells(struct ktr_ctx *c, const struct ktr_prebuilt *p);

/* ktr_at() for a line of the tapset's code. Context: any. */
void ktr_tapset_at(struct ktr_ctx *c, const struct ktr_prebuilt *p, u32 line);

/* The runtime's functions, as a tapset's stubs call them. */
struct ktr_calls {
#define KTR_CALL(type, name, params, args) type (*name) params;
#include "ktr_calls.def"
#undef KTR_CALL
#define KTR__LIB_MEMBER(id, text) ktr_lib_code *ktr_lib_##id;
	KTR_LIB_LIST(KTR__LIB_MEMBER)
#undef KTR__LIB_MEMBER
};
extern const struct ktr_calls ktr__calls;

#endif
