# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 60
# The states of a script, whatever ends it and whenever.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko

# Hundredths of a second since boot.
now() {
	read -r up idle </proc/uptime
	echo "${up%.*}${up#*.}"
}

# What takes a moment may take a while on the kernel that checks everything.
slow=2
case $(uname -r) in
*debug) slow=10 ;;
esac

# quick LIMIT COMMAND...: succeeds within LIMIT hundredths of a second, on a fast and idle machine.
quick() {
	limit=$(($1 * slow))
	shift
	before=$(now)
	"$@" || fail "$*: status $?"
	took=$(($(now) - before))
	[ "$took" -le "$limit" ] || fail "$*: took $took hundredths of a second"
}

state() {
	read -r name status <$P/$1/control
	[ "$name $status" = "$2" ] || fail "state of $1 is $name $status, not $2"
}

# Unloading ends a main chunk, and trace_end runs.
insmod $M/endless.ko max_main_loop_count=1000000000000
cat $P/endless/trace >out &
reader=$!
wait_until grep -q begin out
state endless 'starting 0'
quick 100 rmmod endless
wait $reader || fail "the reader: status $?"
printf 'begin\nend\n' | is out

# So does the signal that ends programs.
insmod $M/endless.ko max_main_loop_count=1000000000000
wait_until grep -q '^state starting' $P/endless/status
for dir in /proc/[0-9]*; do
	read -r name <$dir/comm
	[ "$name" = kt2ko/endless ] && kill -TERM ${dir#/proc/}
done
wait_until grep -q '^state ended' $P/endless/status
state endless 'ended 0'
rmmod endless

# Unloading in every state, with nobody reading: at once.
insmod $M/endless.ko hold=1
state endless 'held 0'
quick 50 rmmod endless
insmod $M/endless.ko
quick 100 rmmod endless
insmod $M/attaching.ko args=syscalls:sys_enter_openat
wait_until grep -q '^state running' $P/attaching/status
quick 100 rmmod attaching
insmod $M/hello.ko
wait_until grep -q '^state ended' $P/hello/status
quick 50 rmmod hello

# The loop limit of the main chunk.
insmod $M/endless.ko max_main_loop_count=100000
cat $P/endless/trace >out
has out 'loop execute count exceed max limit(100000)'
state endless 'ended 1'
rmmod endless

# exit() and a run-time error in a handler.
insmod $M/fails.ko args=exit
wait_until grep -q '^state running' $P/fails/status
cat /dev/null
cat $P/fails/trace >out
echo end | is out
state fails 'ended 0'
quick 100 rmmod fails
insmod $M/fails.ko args=error
wait_until grep -q '^state running' $P/fails/status
cat /dev/null
cat $P/fails/trace >out
has out 'fails.kp:5: error: set key to non-table'
[ "$(grep -c '' out)" = 1 ] || fail 'trace_end ran after an error'
state fails 'ended 1'
rmmod fails

# With on_error=1 it just ends the handler.
insmod $M/fails.ko args=error on_error=1
wait_until grep -q '^state running' $P/fails/status
cat /dev/null
cat /dev/null
grep -q '^lost [1-9][0-9]* handlers ended by a run-time error' $P/fails/status || fail 'errors are not counted'
state fails 'running 0'
rmmod fails

# Errors of the main chunk, of registration.
insmod $M/fails.ko args=main
cat $P/fails/trace >out
has out 'fails.kp:8: error: set key to non-table'
state fails 'ended 1'
rmmod fails
insmod $M/fails.ko args=nothing
cat $P/fails/trace >out
has out 'no:such_event'
state fails 'ended 1'
rmmod fails

# The death of who owns control.
insmod $M/ticker.ko args=x
sh -c 'exec 3>/proc/kt2ko/ticker/control; echo own >&3; sleep 100' &
owner=$!
wait_until grep -q '^owner 1' $P/ticker/status
state ticker 'running 0'
kill -KILL $owner
wait_until grep -q '^state ended' $P/ticker/status
grep -q '^owner 0' $P/ticker/status || fail 'an owner is left'
rmmod ticker
exit 0
