# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 60
#@ dirty-log
# Output as arguments in NMIs, which come while tasks print. The way to an NMI is the backtrace of all CPUs.
. /cases/lib.sh
M=/modules
S=$PROGRAMS/storm
P=/proc/kt2ko/nmi_print

insmod $M/nmi_print.ko buffer_kb=8192
script_runs nmi_print
cat $P/trace >trace &
$S a 1000000 & one=$!
$S b 1000000 & two=$!
for i in 1 2 3 4 5 6; do
	echo l >/proc/sysrq-trigger
	usleep 50000
done
kill $one $two
cat $P/status >status
rmmod nmi_print
wait
mv trace out
grep -vE '^(nmi nmi_handler on [01] in .+|max [ab] [0-7]|end|\[[0-9]+ records lost\])$' out >odd
[ ! -s odd ] || fail "odd lines: $(head -n 3 odd)"
nmis=$(sed -n 's/^probe nmi:nmi_handler: \([0-9]*\) hits.*/\1/p' status)
[ "$(grep -c ^nmi out)" -ge 1 ] || fail "no line from $nmis NMIs"
has out end
exit 0
