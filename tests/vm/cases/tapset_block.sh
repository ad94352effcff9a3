# SPDX-License-Identifier: GPL-2.0
#@ kernels 6.1 6.12
#@ kernel-module loop
# Requests of a disk, beside what /sys/block tells of them.
. /cases/lib.sh

insmod /kernel/loop.ko max_loop=1 || fail 'no loop'
wait_until test -e /sys/block/loop0/stat
[ -b /dev/loop0 ] || mknod /dev/loop0 b 7 0
dd if=/dev/zero of=disk bs=4096 count=64 2>/dev/null
losetup /dev/loop0 disk || fail losetup
trap 'losetup -d /dev/loop0; wait_until rmmod loop 2>/dev/null' EXIT
# column N: a number of the disk's statistics
column() { awk "{ print \$$1 }" /sys/block/loop0/stat; }
numbers() { echo $(column 1) $(column 3) $(column 5) $(column 7); }

insmod /modules/tapset_block.ko
script_runs tapset_block
set -- $(numbers)
dd if=/dev/zero of=/dev/loop0 bs=4096 count=16 conv=fsync 2>/dev/null
echo 3 >/proc/sys/vm/drop_caches
dd if=/dev/loop0 of=/dev/null bs=4096 count=32 2>/dev/null
dd if=/dev/zero of=/dev/loop0 bs=4096 seek=5 count=1 conv=fsync 2>/dev/null
set -- $* $(numbers)
read_out tapset_block
[ $(($7 - $3)) -ge 2 ] || fail "the disk did not write: $*"
grep -q "^read	$(($5 - $1))	$(($6 - $2))	" out || fail "not $(($5 - $1)) reads of $(($6 - $2)) sectors"
# For the disk a flush is a write of nothing.
writes=$(awk '/^(write|flush)/ { n += $2 } END { print n }' out)
[ $writes -eq $(($7 - $3)) ] || fail "not $(($7 - $3)) writes and flushes, but $writes"
grep -q "^write	[0-9]*	$(($8 - $4))	40$" out || fail "not $(($8 - $4)) sectors written"
exit 0
