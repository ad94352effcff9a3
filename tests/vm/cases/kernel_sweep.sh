# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 240
# Every function that the function tracer can hook, entries and returns, under load: the machine stays usable.
# SWEEP_SECONDS: how long each is traced.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko
seconds=${SWEEP_SECONDS:-4}

# System calls, forks, file I/O.
load() {
	while :; do
		cat /proc/meminfo >/dev/null
		sh -c :
		dd if=/dev/zero of=file.$1 bs=4k count=50 2>/dev/null
	done
}

# sweep EVENT MINIMUM: attaches the event for a while; at least so many functions are hit.
sweep() {
	load 1 & first=$!
	load 2 & second=$!
	insmod $M/fn_sweep.ko args=$1 overload=0 || fail "cannot load for $1"
	tries=0
	until grep -q '^state running' $P/fn_sweep/status; do
		tries=$((tries + 1))
		[ $tries -lt 900 ] || fail "$1 is not attached: $(cat $P/fn_sweep/status)"
		usleep 50000
	done
	dd if=$P/fn_sweep/trace bs=64k 2>/dev/null >out &
	reader=$!
	$PROGRAMS/wakes $seconds >late || fail 'no program'
	cat $P/fn_sweep/status >status
	rmmod fn_sweep
	kill $first $second
	wait $reader
	wait
	late=$(cut -d' ' -f2 late)
	echo "$1: woke and late (ms): $(cat late); $(grep '^probe' status); $(cat out)"
	[ "$late" -lt 1000 ] || fail "$1: a process was $late ms late"
	[ "$(sed -n 's/ functions.*//p' out)" -ge $2 ] || fail "$1: few functions: $(cat out)"
}

sweep 'probe:*' 500
has out 'schedule	true	false'
sweep 'probe:*%25return' 500
has out 'schedule	false	true'
# What is left out is told.
has status 'left_out probe:*%return: do_exit: it does not return'
has status 'left_out probe:*%return: __switch_to: it returns in another task'
exit 0
