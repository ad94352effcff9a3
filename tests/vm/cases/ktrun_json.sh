# SPDX-License-Identifier: GPL-2.0
# Output as JSON, and in files of limited size.
#@ limit 90
. /cases/lib.sh
M=/modules
HEAD='^{"kind":"text","time":[1-9][0-9]*,"cpu":0,"text":'

# objects FILE: every line looks like an object of ours, the last one is the summary.
objects() {
	grep -qvE '^[{]"kind":"(text|event|error|lost|summary)","time":[1-9][0-9]*,.*[}]$' "$1" && fail "odd lines in $1"
	[ "$(grep -c '"kind":"summary"' "$1")" = 1 ] || fail "not one summary in $1"
	tail -n 1 "$1" | grep -q '^{"kind":"summary"' || fail "the summary is not last in $1"
}

run 0 -q --json $M/flood.ko 2
objects out
grep -q "$HEAD"'"line\\t1\\n"}$' out || fail 'no first line'
grep -q "$HEAD"'"end\\n"}$' out || fail 'no end'
grep -q '"status":0,"lost":\[\]}$' out || fail 'no summary'
is err </dev/null

# Bytes that are no text, and an output of several records.
run 0 -q -T --json -o file $M/odd_bytes.ko
is out </dev/null
objects file
REPLACED=$(printf '\357\277\275')
grep -q "$HEAD\"$REPLACED"'\\t\\"\\u0001\\n","base64":"/wkiAQo="}$' file || fail 'odd bytes'
[ "$(grep -c "$HEAD"'"\(abcdefg \)\{400\}\\n"}$' file)" = 1 ] || fail 'a long output'

# An event, and its time.
run 0 -q -T --json $M/comm.ko -- sh -c 'exec true'
grep -qE '^[{]"kind":"event","time":[1-9][0-9]*,"cpu":0,"text":"sys_getpid' out || fail 'no event'

# A run-time error is an object, and is told once.
run 1 -q --json $M/flood.ko
objects out
grep -q '^{"kind":"error",.*"text":"flood.kp:' out || fail 'no error'
grep -q '"kind":"summary".*"status":1,' out || fail 'no status'
is err </dev/null
run 1 -q --json -o file $M/flood.ko
has file '"kind":"error"'
has err 'flood.kp:'

# Losses stand where they happened, here and in a file.
lost_lines() {
	sed -n "$1" $2 | { n=0; while read -r x; do n=$((n + x)); done; echo $n; }
}
N=100000	# and the line that trace_end prints
{ ktrun -q --json --param buffer_kb=64 $M/flood.ko $N 2>err; echo $? >status; } | { sleep 2; cat >out; }
[ "$(cat status)" = 0 ] || fail "status $(cat status)"
objects out
lost=$(lost_lines 's/^{"kind":"lost",.*"count":\([0-9]*\),"over_rate":0}$/\1/p' out)
kept=$(grep -c '^{"kind":"text"' out)
[ "$lost" -gt 0 ] || fail 'nothing lost'
[ $((lost + kept)) -eq $((N + 1)) ] || fail "$kept lines and $lost lost ones are not $((N + 1))"
has out '"what":"records dropped: output buffer full"'
mkfifo fifo
{ sleep 2; cat >text; } <fifo &
run 0 -q --param buffer_kb=64 -o fifo $M/flood.ko $N
wait
lost=$(lost_lines 's/^\[\([0-9]*\) records lost\]$/\1/p' text)
kept=$(grep -cE '^(line|end)' text)
[ "$lost" -gt 0 ] || fail 'nothing lost in the file'
[ $((lost + kept)) -eq $((N + 1)) ] || fail "$kept lines and $lost lost ones in the file are not $((N + 1))"

# Rotation: whole lines, small files, the newest ones.
mkdir files
run 0 -q -o files/x --rotate 4K,3 $M/flood.ko 5000
[ "$(ls files | wc -l)" = 3 ] || fail "files: $(ls files)"
[ "$(cat $(ls -v files/x.*) | tail -n 1)" = end ] || fail 'the newest file does not end it'
for file in files/x.*; do
	[ "$(stat -c %s $file)" -le 4096 ] || fail "$file is too large"
	grep -qvE '^line	[0-9]+$|^end$' $file && fail "a torn line in $file"
done
cat $(ls -v files/x.*) | awk '$1 == "line" { if (last && $2 != last + 1) exit 1; last = $2 } END { exit last != 5000 }' ||
	fail 'lines are missing between the files'
run 0 -q -o files/x --rotate 4K $M/flood.ko 500
cat $(ls -v files/x.*) >all
[ "$(grep -c '' all)" = 501 ] || fail 'not all lines, or some of an earlier run'

# The disk fills up in the middle: the trace ends in order, and it is said.
mkdir small
mount -t tmpfs -o size=64k none small
run 3 -q -o small/x --rotate 16K $M/flood.ko 5000000
has err 'ktrun: cannot write small/x.'
has err 'No space left on device'
umount small
unloaded flood
exit 0
