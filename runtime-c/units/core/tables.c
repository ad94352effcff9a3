// SPDX-License-Identifier: GPL-2.0
// Tables, elements that handlers add to, and loops over them. See README.md.
#include "../../core/table.c"
#include "../../core/table_room.c"
#include "../../core/wide.c"
#include "../../core/ways.c"
#include "../../core/iter.c"
