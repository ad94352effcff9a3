# SPDX-License-Identifier: GPL-2.0
#@ limit 90
# Filters select what the kernel's own filters select.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko/kernel_filters
T=/sys/kernel/tracing
mount -t tracefs none $T 2>/dev/null

cat >list <<'END'
sched:sched_waking comm == "flt_one"
sched:sched_process_fork parent_comm ~ "flt_*"
sched:sched_process_exec filename ~ "*/true" && pid > 1
sched:sched_process_exit comm != "flt_one" && prio == 120 && comm ~ "flt_*"
syscalls:sys_enter_openat dfd != 3 && flags & 0x41 && comm == "flt_two"
syscalls:sys_exit_openat ret >= 0 && comm ~ "flt_t?o"
syscalls:sys_exit_openat !(ret >= 0) && comm ~ "flt_[st]wo"
syscalls:sys_enter_close (fd == 3 || fd == 4) && COMM == "flt_two" && CPU == 0
task:task_newtask comm == "flt_one" || comm == "flt_two"
kmem:mm_page_alloc order <= 0 && comm == "flt_two" && migratetype != 77
signal:signal_generate sig == 10 && comm ~ "flt*"
raw_syscalls:sys_enter id == 39 && common_pid != 1 && comm ~ "flt*"
END

work() {
	sh -c 'printf flt_one >/proc/self/comm; trap : USR1; kill -USR1 $$; i=0; while [ $i -lt 4 ]; do usleep 2000; (:); i=$((i + 1)); done'
	sh -c 'printf flt_two >/proc/self/comm; trap : USR1; kill -USR1 $$; i=0; while [ $i -lt 5 ]; do . /dev/null; (:) </proc/stat; (: >junk); (: </no/such/file); /bin/true; i=$((i + 1)); done' 2>/dev/null
}

# One instance of the kernel's tracer for each filter, since an event has one filter in each.
n=0
while read -r event filter; do
	n=$((n + 1))
	mkdir $T/instances/f$n || fail 'no instances'
	dir=$T/instances/f$n/events/$(echo $event | tr : /)
	echo "$filter" >$dir/filter || fail "the kernel does not take: $filter"
	echo 1 >$dir/enable
done <list
insmod $M/kernel_filters.ko
wait_until grep -q '^state running' $P/status
n=0
while [ $n -lt 12 ]; do n=$((n + 1)); echo >$T/instances/f$n/trace; done
work
n=0
while [ $n -lt 12 ]; do n=$((n + 1)); echo 0 >$T/instances/f$n/tracing_on; done
rmmod kernel_filters & unloading=$!
cat $P/trace >out
wait $unloading
n=0
while [ $n -lt 12 ]; do
	n=$((n + 1))
	theirs=$(grep -vc '^#' $T/instances/f$n/trace)
	[ $theirs -gt 0 ] || fail "filter $n: the kernel saw nothing: $(sed -n ${n}p list)"
	has out "$n	$theirs	$theirs"
done
n=0
while [ $n -lt 12 ]; do n=$((n + 1)); rmdir $T/instances/f$n; done
exit 0
