// SPDX-License-Identifier: GPL-2.0
// Values, strings, and the memory behind them. See README.md.
#include "../../core/mem.c"
#include "../../core/scratch.c"
#include "../../core/obj.c"
#include "../../core/own.c"
#include "../../core/val.c"
#include "../../core/equal.c"
#include "../../core/str.c"
#include "../../core/conv.c"
#include "../../core/text.c"
#include "../../core/format.c"
#include "../../core/fields.c"
