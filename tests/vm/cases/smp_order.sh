# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ parallel
#@ limit 60
# Lines of two CPUs come out in the order of time.
. /cases/lib.sh
M=/modules

# load CPU: a shell asks for its parent when it starts
load() { taskset $((1 << $1)) sh -c 'n=0; while [ $n -lt 200 ]; do n=$((n + 1)); sh -c :; done'; }

check_order() {
	for cpu in 0 1; do
		has out "cpu	$cpu"
	done
	awk '/getppid/ { n++; if ($1 + 0 < last) exit 1; last = $1 + 0 } END { if (n < 400) exit 1 }' out || fail 'not in order'
}

ktrun -q -T $M/cpu_events.ko >out 2>err &
pid=$!
wait_until grep -qs '^state running' /proc/kt2ko/cpu_events/status
load 0 &
other=$!
load 1
wait $other
kill -INT $pid
wait $pid || fail "status $?"
[ ! -s err ] || fail 'messages'
check_order
exit 0
