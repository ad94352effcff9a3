// SPDX-License-Identifier: GPL-2.0
/* Must always compile, see probe.sh. */
#include <linux/kernel.h>
