# SPDX-License-Identifier: GPL-2.0
#@ kernels debug
#@ limit 120
# Loading while the N-th allocation fails, for one N after the other: it fails with nothing left, or all is well. Where there
# is another way to memory it is; so many times in a row it was not reached any more.
. /cases/lib.sh
M=/modules
D=/sys/kernel/debug
mount -t debugfs none $D 2>/dev/null
for kind in failslab fail_page_alloc; do
	echo N >$D/$kind/ignore-gfp-wait
	echo 0 >$D/$kind/verbose
done
echo 0 >$D/fail_page_alloc/min-order

n=0
refused=0
good=0
while [ $good -lt 60 ]; do
	n=$((n + 1))
	[ $n -le 4000 ] || fail 'there is no end to allocations'
	if sh -c "echo $n >/proc/self/fail-nth; exec insmod $M/memory.ko" 2>/dev/null; then
		good=$((good + 1))
		rmmod memory || fail "rmmod after failure $n"
	else
		good=0
		refused=$((refused + 1))
	fi
	unloaded memory
	[ ! -e /proc/kt2ko/memory ] || fail "files are left after failure $n"
done
[ $refused -gt 50 ] || fail "only $refused of $n were refused"
echo "$refused of $n refused"
exit 0
