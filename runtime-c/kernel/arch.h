/* SPDX-License-Identifier: GPL-2.0 */
/*
 * arch.h - what differs between architectures in the kernel home: one header for each in arch/, all with the same items.
 *
 * KTR_ARCH_SYSCALL_PREFIX	what the names of system calls' functions begin with
 * KTR_ARCH_SYSCALL_ARGS	offsets, in the caller's registers that such a function gets, of the six arguments
 * KTR_ARCH_REGISTERS		KTR_REG(name, offset in struct pt_regs) for each register of fetch arguments
 * KTR_ARCH_MARKER_REGS		offsets of the registers that arguments of markers use, in the order of ktr_sites.h
 * KTR_ARCH_N_MARKER_REGS	how many they are
 * KTR_ARCH_CLOCK		defined: there is a counter of the CPU, ktr_arch_clock(), and ktr_arch_clock_khz()
 *
 * ktr_arch_narrow_syscall()	the system call of the current task is one of 32-bit programs, with other numbers
 * ktr_arch_is_wide()		user registers of a 64-bit program
 * ktr_arch_ip(), ktr_arch_set_ip(), ktr_arch_frame()	instruction and frame pointer of registers
 * ktr_arch_caller()		the address that a user function that has just begun will return to; false: cannot be read
 * ktr_arch_entry_caller()	the same of a kernel function, by registers alone; 0: walking the stack tells it
 * ktr_arch_breakpoint_level()	the level (0: task ... 3: NMI) of what a breakpoint's handler has interrupted
 * ktr_arch_fn_entry()		the entry of a function whose tracer's call is at this address
 * ktr_arch_probe_place()	where the kernel's own probe of that function's entry would be
 * ktr_arch_entry_regs()	makes registers that the function tracer has saved good for user_mode()
 * ktr_arch_is_entry_reg()	whether the register at this offset is among those that are saved for every entry
 * ktr_arch_walk()		return addresses of the kernel stack: see there
 * ktr_arch_walk_entry()	the same from a function's entry, of which little is known; 0: it cannot be told
 * ktr_arch_return_address()	a return address as it was before the CPU signed it
 *
 * Context: any, unless said otherwise.
 */
#ifndef KTR_ARCH_H
#define KTR_ARCH_H

#include <linux/preempt.h>
#include <linux/ptrace.h>
#include <linux/stddef.h>
#include <linux/types.h>

#define KTR_ARCH_N_ARGS 6	/* of system calls, and of functions by the calling convention */

#if defined(CONFIG_X86_64)
#include "arch/x86.h"
#elif defined(CONFIG_ARM64)
#include "arch/arm64.h"
#else
#error "kt2ko does not know this architecture: only x86-64 and arm64"
#endif

#endif
