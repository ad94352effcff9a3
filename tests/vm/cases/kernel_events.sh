# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 120
# Events of all kinds in the kernel.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko

started() {
	wait_until grep -q '^state [re][un]' $P/$1/status
	grep -q '^state running' $P/$1/status || fail "$1 does not run: $(cat $P/$1/trace)"
}

# The stack begins where the event is.
check_stack() {
	grep -A2 "^$1 of cat" out | tail -n 1 | grep -q "=> $2" || fail "stack of $1: $(grep -A4 "^$1" out)"
}

case $(uname -r) in
6.1.*) second=vfs_open+5 ;;	# behind the tracer's call
*) second=vfs_open+9 ;;		# and the mark for indirect branches
esac
insmod $M/stacks.ko args=probe:$second
started stacks
echo text >file
cat file >copy
read_out stacks
check_stack 'plain tracepoint' do_exit
check_stack 'tracepoint with record' do_exit
check_stack 'system call' '\(syscall\|do_syscall\)'
check_stack function vfs_open+0x0/
check_stack pattern vfs_open+0x0/
check_stack 'function event' do_filp_open+0x0/
check_stack offset "vfs_open+0x[59]/"
grep -q '\[stacks\]' out && fail 'frames of the tracer'

# Nothing that cannot be traced goes unsaid.
refused() {
	insmod $M/attaching.ko args="$1"
	cat $P/attaching/trace >out
	has out "$2"
	rmmod attaching
}
refused no:such_event 'no:such_event matches nothing'
refused sched:no_such_event 'matches nothing'
refused syscalls:sys_enter_nothing 'matches nothing'
refused probe:no_such_function 'matches nothing'
refused 'probe:zzz_*' 'matches nothing'
refused probe:exc_int3 'does not allow'
refused probe:vfs_read+1 'cannot trace probe:vfs_read+1'

# One process, one CPU.
sleep 100 &
other=$!
sh -c 'while :; do sh -c :; usleep 5000; done' &
traced=$!
insmod $M/filters.ko pid=$traced cpu=1
started filters
taskset -p 2 $traced >/dev/null
usleep 500000
read_out filters
[ "$(grep -c '^cpu	1$' out)" = 1 ] || fail 'nothing on CPU 1'
hasnt out 'cpu	0'
grep '^pid' out | grep -qv "	$traced\$" && fail 'another process'
insmod $M/filters.ko pid=$other
started filters
kill $other
wait_until grep -q '^state ended' $P/filters/status
rmmod filters
kill $traced
insmod $M/filters.ko pid=999999 2>err && fail 'no such process, and it loads'

# Everything at once.
for how in count text; do
	insmod $M/everything.ko args=$how
	wait_until grep -q '^state [re][un]' $P/everything/status
	cat $P/everything/trace >out &
	reader=$!
	i=0
	while [ $i -lt 30 ]; do cat /proc/meminfo | wc >/dev/null; i=$((i + 1)); done
	rmmod everything
	wait $reader
	has out 'events many'
	for name in sched_switch sys_enter_read sys_exit_read kmalloc; do
		has out "name	$name"
	done
done

exit 0
