# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ parallel
#@ limit 120
# Aggregations as elements, added to by two CPUs at once and read meanwhile: exact.
. /cases/lib.sh
M=/modules
S=$PROGRAMS/storm
P=/proc/kt2ko/table_samples

insmod $M/table_samples.ko
sleep 1		# nothing else runs while code is changed: see tests/vm/README.md
script_runs table_samples
cat $P/trace >trace &
$S a 40000 & one=$!
$S b 16000 & two=$!
wait $one $two
cat $P/status >status
has status 'syscalls:sys_enter_sched_get_priority_max: 56000 hits'
rmmod table_samples
wait
mv trace out
# 0 to 7 in turn
has out 'n 7000 of 56000, 7000 and 56000'
has out 'a: total 140000 least -3 mean 3 count 40000 sum 100000 min -1 max 6'
has out 'b: total 56000 least -3 mean 3 count 16000 sum 40000 min -1 max 6'
has out 'most 7 spread 0 always 56000 bad 0 gone true'
[ "$(grep -c '|@* *5000$' out)" -eq 3 ] || fail 'the buckets of a are not those that were added'
exit 0
