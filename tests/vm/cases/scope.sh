# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 240
# Whose events are delivered: a command with its children, a process, a CPU; not those of the tracer itself.
. /cases/lib.sh
M=/modules

echo "step: Every process of the tree writes its number; the"
# Every process of the tree writes its number; the innermost ones lose their parents before they do.
cat >tree.sh <<'END'
echo $$ >>pids
sh -c 'echo $$ >>pids; (sh -c "usleep 200000; echo \$\$ >>pids; usleep 100000; echo x >>junk; cat junk >/dev/null" &) ; echo $$ >>junk'
i=0
while [ $i -lt 5 ]; do sh -c 'echo $$ >>pids; cat junk >/dev/null'; i=$((i + 1)); done
usleep 600000
i=0
while [ $i -lt 3000 ]; do i=$((i + 1)); done
END

echo "step: Pids that kind 1 saw, sorted, one a line."
# Pids that kind $1 saw, sorted, one a line.
pids_of() { grep "^seen	$1	" out | cut -f3 | sort -n | uniq; }

# Traces for half a second from the moment it runs: a_while [OPTION...] MODULE [ARG...]
a_while() {
	ktrun -q "$@" >out 2>err &
	tracer=$!
	wait_until grep -q '^state running' /proc/kt2ko/scope/status
	usleep 500000
	kill -INT $tracer
	wait $tracer || fail "ktrun $*: status $?"
}

other() { while :; do sh -c 'echo x >/dev/null'; usleep 3000; done; }
other &
noise=$!

echo "step: A command and everything that comes from it; the"
# A command and everything that comes from it; the shells that write are all there, and nobody else.
: >pids
run 0 -q $M/scope.ko -- sh tree.sh
[ $(wc -l <pids) = 8 ] || fail "the tree is not complete: $(cat pids)"
sort -n pids >wanted
for kind in syscall function pattern; do
	pids_of $kind >got
	for pid in $(cat wanted); do
		grep -qx $pid got || fail "$kind: process $pid is not seen"
	done
done
for kind in syscall tracepoint record function pattern profile; do
	[ -n "$(pids_of $kind)" ] || fail "$kind: nothing"
	# Children that only ran a program of busybox did not write: they are younger than the first. They are called exe, as which they
	# run busybox, until they have given themselves their name.
	for pid in $(pids_of $kind); do
		grep -q "^seen	$kind	$pid	\(sh\|cat\|usleep\|ktrun\|exe\)$" out ||
			fail "$kind: stranger $(grep "^seen	$kind	$pid	" out)"
		[ $pid -ge $(head -n 1 wanted) ] || fail "$kind: stranger $pid"
		[ $pid != $noise ] || fail "$kind: the noise"
	done
done
hasnt out 'kt2ko/'

echo "step: Who is no child of the command does not appear e"
# Who is no child of the command does not appear even when it is younger: the noise makes a process every 3 ms.
: >pids
: >theirs
kill $noise
other2() { while :; do sh -c 'echo $$ >>theirs; echo x >/dev/null'; usleep 3000; done; }
other2 &
noise=$!
run 0 -q $M/scope.ko -- sh tree.sh
kill $noise
[ $(wc -l <theirs) -gt 10 ] || fail 'no noise'
pids_of syscall >got
for pid in $(cat theirs); do
	grep -qx $pid got && fail "process $pid of another family is seen"
done
[ $(wc -l <pids) = 8 ] || fail "the tree is not complete: $(cat pids)"
for pid in $(cat pids); do
	grep -qx $pid got || fail "process $pid is not seen"
done

echo "step: Without the children."
# Without the children.
: >pids
run 0 -q --no-children $M/scope.ko -- sh tree.sh
for kind in syscall function; do
	[ "$(pids_of $kind)" = "$(head -n 1 pids)" ] || fail "$kind: not only the command: $(pids_of $kind)"
done

echo "step: A process that is there already; its children th"
# A process that is there already; its children that are there already, and theirs.
sh -c 'echo $$ >parent; sh -c "echo \$\$ >child; while :; do sh -c true; usleep 5000; done" & while :; do usleep 5000; : >/dev/null; done' &
family=$!
wait_until test -s child
usleep 100000
a_while -p $(cat parent) $M/scope.ko
[ "$(pids_of syscall)" = "$(cat parent)" ] || fail "not only the process: $(pids_of syscall)"
a_while --children -p $(cat parent) $M/scope.ko
pids_of syscall >got
grep -qx $(cat parent) got || fail 'the process itself is not seen'
grep -qx $(cat child) got || fail 'the child is not seen'
[ $(wc -l <got) -gt 4 ] || fail 'the grandchildren are not seen'
# The parent dies: the trace ends with it.
(usleep 3000000; kill $(cat parent)) &
run 0 -q --timeout 20 --children -p $(cat parent) $M/scope.ko
kill $(cat child)

echo "step: One CPU, every kind."
# One CPU, every kind.
sh -c 'while :; do sh -c "echo x >/dev/null"; done' &
busy=$!
taskset -p 1 $busy >/dev/null
taskset 2 sh -c 'echo $$ >elsewhere; while :; do echo x >/dev/null; done' &
wait_until test -s elsewhere
usleep 50000
a_while -C 1 $M/scope.ko
kill $busy $(cat elsewhere)
for kind in syscall profile; do
	grep -qx $(cat elsewhere) <<END || fail "$kind: nothing of CPU 1"
$(pids_of $kind)
END
done
pids_of function | grep -qx $busy && fail 'an event of CPU 0'

echo "step: The tracer itself: its output makes system calls"
# The tracer itself: its output makes system calls and writes all the time.
sh -c 'while :; do echo x >/dev/null; usleep 1000; done' &
busy=$!
a_while $M/scope.ko chatty
has out tick
has out "seen	syscall	$busy	sh"
# (wake-ups by interrupts that hit the tracer are not its own)
grep '^seen' out | grep -v '^seen	tracepoint' | grep 'ktrun\|kt2ko/' >own && fail "the tracer sees itself: $(cat own)"
a_while --self $M/scope.ko chatty
grep -q '^seen	syscall	.*ktrun' out || fail '--self shows no ktrun'
grep -q '^seen	record	.*kt2ko/scope' out || fail "--self does not show the script's own thread"
kill $busy

echo "step: Unloaded while its owner still has it open, agai"
# Unloaded while its owner still has it open, again and again; the owner is told and goes.
i=0
while [ $i -lt 5 ]; do
	ktrun -q $M/scope.ko chatty >out 2>err &
	owner=$!
	wait_until grep -q '^state running' /proc/kt2ko/scope/status
	rmmod scope
	wait $owner
	i=$((i + 1))
done
unloaded scope
# A reader that is stopped is waited for, no longer than until it goes on.
ktrun -q $M/scope.ko chatty >out 2>err &
owner=$!
wait_until grep -q '^state running' /proc/kt2ko/scope/status
kill -STOP $owner
rmmod scope & unloading=$!
usleep 300000
kill -CONT $owner
wait $unloading || fail 'rmmod failed'
wait $owner
unloaded scope
# Killed: nothing is left behind.
ktrun -q $M/scope.ko chatty >out 2>err &
owner=$!
wait_until grep -q '^state running' /proc/kt2ko/scope/status
kill -KILL $owner
wait_until grep -q '^state ended' /proc/kt2ko/scope/status
rmmod scope

echo "step: What says nothing is refused."
# What says nothing is refused.
run 2 --children $M/scope.ko
has err 'without -p or a command'
run 2 --no-children $M/scope.ko
insmod $M/scope.ko children=1 2>err && fail 'children without pid'
exit 0
