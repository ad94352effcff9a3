# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ parallel
#@ limit 120
# Values that threads have of their own, and histograms that each CPU has of its own, on two CPUs at once: exact, and the
# values of threads that have gone take no memory.
. /cases/lib.sh
M=/modules
S=$PROGRAMS/storm
P=/proc/kt2ko/of_threads

used() { sed -n 's/^memory_used //p' $P/status; }

insmod $M/of_threads.ko
sleep 1		# nothing else runs while code is changed: see tests/vm/README.md
script_runs of_threads
cat $P/trace >trace &
$S a 20000 & one=$!
$S b 20000 & two=$!
$S a 4000
wait $one $two
before=$(used)
n=0
while [ $n -lt 1500 ]; do
	/bin/true
	n=$((n + 1))
done
sleep 1
after=$(used)
[ $((after - before)) -lt 65536 ] || fail "1500 threads left $((after - before)) bytes behind"
cat $P/status >status
has status 'syscalls:sys_exit_getpriority: 44000 hits'
rmmod of_threads
wait
mv trace out
hasnt out wrong
# 0 to 7 in turn
has out 'h 44000 min -2 max 5 sum 66000'
has out 'bad 0 ended true'
exit 0
