# SPDX-License-Identifier: GPL-2.0
#@ limit 120
# Values that the module takes itself are those of the kernel's records; the status file says which events are direct.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko
N=event_direct

insmod $M/$N.ko
script_runs $N
i=0
while [ $i -lt 20 ]; do
	sh -c 'ls /proc /nowhere; kill -9 $$' >/dev/null 2>&1
	usleep 1000
	i=$((i + 1))
done
cat $P/$N/status >status
rmmod $N & unloading=$!
cat $P/$N/trace >out
wait $unloading
has out 'the same'
for kind in switch enter exit page wake soft timer task signal fault exec 'switch by number'; do
	has out "kind	$kind"
done
hasnt out 'kind	nothing'
for event in sched:sched_switch raw_syscalls:sys_enter raw_syscalls:sys_exit sched:sched_wakeup sched:sched_waking \
	irq:softirq_entry irq:softirq_raise task:task_newtask signal:signal_generate; do
	grep -q "^probe $event: .*\[tracepoint, direct\]" status || fail "$event is not direct: $(cat status)"
done
grep -q '^probe sched:sched_switc\[h\]: .*\[tracepoint\]' status || fail "$(cat status)"
exit 0
