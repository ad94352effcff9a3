# SPDX-License-Identifier: GPL-2.0
#@ limit 120
# What the runtime calls where no guard is between it and a handler (tests/kbuild/imports.txt: bare) is nothing that can be traced.
. /cases/lib.sh

mount -t tracefs none /sys/kernel/tracing 2>/dev/null
all=/sys/kernel/tracing/available_filter_functions
[ "$(grep -c '' $all)" -gt 10000 ] || fail 'no list of functions'
# A kernel has some of these: the thunks of preempt_schedule are called on PREEMPT_RT, the static calls elsewhere. The last two are
# found by their names where the kernel does not export them (rethook.c).
for name in \
	__SCT__cond_resched __SCT__might_resched __SCT__preempt_schedule __SCT__preempt_schedule_notrace \
	preempt_schedule_notrace_thunk preempt_schedule_thunk __stack_chk_fail __x86_indirect_thunk_rax __x86_indirect_thunk_rbp \
	__x86_indirect_thunk_rbx __x86_indirect_thunk_rcx __x86_indirect_thunk_rdi __x86_indirect_thunk_rdx \
	__x86_indirect_thunk_rsi __x86_indirect_thunk_r8 __x86_indirect_thunk_r9 __x86_indirect_thunk_r10 \
	__x86_indirect_thunk_r11 __x86_indirect_thunk_r12 __x86_indirect_thunk_r13 __x86_indirect_thunk_r14 \
	__x86_indirect_thunk_r15 __x86_return_thunk ktime_get_mono_fast_ns memcmp memcpy \
	memmove memset \
	rethook_try_get rethook_hook
do
	! grep -qx -e "$name" -e "$name \\[.*\\]" $all || fail "$name can be traced"
done

# The same by the module's own refusal: a breakpoint where a lock is half taken, a return that never comes.
refused() {
	insmod /modules/attaching.ko args=$1
	cat /proc/kt2ko/attaching/trace >out
	has out "$2"
	rmmod attaching
}
refused probe:_raw_spin_lock_irqsave+8 'a handler would run while a lock is half taken'
refused probe:kthread%25return 'it does not return'
refused probe:do_exit%25return 'it does not return'

# What is jumped to has no return: on top of the stack there is something else, here a register of the new process.
refused probe:ret_from_fork%25return 'jumped to rather than called'
cold=$(awk '$3 ~ /[.]cold$/ && !$4 { print $3; exit }' /proc/kallsyms)
[ -z "$cold" ] || refused "probe:$cold%25return" 'jumped to rather than called'
exit 0
