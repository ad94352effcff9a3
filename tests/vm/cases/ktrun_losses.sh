# SPDX-License-Identifier: GPL-2.0
# Output that nobody can take: every lost line is counted where it is missing, every other one arrives, in order.
. /cases/lib.sh
M=/modules
N=200000	# and the line that trace_end prints

# The reader stands still for a while.
{ ktrun -q --param buffer_kb=64 $M/flood.ko $N 2>err; echo $? >status; } | { sleep 2; cat >out; }
[ "$(cat status)" = 0 ] || fail "status $(cat status)"
has err 'lost here'
lost=$(sed -n 's/^ktrun: \([0-9]*\) lines* lost here.*/\1/p' err | { n=0; while read -r x; do n=$((n + x)); done; echo $n; })
kept=$(grep -c '' out)
[ $((lost + kept)) -eq $((N + 1)) ] || fail "$kept lines and $lost lost ones are not $((N + 1))"
awk '$1 == "line" { if ($2 <= last) exit 1; last = $2 }' out || fail 'not in order'
has err 'buffer full'

# The reader goes away.
ktrun -q $M/ticker.ko x 2>err | head -n 1 >out
is err </dev/null
unloaded ticker

# The disk is full.
ktrun -q -o /dev/full $M/flood.ko 10 2>err
[ $? -eq 3 ] || fail 'no status 3 for a full disk'
has err 'cannot write /dev/full: No space left on device'
unloaded flood
exit 0
