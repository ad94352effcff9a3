/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ktr_module.h - what the module's own file (templates/module.c) calls.
 */
#ifndef KTR_MODULE_H
#define KTR_MODULE_H

/* Starts the script: memory, files, its thread. 0 or a negative errno. Context: init. */
int ktr_module_init(void);
/* Ends the script in order, lets readers drain, frees everything. Context: exit. */
void ktr_module_exit(void);

#endif
