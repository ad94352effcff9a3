# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 180
# Output as arguments, from two CPUs at once: every line is whole and there or counted as lost; ktrun and cat make the same text.
. /cases/lib.sh
M=/modules
S=$PROGRAMS/storm
P=/proc/kt2ko/printing
online=/sys/devices/system/cpu/cpu1/online

# whole FILE: no line is torn or mixed with another.
LINE='max ([0-9]+) +[0-9]+[|][0-7] {5}[|](a|b) sys_enter_sched_get_priority_max [0-7]%'
whole() {
	grep -vE "^$LINE\$|^exit	(a|b)	99	[01]\$|^a:[0-9]+ -> .{1,3}\$|^timer [01] hrtimer_expire_entry\$|^end	[0-9]+\$" "$1" >odd
	[ ! -s odd ] || fail "odd lines in $1: $(head -n 3 odd)"
}
lines() { grep -c "$1" "$2"; }

# Two at once. Nothing is lost, and the formats are there for any reader.
insmod $M/printing.ko buffer_kb=8192
script_runs printing
grep -q '^[0-9]* max%20%25d%20%255d|%25-6x|' $P/formats || fail "formats: $(cat $P/formats)"
cat $P/trace >trace &
$S a 5000 & one=$!
$S b 5000 & two=$!
wait $one $two
rmmod printing
wait
mv trace out
whole out
[ "$(lines '^max' out)" = 10000 ] || fail "$(lines '^max' out) lines of entries"
[ "$(lines '^exit' out)" = 2500 ] || fail "$(lines '^exit' out) lines of exits"
has out 'end	10000'
has out timer
[ "$(lines '^a:' out)" -gt 0 ] || fail 'no switches'

# ktrun and cat make the same of the same.
same='/^max\|^exit/s/^max [0-9]* *[0-9]*/max/p'
insmod $M/printing.ko
script_runs printing
cat $P/trace >trace &
taskset 1 $S a 100
rmmod printing
wait
run 0 -q $M/printing.ko -- taskset 1 $S a 100
sed -n "$same" trace >by_cat
sed -n "$same" out >by_ktrun
cmp by_cat by_ktrun || fail 'cat and ktrun differ'
[ "$(lines max by_cat)" = 100 ] || fail "$(lines max by_cat) lines"
run 0 -q --json $M/printing.ko -- $S a 100
[ "$(grep -c '^{"kind":"text","time":[0-9]*,"cpu":[01],"text":"max .*%\\n"}$' out)" = 100 ] || fail 'no lines as JSON'

# The buffer is full: what is missing is counted where it is missing.
insmod $M/printing.ko buffer_kb=64
script_runs printing
$S a 20000 & one=$!
$S b 20000 & two=$!
wait $one $two
cat $P/status >status
cat $P/trace >trace &
rmmod printing
wait
lost=$(sed -n 's/^\[\([0-9]*\) records lost\]$/\1/p' trace | { n=0; while read -r x; do n=$((n + x)); done; echo $n; })
grep -v '^\[[0-9]* records lost\]$' trace >kept
whole kept
kept=$(($(lines '^max' kept) + $(lines '^exit' kept) + $(lines '^end' kept)))
[ "$lost" -gt 0 ] || fail 'nothing lost'
# timers and switches have no number that is known from outside: at most the rest
[ $((lost + kept)) -ge 50001 ] || fail "$kept lines and $lost lost ones are less than 50001"
counted=$(sed -n 's/^lost \([0-9]*\) records dropped: output buffer full$/\1/p' status)
[ "$lost" -ge "${counted:-1000000}" ] || fail "$lost lost records in the output, $counted in status"

# Unloaded in the middle, with and without a reader.
for pause in 1000 50000 200000; do
	insmod $M/printing.ko buffer_kb=256
	script_runs printing
	[ $pause = 1000 ] || cat $P/trace >trace &
	$S a 1000000 & one=$!
	$S b 1000000 & two=$!
	usleep $pause
	rmmod printing || fail "rmmod: status $?"
	kill $one $two
	wait
	unloaded printing
	[ $pause = 1000 ] || { grep -v '^\[[0-9]* records lost\]$' trace >kept; whole kept; }
done

# A CPU goes and comes back.
echo 0 >$online || exit 0
insmod $M/printing.ko
script_runs printing
cat $P/trace >trace &
$S a 200000 & one=$!
for i in 1 2 3 4; do
	echo 1 >$online
	taskset 2 $S b 100
	echo 0 >$online
done
kill $one
rmmod printing
wait
echo 1 >$online
grep -v '^\[[0-9]* records lost\]$' trace >out
whole out
grep -q '^exit	b	99	1$' out || fail 'nothing of CPU 1'
exit 0
