# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 60
# Several scripts, loaded and unloaded at the same time.
. /cases/lib.sh
M=/modules

for round in 1 2 3; do
	for name in ticker endless attaching comm filters hello; do
		args=
		[ $name = attaching ] && args=args=sched:sched_switch,syscalls:sys_enter_*
		insmod $M/$name.ko $args &
	done
	wait
	for name in ticker endless attaching comm filters hello; do
		[ -e /proc/kt2ko/$name/status ] || fail "no $name"
		rmmod $name &
	done
	wait
done
[ -z "$(ls /proc/kt2ko)" ] || fail 'files are left'

# Again and again, in the middle of starting.
i=0
while [ $i -lt 20 ]; do
	insmod $M/attaching.ko args=sched:*,syscalls:*,probe:vfs_*
	usleep $((i * 10000))
	rmmod attaching
	i=$((i + 1))
done
exit 0
