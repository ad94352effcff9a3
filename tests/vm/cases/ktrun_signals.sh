# SPDX-License-Identifier: GPL-2.0
# Signals end the trace in order; whatever happens to ktrun, the next one finds its way.
. /cases/lib.sh
M=/modules

# start MODULE [ARGUMENT...]: in the background, until it has printed something. Sets $pid.
start() {
	rm -f out err
	ktrun "$@" >out 2>err &
	pid=$!
}

for signal in INT TERM HUP; do
	start $M/ticker.ko $signal
	wait_until grep -q 'tick	2' out
	kill -$signal $pid
	wait $pid || fail "status $? after $signal"
	has out "end	$signal"
	unloaded ticker
done

# Under nohup, SIGHUP is nothing.
rm -f out
sh -c "trap '' HUP; exec ktrun -q $M/ticker.ko x" >out 2>err &
pid=$!
wait_until grep -q 'tick	1' out
kill -HUP $pid
wait_until grep -q 'tick	3' out
kill -TERM $pid
wait $pid || fail "status $? after SIGTERM"

# A second one does not wait for a long trace_end.
start --param max_main_loop_count=2000000000 $M/long_end.ko
wait_until grep -q Tracing err
kill -INT $pid
wait_until grep -q 'end begins' out
kill -INT $pid
wait $pid
hasnt out 'not to be seen'
unloaded long_end

# Killed: the trace ends by itself, the module waits for the next ktrun.
start -q $M/ticker.ko x
wait_until grep -q 'tick	1' out
run 3 $M/ticker.ko y
has err 'another ktrun runs it'
kill -KILL $pid
wait $pid
wait_until grep -q '^state ended' /proc/kt2ko/ticker/status
run 0 -q --timeout 0.2 $M/ticker.ko y
has out 'end	y'

# Loaded by hand: left alone.
insmod $M/ticker.ko args=a,b,c
run 3 $M/ticker.ko x
has err 'rmmod ticker'
rmmod ticker

# Unloaded under us: the output is complete, nothing is reported.
start -q $M/ticker.ko x
wait_until grep -q 'tick	3' out
rmmod ticker
wait $pid || fail "status $? after rmmod"
has out 'end	x'
is err </dev/null
exit 0
