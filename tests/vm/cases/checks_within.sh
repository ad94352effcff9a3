# SPDX-License-Identifier: GPL-2.0
#@ kernels debug
#@ limit 60
# Functions by which a kernel that checks its locks and its accesses to memory notes and tells returns, and leaves breakpoints.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko/attaching
T=/sys/kernel/tracing
mount -t tracefs none $T 2>/dev/null

# What it calls for each return is refused: the return of that would be the next one.
for name in rcu_read_lock_any_held rcu_lockdep_current_cpu_online; do
	grep -q "^$name\$" $T/available_filter_functions || fail "the tracer does not know $name here"
	insmod $M/attaching.ko args=probe:$name%25return
	cat $P/trace >out
	has out "cannot trace probe:$name%return: the kernel calls it for each return that is traced"
	rmmod attaching
done

# A breakpoint in what the checks of a breakpoint call would be one in the middle of another: the kernel stops, or never gets on.
for name in lockdep_hardirqs_on_prepare kasan_check_range; do
	insmod $M/attaching.ko args=probe:$name
	cat $P/trace >out
	has out "cannot trace probe:$name: the kernel's checks call it in the middle of its own probes"
	rmmod attaching
done

# Patterns leave it out.
insmod $M/attaching.ko 'args=probe:rcu_*%25return,probe:vfs_read%25return'
wait_until grep -q '^state running' $P/status
i=0
while [ $i -lt 20 ]; do
	cat /proc/self/stat >copy
	i=$((i + 1))
done
cat $P/status >status
rmmod attaching
grep -q '^probe probe:vfs_read%return: [1-9]' status || fail "no returns: $(grep ^probe status)"
grep -q '^left_out probe:rcu_\*%return: rcu_read_lock_any_held: ' status || fail "not left out: $(grep ^left_out status)"
exit 0
