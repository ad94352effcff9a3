// SPDX-License-Identifier: GPL-2.0
// Programs: their functions, markers and stacks. See README.md.
#include "../kernel/attach_uprobe.c"
#include "../kernel/attach_sdt.c"
#include "../kernel/user_file.c"
#include "../kernel/user_code.c"
#include "../kernel/stacks.c"
