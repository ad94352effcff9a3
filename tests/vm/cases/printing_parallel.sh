# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ parallel
#@ limit 120
# Output as arguments from two CPUs that really run at once: every line is there, and whole.
. /cases/lib.sh
M=/modules
S=$PROGRAMS/storm
P=/proc/kt2ko/printing

LINE='max ([0-9]+) +[0-9]+[|][0-7] {5}[|](a|b) sys_enter_sched_get_priority_max [0-7]%'
insmod $M/printing.ko buffer_kb=8192
sleep 1		# nothing else runs while code is changed: see tests/vm/README.md
script_runs printing
cat $P/trace >trace &
$S a 5000 & one=$!
$S b 5000 & two=$!
wait $one $two
rmmod printing
wait
[ "$(grep -cE "^$LINE\$" trace)" = 10000 ] || fail "$(grep -cE "^$LINE\$" trace) whole lines of entries"
[ "$(grep -cE '^exit	(a|b)	99	[01]$' trace)" = 2500 ] || fail "$(grep -c '^exit' trace) lines of exits"
has trace 'end	10000'
exit 0
