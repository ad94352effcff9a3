# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 90
# A running trace follows CPUs that go and come, under ktrun.
. /cases/lib.sh
online=/sys/devices/system/cpu/cpu1/online
echo 0 >$online || exit 0	# this kernel cannot
echo 1 >$online

# The last line that was printed says whether CPU 1 is sampled.
last_is() { [ "$(tail -n 1 out 2>/dev/null)" = "cpus	true	$1" ]; }

ktrun -q /modules/profile_hotplug.ko >out 2>err &
tracer=$!
i=0
while [ $i -lt 3 ]; do
	wait_until last_is true
	echo 0 >$online
	wait_until last_is false
	echo 1 >$online
	i=$((i + 1))
done
wait_until last_is true
kill -INT $tracer
wait $tracer || fail "status $?"
grep -v 'timer ticks missed' err >rest
[ ! -s rest ] || fail "$(cat rest)"

# Gone when it starts, there when it ends; and a trace of that CPU alone.
echo 0 >$online
ktrun -q /modules/profile_hotplug.ko >out 2>err &
tracer=$!
wait_until last_is false
echo 1 >$online
wait_until last_is true
kill -INT $tracer
wait $tracer || fail "status $?"
run 3 -q -C 7 /modules/profile_hotplug.ko
has err 'cpu 7 is not online'
exit 0
