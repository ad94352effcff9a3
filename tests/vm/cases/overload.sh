# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 200
# A probe whose handlers take too much of a CPU is disarmed and named while the others go on; when none is left the script ends
# with its trace_end; who takes less is left alone.
. /cases/lib.sh
M=/modules
S=$PROGRAMS/storm
P=/proc/kt2ko/heavy

# storming COMMAND...: waits until it succeeds, while system calls are made without end.
storming() {
	$S a 1000000000 & storm=$!
	wait_until "$@"
}

calm() {
	kill $storm
	wait $storm
}

# wait_until for four times as long.
patiently() {
	tries=0
	until "$@" || [ $tries -ge 1000 ]; do
		tries=$((tries + 1))
		usleep 20000
	done
	"$@" || fail "waited in vain for: $*"
}

hits() { sed -n "s/^probe $1: \([0-9]*\) hits.*/\1/p" $P/status; }

# The heavy one of two; the script goes on with the other.
insmod $M/heavy.ko args=100000,one overload=50 || fail 'insmod'
script_runs heavy
storming grep -q '^lost 1 probes disarmed' $P/status
before=$(hits syscalls:sys_enter_sched_get_priority_max)
stopped=$(hits syscalls:sys_enter_getpriority)
wait_until sh -c "[ \$(sed -n 's/^probe syscalls:sys_enter_sched_get_priority_max: \([0-9]*\) hits.*/\1/p' $P/status) -gt $((before + 1000)) ]"
calm
cat $P/status >status
has status 'state running'
has status 'exit 0'
has status "probe syscalls:sys_enter_getpriority: $stopped hits"
grep -q '^probe syscalls:sys_enter_getpriority: .*, disarmed \[syscall\]$' status || fail "not said: $(cat status)"
! grep -q '^probe syscalls:sys_enter_sched_get_priority_max: .*disarmed' status || fail "the other: $(cat status)"
grep -q '^time syscalls:sys_enter_getpriority: [0-9]* ns, each [0-9]* ns, at most [0-9]* ns$' status || fail "no time: $(cat status)"
read_out heavy
grep -q "^heavy.kp:10: warning: overload: handlers took [0-9]*% of CPU [01] for [0-9]* ms; disarmed: syscalls:sys_enter_getpriority, with $stopped runs of [0-9]* ns, at most [0-9]* ns\$" out ||
	fail 'no warning'
grep -q '^end	true	[0-9]*	0	nil$' out || fail 'trace_end'

# Both that are heavy, and then the end. The loader's status tells.
$S a 1000000000 & storm=$!
run 1 -q --param overload=50 $M/heavy.ko 100000 two
calm
has err 'disarmed: syscalls:sys_exit_getpriority, with '
has err 'heavy.kp: error: overload: no event is left; the script ends (parameter overload)'
has err '1 probes disarmed: their handlers took too much of a CPU (overload)'
echo 'end	true	0	0	nil' | is out

# In interrupts. The kernel leaves such a timer half of the CPU at most, and less where CPUs take turns.
insmod $M/heavy.ko args=100000,irq overload=10 || fail 'insmod'
script_runs heavy
patiently grep -q '^lost 1 probes disarmed' $P/status
read_out heavy
has out 'disarmed: profile-1ms, with '

# Those without a context, whose time is known by samples.
insmod $M/heavy.ko args=0,leaves overload=1 overload_ms=100 || fail 'insmod'
script_runs heavy
$S a 1000000000 & storm=$!
patiently grep -q '^state ended' $P/status
calm
cat $P/status >status
has status 'exit 1'
has status 'lost 2 probes disarmed'
grep -q '^time syscalls:sys_enter_\*: ' status || fail "no time of a leaf: $(cat status)"
grep -q '^time syscalls:sys_exit_\*: ' status || fail "no time of a quick handler: $(cat status)"
read_out heavy
has out 'disarmed: syscalls:sys_enter_*, with '
has out 'disarmed: syscalls:sys_exit_*, with '
has out 'no event is left'
grep -q '^end	false	0	[1-9][0-9]*	[1-9][0-9]*$' out || fail 'trace_end'

# Nothing happens to an ordinary script under an ordinary load, nor to any with overload=0.
insmod $M/heavy.ko args=10,all overload=50 || fail 'insmod'
script_runs heavy
i=0
while [ $i -lt 60 ]; do
	$S a 100
	usleep 30000
	i=$((i + 1))
done
cat $P/status >status
has status 'lost 0 probes disarmed'
has status 'lost 0 events skipped: overload'
has status 'state running'
read_out heavy
echo 'end	true	6000	6000	6000' | is out
insmod $M/heavy.ko args=100000,one overload=0 || fail 'insmod'
script_runs heavy
$S a 1000000000 & storm=$!
sleep 4
calm
cat $P/status >status
has status 'lost 0 probes disarmed'
has status 'lost 0 events skipped: overload'
hasnt status 'disarmed ['
rmmod heavy

# What is no share of a CPU.
! insmod $M/heavy.ko args=1,one overload=101 2>err || fail 'overload=101'
! insmod $M/heavy.ko args=1,one overload_ms=1 2>err || fail 'overload_ms=1'
dmesg | grep -q 'heavy: overload must be between 0 and 100' || fail 'not said why'
exit 0
