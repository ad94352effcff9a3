# SPDX-License-Identifier: GPL-2.0
#@ limit 120
# What cannot be stored is counted by cause and told, with the tables' names; the memory is shown with its ceiling; without
# memory for the reserve the module does not load.
. /cases/lib.sh
M=/modules
S=$PROGRAMS/storm
P=/proc/kt2ko/memory

# value KEY: of the status file that was copied.
value() { sed -n "s/^$1 //p" status; }

# A table at its limit: 125 of 1000 system calls for each of 8 keys, of which 3 find room.
insmod $M/memory.ko
script_runs memory
$S a 1000
cat $P/status >status
has status 'table few: 3 elements, at most 3, 625 stores dropped: at its limit'
has status 'lost 625 table stores dropped: table at its limit of elements (few)'
has status 'table names: 1 elements, at most 1048576'
has status 'lost 0 stores dropped: memory did not come in time'
[ "$(value memory_reserve)" = 262144 ] || fail "the reserve: $(value memory_reserve)"
[ "$(value memory_limit)" = 67108864 ] || fail "the limit: $(value memory_limit)"
[ "$(value memory_used)" -gt $((5000 * 40)) ] || fail "no room ahead: $(value memory_used)"
# 256 cells, 64 and 8 bytes each, and 512 slots for the statement
[ "$(value memory_cells)" -ge $((256 * 72 + 4096)) ] || fail "cells: $(value memory_cells)"
[ "$(value memory_counters)" -ge 8 ] || fail "counters: $(value memory_counters)"
sum=0
for part in taken cells counters contexts text names output; do
	sum=$((sum + $(value memory_$part)))
done
[ "$(value memory_total)" -eq $sum ] || fail "total $(value memory_total), parts $sum"
[ "$(value memory_ceiling)" -ge $((sum - $(value memory_taken) + 67108864)) ] || fail "ceiling: $(value memory_ceiling)"
read_out memory
has out 'few 3 ready 0 burst 0 names 1'

# ktrun tells it at the end.
run 0 -q $M/memory.ko -- $S a 1000
has err '625 table stores dropped: table at its limit of elements (few)'
hasnt err '0 stores dropped'

# What memory comes too late for; and it comes.
insmod $M/memory.ko reserve_kb=64
script_runs memory
hostname kt
cat $P/status >status
has status 'table ready: 5000 elements'
stored=$(sed -n 's/^table burst: \([0-9]*\) elements.*/\1/p' status)
late=$(sed -n 's/^lost \([0-9]*\) stores dropped: memory did not.*/\1/p' status)
[ "$late" -gt 0 ] || fail 'nothing was late'
[ $((stored + late)) -eq 5000 ] || fail "$stored stored, $late late"
has status 'lost 0 stores dropped: the script'
all_stored() {
	hostname kt
	usleep 20000
	grep -q '^table burst: 5000 elements' $P/status
}
wait_until all_stored
read_out memory
has out 'ready 5000 burst 5000'

# What there is no memory for at all.
insmod $M/memory.ko memory_kb=320 reserve_kb=64
script_runs memory
for i in 1 2 3 4 5 6; do hostname kt; usleep 20000; done
cat $P/status >status
[ "$(value memory_taken)" -le $((320 * 1024)) ] || fail "more than the limit: $(value memory_taken)"
lost=$(sed -n 's/^lost \([0-9]*\) stores dropped: the script.*/\1/p' status)
[ "$lost" -gt 0 ] || fail 'nothing was lost'
read_out memory
has out 'ready 5000'

# What cannot be had, or makes no sense, is said, and nothing is left.
refuses() {
	text=$1
	shift
	dmesg -c >/dev/null
	insmod $M/memory.ko "$@" 2>err && fail "loaded with $*"
	dmesg -c >log
	has log "$text"
	unloaded memory
	[ ! -e $P ] || fail "files are left after $*"
}
refuses 'no memory for the reserve of 900000000 KiB (reserve_kb)' reserve_kb=900000000 memory_kb=1000000000
refuses 'reserve_kb must be between 1 and memory_kb, which is 65536' reserve_kb=65537
refuses 'memory_kb must be between 64 and' memory_kb=63
refuses 'max_elements must be between 1 and' max_elements=0
refuses 'reserve_kb must be between 1 and memory_kb, which is 100' memory_kb=100 reserve_kb=101
insmod $M/memory.ko memory_kb=100	# the reserve is less then
grep -qx 'memory_reserve 102400' $P/status || fail "the reserve: $(grep memory_ $P/status)"
rmmod memory
insmod $M/memory.ko memory_kb=128 reserve_kb=64
cat $P/trace >out
has out 'error: no memory for a table of 5000 elements: '
rmmod memory
exit 0
