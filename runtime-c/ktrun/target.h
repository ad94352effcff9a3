/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KTRUN_TARGET_H
#define KTRUN_TARGET_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Is there such a process (0: none asked for), is the CPU online (-1 likewise)? 0, or -1 after a message. */
int kt_check_target(int pid, int cpu);

/* Is cpu in a list as the kernel prints it: "0-3,8,10-11\n"? */
bool kt_in_cpu_list(const char *list, int cpu);

#ifdef __cplusplus
}
#endif

#endif
