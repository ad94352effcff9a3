# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 240
# Modules with events that come and go while they are traced.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko
N=event_text

running() { script_runs $N; }
begin() {
	insmod $M/$N.ko args="$1"
	running
	cat $P/$N/trace >out &
	reader=$!
}
finish() {
	rmmod $N
	wait $reader
}

# By name and by pattern: the events are gone with the module, and are there again when it is.
for args in 'text,kt_*:*' 'text,kt_traced:kt_first,kt_traced:kt_second,kt_traced:kt_*s'; do
	insmod $M/kt_traced.ko
	begin "$args"
	rmmod kt_traced || fail 'the traced module is held'
	grep -q '(0 events' $P/$N/status || fail "$(cat $P/$N/status)"
	insmod $M/kt_traced.ko
	grep -q '(0 events' $P/$N/status && fail "$(cat $P/$N/status)"
	echo 5 >/sys/module/kt_traced/parameters/fire
	rmmod kt_traced
	finish
	for n in -2 -1 5; do
		has out "kt_first: n=$n"
		has out "kt_second: n=$n"
	done
	has out 'kt_arrays: comm=one text last=1 '
done

# Everything, among it what is loaded later.
for how in count text; do
	begin "$how,*:*"
	before=$(sed -n 's/^probe .*(\([0-9]*\) events.*\[tracepoint.*/\1/p' $P/$N/status)
	insmod $M/kt_traced.ko
	after=$(sed -n 's/^probe .*(\([0-9]*\) events.*\[tracepoint.*/\1/p' $P/$N/status)
	[ $after = $((before + 4)) ] || fail "$before events, then $after: $(cat $P/$N/status)"
	case $(cat /sys/kernel/tracing/available_events) in
	*lock:*|*preemptirq:*) grep -q '^probe \*:\*.*left out .*:\* [0-9]' $P/$N/status || fail 'left out, not told' ;;
	esac
	rmmod kt_traced
	finish
	[ $how = count ] || has out 'kt_second: n=-1'
done

# Going in the middle of it, and at the same time as the script.
i=0
while [ $i -lt 12 ]; do
	insmod $M/kt_traced.ko busy=1
	how=count
	[ $((i % 2)) = 0 ] || how=text
	insmod $M/$N.ko args="$how,kt_traced:*"
	running
	usleep $((i % 3 * 20000))
	case $((i % 4)) in
	0|1) rmmod kt_traced || fail held; rmmod $N ;;
	2) rmmod kt_traced & rmmod $N; wait ;;
	3) rmmod $N & rmmod kt_traced || fail held; wait ;;
	esac
	unloaded kt_traced
	unloaded $N
	i=$((i + 1))
done

# A module that comes while the script ends or begins. All events the first two times only: in an emulator whose CPUs take turns, each event that
# is attached while one of them is busy takes the other's turn.
i=0
events='*:*'
while [ $i -lt 8 ]; do
	insmod $M/$N.ko "args=text,$events" &
	insmod $M/kt_traced.ko busy=1
	wait
	[ $((i % 2)) = 0 ] || running
	rmmod $N &
	rmmod kt_traced || fail held
	wait
	[ $i -eq 0 ] || events='sched:*,kt_*:*,timer:*,irq:*'
	i=$((i + 1))
done
exit 0
