# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 60
# Readers: who may read what, how unloading waits for them.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko/ticker

now() {
	read -r up idle </proc/uptime
	echo "${up%.*}${up#*.}"
}

refused() {
	"$@" >/dev/null 2>err && fail "$*: not refused"
	has err 'Device or resource busy'
}

# One reader of trace, or one for each CPU.
insmod $M/ticker.ko args=x
exec 3<$P/trace
refused cat $P/trace
refused cat $P/cpu0
exec 3<&-
exec 3<$P/cpu0
refused cat $P/cpu0
refused cat $P/trace
exec 4<$P/cpu1
exec 3<&- 4<&-
cat $P/trace >out &
reader=$!
wait_until grep -q 'tick	2' out
rmmod ticker
wait $reader || fail "the reader: status $?"
has out 'end	x'

# A reader that is stopped holds up unloading for the time of linger, and no longer.
insmod $M/ticker.ko args=x linger=1
rm out		# with the text of before, the reader would seem to read while it has not even begun
cat $P/trace >out &
reader=$!
wait_until grep -qs tick out
kill -STOP $reader
# The signal only asks: a reader that has not yet got to it still takes what is written next.
wait_until grep -q '^State:.T' /proc/$reader/status
before=$(now)
rmmod ticker
took=$(($(now) - before))
[ $took -ge 90 ] && [ $took -le 500 ] || fail "unloading took $took hundredths of a second"
kill -CONT $reader
wait $reader	# it gets an error, or the end

# A descriptor that reads nothing does not hold it up when there is nothing to read.
insmod $M/hello.ko linger=2
cat /proc/kt2ko/hello/trace >/dev/null
exec 3</proc/kt2ko/hello/cpu0
before=$(now)
rmmod hello
took=$(($(now) - before))
[ $took -le 190 ] || fail "unloading took $took hundredths of a second"
exec 3<&-

# Lost lines are told where they are missing, and counted.
insmod $M/flood.ko args=20000 buffer_kb=32
wait_until grep -q '^state ended' /proc/kt2ko/flood/status
cat /proc/kt2ko/flood/trace >out
lost=$(sed -n 's/^\[\([0-9]*\) records lost\]$/\1/p' out | { n=0; while read -r x; do n=$((n + x)); done; echo $n; })
kept=$(grep -vc 'records lost' out)
[ $((lost + kept)) -eq 20001 ] || fail "$kept lines and $lost lost ones are not 20001"
grep -q "^lost $lost records dropped: output buffer full" /proc/kt2ko/flood/status || fail 'status counts otherwise'
rmmod flood
exit 0
