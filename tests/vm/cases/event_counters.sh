# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 120
# Records of events through perf counters, as where the quicker way does not work: the same events, also of CPUs that go
# and come.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko
online=/sys/devices/system/cpu/cpu1/online
F=/sys/module/kt_traced/parameters/fire
n=100

# A round of events on CPU $1, and what is to be seen of it.
fire_on() {
	n=$((n + 1))
	taskset $((1 << $1)) sh -c "echo $n >$F"
	printf 'kt_first\t%d\t%d\nkt_second\t%d\t%d\n' $1 $n $1 $n >>expected
}
# A CPU that came is counted a moment later: rounds of number -$1, which the others do not have, until one is seen there.
counted_on_1() {
	taskset 2 sh -c "echo -$1 >$F"
	grep -q "^kt_first	1	-$1\$" out
}
begin_counted() {
	: >expected
	begin counters "$@"
	grep -q "^probe kt_trace?:kt_first.*\[tracepoint$how\]" $P/counters/status ||
		fail "status: $(grep ^probe $P/counters/status)"
}
finish_counted() {
	finish counters
	grep -v '	-[0-9]*$' out >seen
	cmp -s seen expected || fail "seen: $(cat seen), expected: $(cat expected)"
}

insmod $M/kt_traced.ko
for how in '' ', perf counters'; do
	begin_counted perf_counters=$([ -z "$how" ] && echo 0 || echo 1)
	for cpu in 0 1 1 0; do fire_on $cpu; done
	finish_counted
done
echo 0 >$online || { rmmod kt_traced; exit 0; }	# this kernel cannot

# One CPU is away when the trace begins.
begin_counted perf_counters=1
fire_on 0
echo 1 >$online
wait_until counted_on_1 3
fire_on 1
fire_on 0
# It goes and comes while the trace runs.
i=0
while [ $i -lt 3 ]; do
	echo 0 >$online
	fire_on 0
	echo 1 >$online
	wait_until counted_on_1 $((i + 4))
	fire_on 1
	i=$((i + 1))
done
finish_counted

# It is away when the trace ends, and a traced module is kept meanwhile but not any longer.
begin_counted perf_counters=1
rmmod kt_traced 2>/dev/null && fail 'a module whose events are counted could be unloaded'
echo 0 >$online
fire_on 0
finish_counted
echo 1 >$online
rmmod kt_traced || fail 'the module is kept'
exit 0
