# SPDX-License-Identifier: GPL-2.0
# Runs in a guest for $SECONDS_LONG seconds: output at full rate on all CPUs, a reader that is too slow for it. In the end every
# output was read or is counted as lost, and the memory of the module and of the kernel is what it was.
M=/modules
P=/proc/kt2ko/soak

fail() { echo "FAILED: $*"; cat $P/status 2>/dev/null; exit 1; }
value() { sed -n "s/^$1 //p" $P/status; }
# KiB that the kernel itself holds, after what it would give back has been given back.
kernel_memory() {
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^(Slab|KernelStack|PageTables|VmallocUsed|Percpu):/ { n += $2 } END { print n }' /proc/meminfo
}

insmod $M/soak.ko buffer_kb=128 linger=120 overload=0 || fail "insmod: status $?"
$PROGRAMS/sip $P/trace 4096 100000 >out &
reader=$!
tries=0
until grep -q '^state running' $P/status; do
	usleep 100000
	tries=$((tries + 1))
	[ $tries -lt 300 ] || fail 'does not start'
done
storm() { while [ ! -e stop ]; do $PROGRAMS/storm $1 500; usleep 2000; done; }
storms=
for name in a b c d; do
	storm $name &
	storms="$storms $!"
done

sleep $((SECONDS_LONG / 10))
before=$(value memory_total) kernel_before=$(kernel_memory)
sleep $((SECONDS_LONG * 9 / 10))
after=$(value memory_total) kernel_after=$(kernel_memory)
touch stop
wait $storms
hits=$(sed -n 's/^probe syscalls:.*: \([0-9]*\) hits.*/\1/p' $P/status | awk '{ n += $1 } END { print n }')
dropped=$(sed -n 's/^lost \([0-9]*\) records dropped.*/\1/p' $P/status | awk '{ n += $1 } END { print n }')
# what else was not done: none of it may be
sed -n 's/^lost \([1-9].*\)/\1/p' $P/status | grep -v -e 'records dropped: output' -e 'timer ticks missed' >other
rmmod soak || fail "rmmod: status $?"
wait $reader || fail "the reader: status $?"
read -r word lines word lost <out
echo "hits $hits, lines $lines, lost $lost, dropped $dropped; module $before, $after; kernel $kernel_before, $kernel_after KiB"
[ $lost -gt 0 ] || fail 'the reader was not too slow'
[ $((lines + lost)) -eq $hits ] || fail 'lines and lost records are not the hits'
[ $lost -eq $dropped ] || fail 'the stream and status count losses otherwise'
[ ! -s other ] || fail "$(cat other)"
# what a peak of work has taken stays for the next one; a leak would be many times as much
[ $((after - before)) -lt 262144 ] || fail 'the memory of the module has grown'
[ $((kernel_after - kernel_before)) -lt 4096 ] || fail 'the memory of the kernel has grown'
exit 0
