# SPDX-License-Identifier: GPL-2.0
# Output that a group may read, and nobody else; nobody but root commands.
. /cases/lib.sh
M=/modules
D=/proc/kt2ko/ticker
add_users

# as USER COMMAND: its output in `said`; with `refused` it must not be permitted.
as() { su "$1" -c "$2" >said 2>&1; }
refused() {
	as "$1" "$2" && fail "$1 may: $2"
	has said 'Permission denied'
}
# modes OF_OUTPUT GROUP: of all files.
modes() {
	for file in trace cpu0; do
		[ "$(stat -c '%a %u %g' $D/$file)" = "$1 0 $2" ] || fail "$file: $(stat -c '%a %u %g' $D/$file)"
	done
	for file in control resolve; do
		[ "$(stat -c '%a %u %g' $D/$file)" = '600 0 0' ] || fail "$file: $(stat -c '%a %u %g' $D/$file)"
	done
}

# By hand.
insmod $M/ticker.ko gid=2000 args=a || fail insmod
modes 440 2000
refused mallory "cat $D/trace"
refused mallory "cat $D/cpu0"
for user in mallory alice; do
	refused $user "echo stop >$D/control"
	refused $user "cat $D/control"
	refused $user "cat $D/resolve"
	as $user "cat $D/status $D/formats" || fail "$user cannot read status"
done
as alice ": <$D/cpu0" || fail "alice cannot read cpu0"
su alice -c "exec cat $D/trace" >text 2>&1 &
wait_until grep -q tick text
rmmod ticker
wait
has text 'end	a'

# Root alone, unless it is said otherwise; what is no group.
insmod $M/ticker.ko args=a || fail insmod
modes 400 0
refused alice "cat $D/trace"
rmmod ticker
insmod $M/ticker.ko gid=tracers 2>/dev/null && fail 'a group by its name'

# ktrun loads and unloads, the group reads.
for group in tracers 2000; do
	rm -f text err
	ktrun --group $group $M/ticker.ko $group >out 2>err &
	pid=$!
	wait_until grep -q Tracing err
	modes 440 2000
	refused mallory "cat $D/trace"
	refused alice "echo stop >$D/control"
	su bob -c "exec cat $D/trace" >text 2>&1 &
	reader=$!
	wait_until grep -q tick text
	kill -INT $pid
	wait $pid || fail "status $?"
	wait $reader
	has text "main	$group"
	has text "end	$group"
	is out </dev/null
	unloaded ticker
done
run 1 -q --group tracers $M/flood.ko
run 0 -q --group tracers --timeout 0.2 $M/ticker.ko x -- sleep 0.1

run 3 --group no-such-group $M/ticker.ko x
has err "cannot find group 'no-such-group'"
run 3 --group 4294967295 $M/ticker.ko x
run 3 --param gid=2000 $M/ticker.ko x
has err 'set by ktrun itself'
run 2 --group tracers -o file $M/ticker.ko x
unloaded ticker
exit 0
