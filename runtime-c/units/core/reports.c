// SPDX-License-Identifier: GPL-2.0
// What handlers seldom or never do: reading aggregations, printing them, descriptions of events that are texts. See README.md.
#include "../../core/agg_read.c"
#include "../../core/hist_text.c"
#include "../../core/lib_hist.c"
#include "../../core/lib_folded.c"
#include "../../core/interval.c"
#include "../../core/lib_register.c"
#include "../../core/spec.c"
#include "../../core/filter.c"
#include "../../core/limits.c"
#include "../../core/prebuilt.c"
