# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 120
# Registrations that come and go.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko/dynamic

busy() { while :; do echo x >/dev/null; cat /proc/self/stat >/dev/null; done; }
busy & one=$!
busy & two=$!
case $(uname -r) in
6.1.*) offset=probe:vfs_write+5 ;;	# behind the tracer's call
*) offset=probe:vfs_write+9 ;;		# and the mark for indirect branches
esac

run 0 -q $M/dynamic.ko all $offset
hasnt out 'no hits'
hasnt out 'wrong result'
[ $(grep -c . out) = 9 ] || fail 'not all kinds'
for kind in tracepoint record syscall syscalls function pattern offset ftrace profile; do
	has out "$kind	true	0"
done

# The file status follows, also when it is read all the time.
insmod $M/dynamic.ko args=all,$offset
sh -c 'while cat /proc/kt2ko/dynamic/status; do :; done >/dev/null 2>&1' &
wait_until grep -q '^probe sched:sched_waking' $P/status
wait_until grep -q '^probe probe:vfs_write pos=+0(%cx):u64:' $P/status
i=0
while grep -q '^probe sched:sched_waking' $P/status; do
	i=$((i + 1))
	[ $i -lt 200 ] || fail 'removed, but still in status'
	usleep 10000
done
wait_until grep -q '^state ended' $P/status
rmmod dynamic

# Unloaded in the middle of it.
for pause in 50000 250000 450000; do
	insmod $M/dynamic.ko args=all,$offset
	usleep $pause
	rmmod dynamic
done

# Nothing left: the trace ends by itself, and trace_end runs.
run 0 -q $M/dynamic.ko self
[ $(grep -c '	true	true$' out) = 4 ] || fail 'a handler went on, or did not run'

run 0 -q $M/dynamic.ko many
insmod $M/dynamic.ko args=many
wait_until grep -q '^state ended' $P/status
used=$(sed -n 's/^memory_used //p' $P/status)
[ $used -lt 20000 ] || fail "memory of removed closures is kept: $used"
rmmod dynamic
kill $one $two
exit 0
