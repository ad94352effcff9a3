# SPDX-License-Identifier: GPL-2.0
#@ limit 120
# Limits that only a kernel shows: of output in a second, of registrations.
. /cases/lib.sh
M=/modules

# All that is not written is counted, and told where it is missing. 60000 lines are far more than 64 KiB in the time it takes.
run 0 -q --param output_kb=64 $M/flood.ko 60000
lost=$(sed -n 's/^ktrun: \([0-9]*\) records dropped: more output than the limit (output_kb)$/\1/p' err)
[ "${lost:-0}" -gt 1000 ] || fail 'nothing was over the limit'
[ $(($(grep -c '^line' out) + $(grep -c '^end' out) + lost)) = 60001 ] || fail "$lost lost, $(grep -c '' out) there"
hasnt err 'output buffer full'
told=$(sed -n 's/^ktrun: \([0-9]*\) lines* lost here: there was more output than the limit (output_kb)$/\1/p' err | awk '{ n += $1 } END { print n }')
[ "$told" = "$lost" ] || fail "$lost lost, $told told in the stream"
hasnt err 'came faster'
run 0 -q --param buffer_kb=65536 --param output_kb=1000000 $M/flood.ko 5000
[ "$(grep -c '' out)" = 5001 ] || fail 'lines are missing'
hasnt err 'dropped'

run 1 -q $M/limits.ko 70000
has err 'too many trace statements executed'
run 0 -q $M/limits.ko 1000
has out 'registered	1000'

# What no limit can be is refused, with the reason.
for wrong in 'max_elements=16777217' 'max_loop_count=0' 'max_string=63' 'buffer_kb=31' 'output_kb=-1'; do
	! insmod $M/flood.ko args=1 $wrong 2>err || fail "$wrong"
	dmesg | tail -n 3 | grep -q "flood: ${wrong%=*} must be between " || fail "no reason for $wrong"
done
! insmod $M/flood.ko args=1 on_error=2 2>err || fail 'on_error=2'
dmesg | tail -n 3 | grep -q "invalid for parameter .on_error" || fail 'no reason for on_error=2'
exit 0
