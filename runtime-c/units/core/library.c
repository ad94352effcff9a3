// SPDX-License-Identifier: GPL-2.0
// The functions that scripts call. See README.md.
#include "../../core/lib_base.c"
#include "../../core/lib_string.c"
#include "../../core/lib_sys.c"
#include "../../core/lib_agg.c"
