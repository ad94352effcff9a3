# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 240
# ktrun is killed, at any moment: the trace ends by itself, the module can be unloaded, and the next ktrun need not wait for that.
# tests/stress/run.py --part kills does this for longer.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko

ended() { wait_until grep -q '^state ended' $P/$1/status; }

# Between loading the module and owning it: nobody will say "start".
$PROGRAMS/loads $M/ticker.ko 'hold=2 args=x' &
loader=$!
wait_until grep -q '^state held' $P/ticker/status
usleep 500000
has $P/ticker/status 'state held'
has $P/ticker/status 'owner 1'
run 3 -q $M/ticker.ko y
has err 'another ktrun runs it'
kill -KILL $loader
wait $loader
run 0 -q --timeout 0.2 $M/ticker.ko y
has out 'main	y'
unloaded ticker
insmod $M/ticker.ko hold=2 args=x
ended ticker
has $P/ticker/status 'owner 0'
rmmod ticker || fail rmmod

# Held for whoever comes, as before.
insmod $M/ticker.ko hold=1 args=x
usleep 300000
has $P/ticker/status 'state held'
has $P/ticker/status 'owner 0'
rmmod ticker || fail rmmod
! insmod $M/ticker.ko hold=3 2>err || fail 'hold=3'

# In the main chunk, and in trace_end, which ends when its limit does.
ktrun -q --param max_main_loop_count=1000000000000 $M/endless.ko >out 2>err &
pid=$!
wait_until grep -q begin out
kill -KILL $pid
wait $pid
run 0 -q --timeout 0.2 --param max_main_loop_count=1000000000000 $M/endless.ko
unloaded endless
ktrun -q --timeout 0.1 --param max_main_loop_count=2000000 $M/long_end.ko >out 2>err &
pid=$!
wait_until grep -q 'end begins' out
kill -KILL $pid
wait $pid
run 1 -q --timeout 0.1 --param max_main_loop_count=1000 $M/long_end.ko
unloaded long_end

# As soon as the module is there, and a little later each time. Every other time the next one comes at once.
n=0
while [ $n -lt 16 ]; do
	ktrun -q $M/ticker.ko x >out 2>err &
	pid=$!
	tries=0
	until [ -e /sys/module/ticker ] || [ $tries -eq 20000 ]; do tries=$((tries + 1)); done
	[ $n -lt 4 ] || usleep $((n * 5000))
	kill -KILL $pid
	wait $pid
	[ $? -eq 137 ] || fail "kill $n: status $?"
	if [ $((n % 2)) -eq 0 ]; then
		run 0 -q --timeout 0.1 $M/ticker.ko y
		has out 'end	y'
	elif [ -e $P/ticker ]; then
		ended ticker
		rmmod ticker || fail "kill $n: rmmod: status $?"
	fi
	unloaded ticker
	n=$((n + 1))
done
exit 0
