// SPDX-License-Identifier: GPL-2.0
// Aggregations, and what each CPU has of them. See README.md.
#include "../../core/way_pool.c"
#include "../../core/spread.c"
#include "../../core/agg.c"
#include "../../core/settle.c"
