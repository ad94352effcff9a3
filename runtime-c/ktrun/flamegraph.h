/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Draws stacks as a flame graph: one box for each frame, as wide as the part of all counts that it is in, what it called
 * above it. The picture is SVG without scripts; every box has its full name, count and percentage as a title, which
 * browsers show when the pointer is on it.
 */
#ifndef KTRUN_FLAMEGRAPH_H
#define KTRUN_FLAMEGRAPH_H

#include "folded.h"
#include "text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Appends the whole document; sorts the stacks. title: what stands above it. */
void kt_flamegraph(struct kt_text *svg, struct kt_folded *stacks, const char *title);

#ifdef __cplusplus
}
#endif

#endif
