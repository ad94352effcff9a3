# SPDX-License-Identifier: GPL-2.0
# Runs in a guest: starts ktrun on $SCRIPTS in turn and kills it at a random moment, $CYCLES times, the first kill being number $FIRST,
# under load. run.py sets the three, and puts load.sh before it. The kill's number says from when on the random time counts: the
# start of ktrun, the module being there, events being attached, or the end. Then the module is unloaded when its trace has
# stopped by itself, or ktrun is started anew without waiting for that.

TIMEOUT=0.2		# seconds of a run that nobody kills
MOST_US='60000 100000 200000 60000'	# the longest random time for each of the four
case $(uname -r) in
*debug) MOST_US='300000 500000 200000 300000' ;;
esac

fail() {
	echo "FAILED at kill $cycle ($name, phase $phase, $delay us, then $moment): $*"
	head -n 3 err again.err 2>/dev/null
	[ ! -e "/proc/kt2ko/$name/status" ] || head -n 3 "/proc/kt2ko/$name/status"
	exit 1
}

# The state of the script into $state; "none": no module.
read_state() {
	state=none
	[ ! -e "/proc/kt2ko/$name/status" ] || while read -r key value; do
		[ "$key" != state ] || state=$value
	done <"/proc/kt2ko/$name/status"
} 2>/dev/null

# One that fails by itself may have done so before its time is over.
ended_well() { [ $1 -eq 0 ] || { [ $name = failing ] && [ $1 -eq 1 ]; }; }

# Microseconds of the random time, into $delay.
choose_delay() {
	delay=$(echo $MOST_US | awk -v seed=$cycle -v n=$((phase + 1)) '{ srand(seed * 7919); rand(); print int(rand() * $n) }')
	[ $((cycle % 10)) -ne 0 ] || delay=0
}

is_there() { [ -e /sys/module/$name ]; }
is_attached() { read_state; case $state in running | ending | ended) ;; *) false ;; esac; }
is_over() { read_state; case $state in ending | ended) ;; *) false ;; esac; }

# Until the phase has begun, or ktrun is through.
wait_for_phase() {
	case $phase in
	0) return ;;
	1) begun=is_there ;;
	2) begun=is_attached ;;
	3) begun=is_over ;;
	esac
	until $begun || [ ! -e /proc/$pid/exe ]; do usleep 2000; done # a zombie has none
}

kill_one() {
	phase=$((cycle % 4))
	choose_delay
	ktrun -q --timeout $TIMEOUT $M/$name.ko >out 2>err &
	pid=$!
	wait_for_phase
	[ $delay -eq 0 ] || usleep $delay
	kill -KILL $pid 2>/dev/null
	wait $pid
	status=$?
	read_state
	moment=$state
	if [ $status -ne 137 ]; then
		ended_well $status || fail "ktrun: status $status"
		moment=over
	fi
	moments="$moments $moment"
}

# The trace stops by itself; then nothing keeps the module.
unload_ended() {
	tries=0
	while [ $state != none ] && [ $state != ended ]; do
		tries=$((tries + 1))
		[ $tries -lt 3000 ] || fail "the trace does not stop: $state"
		usleep 20000
		read_state
	done
	[ $state = none ] || rmmod $name || fail "rmmod: status $?"
}

# The next ktrun need not wait for that.
run_again() {
	ktrun -q --timeout $TIMEOUT $M/$name.ko >again 2>again.err
	status=$?
	ended_well $status || fail "the next ktrun: status $status"
}

kill_and_look() {
	kill_one
	if [ $((cycle / n_scripts % 2)) -eq 0 ]; then
		run_again
	else
		unload_ended
	fi
	[ ! -e /sys/module/$name ] || fail 'still loaded'
	[ ! -e /proc/kt2ko/$name ] || fail 'files are left'
}

start_load system_calls programs	# more would leave the loader too little of the CPUs
moments=
in_turn kill_and_look
stop_load
echo "moments:$moments"
has_not_grown $before
exit 0
