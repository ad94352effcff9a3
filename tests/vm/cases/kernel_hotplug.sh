# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 60
# CPUs that go and come back are followed: events, timers, output.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko/filters
online=/sys/devices/system/cpu/cpu1/online

call_on() { taskset $((1 << $1)) sh -c 'sh -c :'; }

echo 0 >$online || exit 0	# this kernel cannot
insmod $M/filters.ko
wait_until grep -q '^state running' $P/status
[ -e $P/cpu1 ] || fail 'no file for CPU 1'
usleep 100000
echo 1 >$online
call_on 1
usleep 100000
read_out filters
has out 'cpu	0'
has out 'cpu	1'

insmod $M/filters.ko
wait_until grep -q '^state running' $P/status
i=0
while [ $i -lt 4 ]; do
	echo 0 >$online
	usleep 20000
	echo 1 >$online
	call_on 1
	i=$((i + 1))
done
read_out filters
has out 'cpu	1'

# Gone while loaded, back after unloading.
insmod $M/filters.ko
wait_until grep -q '^state running' $P/status
echo 0 >$online
rmmod filters
echo 1 >$online
exit 0
